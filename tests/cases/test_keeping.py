"""What letters of authority and closed cases keep goes at the end of its time, by the same list as all else."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from banli.cases import actions as cases
from banli.cases import attachments
from banli.cases.audit.several import alone
from banli.cases.models import Attachment, Case
from banli.engine.refusals import Refusal
from banli.estate.authority import actions as authorities
from banli.estate.authority.models import Authority, LetterScan
from banli.estate.erasing import erasable
from banli.estate.keeping import actions
from banli.estate.keeping.models import Expiry, Hold
from banli.estate.keeping.reckoning import reckon
from banli.journal.models import Entry
from banli.journal.vault import new_salt
from banli.papers.files import file_for
from banli.papers.models import Paper, PaperFile
from tests.cases.test_actions import key
from tests.cases.test_hot_work import issued as hot_work
from tests.desk.at_the_desk import at, open_goods, picture, text
from tests.office import Office, today

PHOTO = attachments.photo(picture("navy"))


def years_later(years: int) -> datetime:
    return timezone.now() + timedelta(days=366 * years)


def findings() -> list[str]:
    return [str(one) for part, _ in alone() for one in part.first]


def let_go(office: Office) -> int:
    """The night lists what is over, the director lets it go, the worker erases it; how many."""
    reckon(office.estate)
    chen = office["chen"]
    actions.confirm(by=chen, upto=10**9, acting=chen.posts["director"], key=key())
    return actions.erase_due(office.estate)


def letter(office: Office, **change: Any) -> Authority:
    asked: dict[str, Any] = {
        "by": office["xiaowang"], "unit": office.unit, "principal": office.owner, "delegate": office.tenant,
        "scopes": ["goods_release"], "valid_from": today(), "valid_to": today() + timedelta(days=30),
        "evidence_kind": "signed_paper", "evidence_note": "存放在前台 3 号柜", "scan": PHOTO,
    }  # fmt: skip
    return authorities.grant_authority(**{**asked, **change})


def about(name: str) -> Expiry:
    return Expiry.objects.get(**{f"{name}__isnull": False})


def test_a_letter_names_nobody_three_years_after_it_ended(office: Office) -> None:
    granted = letter(office)
    with time_machine.travel(years_later(2)):
        reckon(office.estate)
        assert not Expiry.objects.filter(authority__isnull=False).exists(), "two years are not yet three"
    with time_machine.travel(years_later(4)):
        reckon(office.estate)
        page = text(at(office, "laoli").get("/expiries/"))
        assert "委托书" in page and "36 个月" in page
        assert let_go(office) == 1
        granted.refresh_from_db()
        assert (granted.principal, granted.delegate, granted.evidence_note) == (None, None, "")
        assert granted.scopes == ["goods_release"] and not LetterScan.objects.exists()
        told = Entry.objects.get(kind="authority_erased")
        assert told.actor_id is None and told.body["authority"] == granted.pk
        page = text(at(office, "xiaowang").get(f"/units/{office.unit.pk}/authorities/"))
        assert "已到期删除" in page and "3 号柜" not in page and "打印委托书" not in page
        assert at(office, "xiaowang").get(f"/authorities/{granted.pk}/letter.pdf").status_code == 404
        with pytest.raises(Refusal, match="erased"):
            authorities.revoke_authority(by=office["xiaowang"], authority=granted, reason="再撤一次")
        assert "已到期删除" in text(at(office, "xiaowang").get(f"/units/{office.unit.pk}/file/"))
        assert findings() == []
        Authority.objects.filter(pk=granted.pk).update(
            principal=office.owner, delegate=office.tenant, erased_at=None
        )
        assert any("principal_id, delegate_id, erased_at" in one for one in findings())


def test_a_revoked_letter_counts_from_the_day_it_was_revoked(office: Office) -> None:
    granted = letter(office, valid_to=today() + timedelta(days=3000))
    authorities.revoke_authority(by=office["xiaowang"], authority=granted, reason="房子卖了")
    with time_machine.travel(years_later(4)):
        reckon(office.estate)
        assert about("authority").ends_on < timezone.localdate()
        assert let_go(office) == 1
        granted.refresh_from_db()
        assert granted.revoked_at is not None and granted.revoked_reason == ""
        assert findings() == []


def test_a_letter_stays_for_a_case_that_is_open_and_for_who_is_held(office: Office) -> None:
    granted = letter(office)
    case = open_goods(office, office.owner)
    authorities.use_authority(granted, Case.objects.get(pk=case))
    with time_machine.travel(years_later(4)):
        reckon(office.estate)
        assert about("authority").hindrance == {"code": "letter_open", "values": {"count": 1}}
        cases.withdraw(by=office["xiaowang"], case_id=case, reason="不搬了", key=key())
        hold = actions.place(by=office["chen"], what=office.tenant, reason="诉讼")
        reckon(office.estate)
        assert about("authority").hindrance["code"] == "on_hold"
        actions.lift(by=office["chen"], hold=hold, reason="结案")
        assert about("authority").hindrance == {} and let_go(office) == 1


@pytest.mark.parametrize("about", ["authority", "case"])
def test_a_letter_or_a_case_is_held_back_by_itself_until_somebody_lifts_it(
    office: Office, about: str
) -> None:
    what: Any = letter(office) if about == "authority" else Case.objects.get(pk=withdrawn(office))
    page = f"/{'authorities' if about == 'authority' else 'cases'}/{what.pk}/holds/"
    with time_machine.travel(years_later(4)):
        reckon(office.estate)
        chen = at(office, "chen")
        assert page in text(chen.get("/expiries/"))
        own = f"/cases/{what.pk}/" if about == "case" else f"/units/{office.unit.pk}/authorities/"
        assert page in text(chen.get(own)) and page not in text(at(office, "xiaowang").get(own))
        assert chen.post(page, {"reason": "诉讼，案号 12", "until": ""}).status_code == 302
        assert "诉讼，案号 12" in text(chen.get(page)) and page in text(chen.get("/holds/"))
        assert about_hindrance(about) == {"code": "on_hold", "values": {"reason": "诉讼，案号 12"}}
        assert actions.erase_due(office.estate) == 0
        with pytest.raises(Refusal, match="nothing_due"):
            let_go(office)
        assert Entry.objects.get(kind="hold_placed").body[about] == what.pk and findings() == []
        (hold,) = what.holds.all()
        assert "诉讼，案号 12" in text(chen.get(f"/holds/{hold.pk}/lifting/"))
        Hold.objects.filter(pk=hold.pk).update(**{f"{about}_id": None, "person": office.owner})
        assert any(f"{about}_id" in one for one in findings())
        Hold.objects.filter(pk=hold.pk).update(**{f"{about}_id": what.pk, "person": None})
        assert chen.post(f"/holds/{hold.pk}/lifting/", {"reason": "结案"}).status_code == 302
        assert let_go(office) == 1 and findings() == []
        what.refresh_from_db()
        assert what.erased_at if about == "authority" else what.erased
        with pytest.raises(Refusal, match="hold_erased"):
            actions.place(by=office["chen"], what=what, reason="又有争议")


def about_hindrance(name: str) -> dict[str, Any]:
    return dict(about(name).hindrance)


def test_who_was_named_only_by_a_letter_can_then_go_by_name(office: Office) -> None:
    letter(office)
    assert "person_name" not in erasable(office.tenant).goes
    with time_machine.travel(years_later(4)):
        let_go(office)
        assert "person_name" in erasable(office.tenant).goes


def withdrawn(office: Office) -> int:
    case = open_goods(office, office.owner)
    cases.withdraw(by=office["xiaowang"], case_id=case, reason="不搬了", key=key())
    return case


def test_what_a_closed_case_keeps_in_private_goes_three_years_after_it_ended(office: Office) -> None:
    case, going_on = withdrawn(office), open_goods(office, office.owner)
    carrier = Case.objects.get(pk=case).form["carrier_id"]
    assert carrier
    with time_machine.travel(years_later(2)):
        reckon(office.estate)
        assert not Expiry.objects.filter(case__isnull=False).exists()
    with time_machine.travel(years_later(4)):
        reckon(office.estate)
        page = text(at(office, "laoli").get("/expiries/"))
        assert f"第 {case} 号" in page and f"第 {going_on} 号" not in page and "办件里保密的内容" in page
        assert let_go(office) == 1
        gone = Case.objects.get(pk=case)
        assert gone.erased and gone.form["carrier_id"] == carrier, (
            "the sealed text stays, and opens for nobody"
        )
        entry = Entry.objects.get(stream=f"case/{case}", kind="erase")
        assert entry.actor_id is None and entry.body["erased"] == ["case_answers"]
        assert Entry.objects.get(kind="case_erased").body["case"] == case
        page = text(at(office, "xiaowang").get(f"/cases/{case}/"))
        assert "保存期已满，保密的答案、照片、签名和单据文件已删除" in page
        answer = at(office, "laoli").post(
            f"/cases/{case}/unmasking/", {"field": "carrier_id", "reason": "核对"}
        )
        assert "按规定删除" in text(answer)
        assert let_go_nothing(office) and findings() == []


def let_go_nothing(office: Office) -> bool:
    reckon(office.estate)
    return not Expiry.objects.filter(case__isnull=False, erased_at__isnull=True).exists()


def test_hot_work_is_kept_for_five_years_with_its_pictures_and_papers(office: Office) -> None:
    case = hot_work(office)
    cases.withdraw(by=office["xiaowang"], case_id=case, reason="不焊了", key=key())
    permit = Paper.objects.filter(case_id=case).latest("pk")
    file_for(permit, "stub")
    assert (
        Attachment.objects.filter(case_id=case).exists() and PaperFile.objects.filter(paper=permit).exists()
    )
    with time_machine.travel(years_later(4)):
        assert let_go_nothing(office)
    with time_machine.travel(years_later(6)):
        reckon(office.estate)
        assert about("case").goes == ["case_answers"]
        assert "60 个月" in text(at(office, "laoli").get("/expiries/")), (
            "its own time, not that of all others"
        )
        assert let_go(office) >= 1
        permit = Paper.objects.get(pk=permit.pk)
        assert not permit.vault_salt and not PaperFile.objects.filter(paper=permit).exists()
        page = at(office, "xiaowang").get(f"/cases/{case}/")
        assert page.status_code == 200 and "/attachments/" not in page.content.decode()
        for kept in Attachment.objects.filter(case_id=case):
            assert at(office, "chen").get(f"/cases/{case}/attachments/{kept.sha256}/").status_code == 404
        assert at(office, "xiaowang").get(f"/papers/{permit.pk}/").status_code == 200
        assert findings() == []
        Paper.objects.filter(pk=permit.pk).update(vault_salt=new_salt())
        assert any("vault_salt: is not there as long as" in one for one in findings())


def test_renovation_files_have_no_end(office: Office) -> None:
    case = withdrawn(office)
    Case.objects.filter(pk=case).update(procedure="renovation")
    with time_machine.travel(years_later(30)):
        assert let_go_nothing(office)


def test_the_page_of_what_is_kept_says_the_other_times_too(office: Office) -> None:
    page = text(at(office, "xiaowang").get("/privacy/"))
    assert "装修资料长期归档" in page and "动火档案备查" in page and page.count("装修资料长期归档") == 1


def test_a_case_of_somebody_who_is_held_stays(office: Office) -> None:
    withdrawn(office)
    hold = actions.place(by=office["chen"], what=office.owner, reason="诉讼")
    with time_machine.travel(years_later(4)):
        reckon(office.estate)
        assert about("case").hindrance["code"] == "on_hold"
        actions.lift(by=office["chen"], hold=hold, reason="结案")
        assert about("case").hindrance == {}


def test_a_salt_that_nobody_let_go_is_found(office: Office) -> None:
    case = withdrawn(office)
    Case.objects.filter(pk=case).update(vault_salt=b"")
    assert any("nobody let it go" in one for one in findings())
