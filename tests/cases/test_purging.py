"""Copies of identity papers go when what they were taken for is over: erased, journalled, and the page says why."""

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from banli.cases import actions, purging
from banli.cases.audit.several import alone
from banli.cases.models import Attachment, Case
from banli.engine.refusals import Refusal
from banli.estate.setting import set_version
from banli.journal.models import Entry
from tests.cases.tampering.world import drawn
from tests.cases.test_actions import do, key
from tests.cases.test_network import CARD, SENT, asked, consented, paid, told
from tests.desk.at_the_desk import at
from tests.office import Office, today


def in_days(days: int) -> datetime:
    return timezone.now() + timedelta(days=days)


def connected(office: Office) -> int:
    """An account that is open: its copy has done what it was for."""
    case = consented(office, asked(office, plan="monthly", install_fee=30000))
    paid(office, case, 30000)
    do(office, "xiaowang", case, "issue", "issued")
    do(office, "xiaowang", case, "mail", "by_hand", note="邮箱停用", answers=SENT)
    return case


def sound() -> bool:
    found = [str(one) for part, _ in alone() for one in part.first]
    assert found == []
    return True


def test_a_copy_stays_for_as_long_as_its_case_and_thirty_days_more(office: Office) -> None:
    waiting = asked(office, plan="monthly", install_fee=0)
    case = connected(office)
    assert purging.purge_all(in_days(30)) == 0
    assert purging.purge_all(in_days(31)) == 1
    gone = Attachment.objects.get(case_id=case)
    assert (gone.sealed, gone.size, gone.kept_for) == ("", 0, "30 days")
    assert gone.purpose_ended_at == Case.objects.get(pk=case).ended_at
    assert Attachment.objects.get(case_id=waiting).purged_at is None
    assert sound()


def test_the_purge_is_an_entry_of_the_case_and_happens_once(office: Office) -> None:
    case = connected(office)
    assert purging.purge_all(in_days(40)) == 1
    assert purging.purge_all(in_days(80)) == 0
    written = Entry.objects.get(stream=f"case/{case}", kind="purge")
    assert written.actor_id is None
    assert written.body["purged"] == [CARD.sha256] and written.body["kept"] == "30 days"


def test_the_estate_says_how_long_copies_are_kept(office: Office) -> None:
    case = connected(office)
    chen = office["chen"]
    set_version(
        by=chen, acting=chen.posts["director"], name="identity_copies", value="2 days", valid_from=today(),
        reason="够用就行",
    )  # fmt: skip
    assert purging.purge_all(in_days(3)) == 1
    assert Attachment.objects.get(case_id=case).kept_for == "2 days"
    assert sound()


def test_a_signature_is_not_a_copy_of_an_identity_paper(office: Office) -> None:
    case, stroke = asked(office, plan="monthly", install_fee=0), drawn(90)
    do(office, "xiaowang", case, "sign", "signed", signature=stroke.sha256, uploads=[stroke])
    do(office, "xiaowang", case, "consent", "refused", note="自己去办")
    assert purging.purge_all(in_days(40)) == 1
    assert Attachment.objects.get(case_id=case, sha256=stroke.sha256).purged_at is None
    assert sound()


def test_the_page_says_that_the_copy_is_gone_and_why_and_opens_nothing(office: Office) -> None:
    case = connected(office)
    client = at(office, "xiaowang")
    before = client.get(f"/cases/{case}/").content.decode()
    assert 'value="identity_copy"' in before and "已清除" not in before
    purging.purge_all(in_days(40))
    after = client.get(f"/cases/{case}/").content.decode()
    assert "已清除：“办理网络开通”的用途" in after and "保存30 天已满" in after
    assert "证件复印件的用途已结束、保存期已满，已清除" in after  # in the story too
    assert 'value="identity_copy"' not in after
    looks = Entry.objects.filter(kind="unmask").count()
    refused = client.post(f"/cases/{case}/unmasking/", {"field": "identity_copy", "reason": "核对"})
    assert "已按规定删除" in refused.content.decode()
    assert Entry.objects.filter(kind="unmask").count() == looks


def test_a_case_opened_again_needs_a_new_copy(office: Office) -> None:
    case = connected(office)
    purging.purge_all(in_days(40))
    laoli = office["laoli"]
    actions.override(
        by=laoli, case_id=case, what="reopen", step="apply", reason="地址写错", key=key(), now=in_days(41)
    )
    answers = told(plan="monthly", install_fee=30000, identity_copy=CARD.sha256)
    with pytest.raises(Refusal) as why:
        do(office, "xiaowang", case, "apply", "done", answers=answers)
    assert list(why.value.fields) == ["identity_copy"]


def test_the_database_keeps_a_purged_copy_empty_and_dated(office: Office) -> None:
    case = connected(office)
    purging.purge_all(in_days(40))
    for change in ({"sealed": "v1.x"}, {"size": 9}, {"kept_for": ""}, {"purged_at": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Attachment.objects.filter(case_id=case).update(**change)
