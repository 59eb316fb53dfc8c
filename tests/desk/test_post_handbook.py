"""A post's page of the handbook says what the pack says: its duties, its routines, its steps."""

import pytest

from banli.people.titles import post_definitions
from tests.desk.at_the_desk import at, text
from tests.office import Office


def test_the_guards_page_has_duties_rounds_hand_over_and_steps(office: Office) -> None:
    page = text(at(office, "zhou").get("/handbook/posts/gate/"))
    assert "一单一用" in page and "防火巡查" in page and "每天 10:00、22:00" in page
    assert "对讲机" in page and "物品放行条" in page and "水泵房巡检" not in page


def test_it_is_english_for_who_reads_english(office: Office) -> None:
    client = at(office, "zheng")
    client.cookies["django_language"] = "en"
    page = text(client.get("/handbook/posts/technician/"))
    assert "Pump room round" in page and "Every day at 09:00" in page and "Handbook of the post" in page
    assert "水泵房" not in page


@pytest.mark.parametrize("post", sorted(post_definitions()))
def test_every_post_has_its_page_and_the_contents_lead_to_it(office: Office, post: str) -> None:
    client = at(office, "chen")
    assert client.get(f"/handbook/posts/{post}/").status_code == 200
    assert f"/handbook/posts/{post}/" in text(client.get("/procedures/"))


def test_there_is_no_page_of_a_post_that_is_not(office: Office) -> None:
    assert at(office, "chen").get("/handbook/posts/king/").status_code == 404
