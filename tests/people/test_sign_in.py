"""Signing in: who may, in which language, at which estate; what a wrong password and too many of them are told."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from banli.journal.models import Entry
from banli.people.models import Holding, Staff
from tests.people.cast import SINCE, Office

PASSWORD = "correct horse battery 7"


@pytest.fixture(autouse=True)
def fresh_limits(db: None) -> None:
    cache.clear()


@pytest.fixture
def xiaowang(office: Office) -> Staff:
    staff = office.staff["xiaowang"]
    staff.set_password(PASSWORD)
    staff.save()
    return staff


def sign_in(client: Client, password: str = PASSWORD, username: str = "xiaowang", **more: str):
    return client.post("/sign-in/", {"login": username, "password": password, **more})


def kinds() -> list[str]:
    return list(Entry.objects.order_by("pk").values_list("kind", flat=True))


def test_the_page_is_chinese_first_and_complete_in_english(db: None) -> None:
    assert "用户名" in Client().get("/sign-in/").content.decode()
    page = Client(headers={"accept-language": "en"}).get("/sign-in/").content.decode()
    assert 'lang="en"' in page


def test_the_right_password_signs_in_and_the_journal_has_it(office: Office, xiaowang: Staff) -> None:
    client = Client()
    response = sign_in(client, next="/posts/")
    assert (response.status_code, response["Location"]) == (302, "/posts/")
    assert client.get("/posts/").status_code == 200
    entry = Entry.objects.get()
    assert (entry.kind, entry.stream, entry.actor) == ("signed_in", f"estate/{office.cuihu.pk}", xiaowang)


@pytest.mark.parametrize("username", ["xiaowang", "nobody"])
def test_a_wrong_password_and_an_unknown_name_are_told_the_same(xiaowang: Staff, username: str) -> None:
    response = sign_in(Client(), "wrong", username)
    page = response.content.decode()
    assert response.status_code == 200
    assert "用户名或密码不对" in page
    assert f'value="{username}"' in page and "wrong" not in page
    assert kinds() == []


def test_too_many_wrong_passwords_close_the_door_for_a_while_even_to_the_right_one(xiaowang: Staff) -> None:
    client = Client()
    answers = [sign_in(client, "wrong").status_code for _ in range(6)]
    assert answers == [200] * 5 + [429]
    response = sign_in(client)
    assert response.status_code == 429
    assert "错误次数太多" in response.content.decode()
    assert "_auth_user_id" not in client.session


def test_somebody_who_left_cannot_sign_in(xiaowang: Staff) -> None:
    xiaowang.is_active = False
    xiaowang.save()
    response = sign_in(Client())
    assert response["Location"] == "/inactive/"
    page = Client().get("/inactive/")
    assert page.status_code == 403 and "已停用" in page.content.decode()


@pytest.mark.parametrize(
    "data", [{"login": "x\x00", "password": "y"}, {"login": "x" * 5000, "password": "y"}, {}]
)
def test_nonsense_is_answered_and_signs_nobody_in(db: None, data: dict[str, str]) -> None:
    response = Client().post("/sign-in/", data)
    assert response.status_code == 200
    assert "field-error" in response.content.decode()


def test_where_to_go_next_stays_in_this_house(xiaowang: Staff) -> None:
    assert sign_in(Client(), next="https://elsewhere.example/")["Location"] == "/start/"


def test_the_persons_language_comes_with_them(xiaowang: Staff) -> None:
    Staff.objects.filter(pk=xiaowang.pk).update(language="en")
    client = Client()
    response = sign_in(client)
    assert response.cookies[settings.LANGUAGE_COOKIE_NAME].value == "en"
    assert 'lang="en"' in client.get("/posts/").content.decode()


def test_the_language_is_changed_for_the_person_and_for_this_browser(office: Office) -> None:
    client = office.signed_in("xiaowang")
    response = client.post("/language/", {"language": "en", "next": "/posts/"})
    assert response["Location"] == "/posts/"
    assert Staff.objects.get(username="xiaowang").language == "en"
    assert 'lang="en"' in client.get("/posts/").content.decode()
    stranger = Client()
    stranger.post("/language/", {"language": "en"})
    assert 'lang="en"' in stranger.get("/sign-in/").content.decode()
    assert client.post("/language/", {"language": "tlh"}).status_code == 404
    assert client.get("/language/").status_code == 405


def test_somebody_of_two_estates_chooses_and_one_of_none_is_told_so(office: Office, xiaowang: Staff) -> None:
    Holding.objects.create(staff=xiaowang, estate=office.songfeng, post="gate", since=SINCE)
    client = Client()
    assert sign_in(client, next="/posts/")["Location"] == "/estates/?next=%2Fposts%2F"
    assert kinds() == ["signed_in", "signed_in"]
    page = client.get("/estates/?next=/posts/").content.decode()
    assert "翠湖花园" in page and "松风里" in page and 'value="/posts/"' in page
    assert (
        client.post("/estates/", {"estate": office.songfeng.pk, "next": "/posts/"})["Location"] == "/posts/"
    )
    assert "小秦" in client.get("/posts/").content.decode()
    Holding.objects.filter(staff=xiaowang).update(until=timezone.localdate() - timedelta(days=1))
    other = Client()
    assert sign_in(other)["Location"].startswith("/estates/")
    assert "您目前没有岗位" in other.get("/estates/").content.decode()
    assert other.get("/posts/").status_code == 404


@pytest.mark.parametrize("estate", ["songfeng", "0", "-1", "x", "9" * 30, ""])
def test_an_estate_one_has_no_post_at_cannot_be_chosen(office: Office, estate: str) -> None:
    client = office.signed_in("xiaowang")
    value = office.songfeng.pk if estate == "songfeng" else estate
    assert client.post("/estates/", {"estate": value}).status_code == 404
    assert "小秦" not in client.get("/posts/").content.decode()


def test_an_estate_left_in_the_session_gives_way_when_the_post_there_ended(office: Office) -> None:
    client = office.signed_in("xiaowang")
    session = client.session
    session["estate"] = office.songfeng.pk
    session.save()
    assert "小秦" not in client.get("/posts/").content.decode()


def test_signing_out_is_journalled_and_ends_the_session(office: Office, xiaowang: Staff) -> None:
    client = office.signed_in("xiaowang")
    assert client.get("/sign-out/").status_code == 200
    assert client.post("/sign-out/")["Location"] == "/sign-in/"
    assert client.get("/posts/")["Location"].startswith("/sign-in/")
    assert kinds() == ["signed_out"]
    assert client.post("/sign-out/").status_code == 302
    assert kinds() == ["signed_out"]


def test_the_password_is_changed_by_who_knows_the_old_one(office: Office, xiaowang: Staff) -> None:
    client = office.signed_in("xiaowang")
    asked = {"oldpassword": "wrong", "password1": "a new one, longer", "password2": "a new one, longer"}
    page = client.post("/password/", asked).content.decode()
    assert "现在的密码不对" in page and "a new one" not in page
    assert (
        "field-error"
        in client.post("/password/", asked | {"oldpassword": PASSWORD, "password2": "no"}).content.decode()
    )
    assert (
        "field-error"
        in client.post(
            "/password/", {"oldpassword": PASSWORD, "password1": "123456", "password2": "123456"}
        ).content.decode()
    )
    assert kinds() == []
    response = client.post("/password/", asked | {"oldpassword": PASSWORD})
    assert response["Location"] == "/password/changed/"
    assert client.get("/password/changed/").status_code == 200
    assert kinds() == ["password_changed"]
    assert sign_in(Client(), "a new one, longer").status_code == 302


def test_nobody_signs_up_or_asks_for_a_mail(db: None) -> None:
    for name in ("account_signup", "account_email", "account_reset_password", "account_set_password"):
        with pytest.raises(NoReverseMatch):
            reverse(name)


def test_who_has_no_password_is_told_how_to_get_one(xiaowang: Staff) -> None:
    client = Client()
    client.force_login(xiaowang)
    xiaowang.set_unusable_password()
    xiaowang.save()
    client.force_login(xiaowang)  # the old session ended with the old password
    told = client.get(reverse("account_change_password"))
    assert told.status_code == 409
    assert "banli staff password" in told.content.decode()


def test_at_the_counter_who_holds_no_post_is_told_so(xiaowang: Staff) -> None:
    Holding.objects.filter(staff=xiaowang).delete()
    client = Client()
    client.force_login(xiaowang)
    told = client.get("/", follow=True)
    assert told.status_code == 200
    assert "您目前没有岗位" in told.content.decode()


@pytest.mark.parametrize(
    "wanted", ["<fz>", "posts", ".", "//example.com/", "javascript:fz()", "/\x00", "http:///x"]
)
def test_where_to_go_next_is_an_address_of_this_house_or_the_start(client: Client, db: None, wanted: str):
    answer = client.post("/language/", {"language": "en", "next": wanted})
    assert (answer.status_code, answer["Location"]) == (302, "/start/")
