"""Issuing, using, voiding and printing a slip."""

import json
import threading
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from banli.engine.refusals import Refusal
from banli.journal.models import Entry
from banli.papers import actions, files, passes, render
from banli.papers.jobs import make_files
from banli.papers.models import Paper, PaperFile, PaperForm, Printing
from banli.people.models import Acting
from tests.papers.slips import DAY_END, GOODS, MORNING, a_case, a_slip, definition, use, words
from tests.people.cast import Office, open_office

FRONT_DESK = Acting("front_desk")


def refused(what: Any, **given: Any) -> Refusal:
    with pytest.raises(Refusal) as why:
        what(**given)
    return why.value


def test_a_slip_is_frozen_as_it_was_issued(office: Office) -> None:
    slip = a_slip(office.cuihu, office.staff["xiaowang"])
    kept = Paper.objects.select_related("form").get(pk=slip.pk)
    assert (kept.number, kept.state, kept.issued_by) == ("FX-2026-000001", "valid", office.staff["xiaowang"])
    assert kept.valid_until == DAY_END
    assert kept.valid_from == MORNING.replace(hour=0, minute=0)
    assert kept.snapshot["case.applicant_role"] == "租户"
    assert kept.snapshot["paper.issued_by"] == "小王"
    assert kept.form.definition["paper"] == "goods-release-slip"
    assert passes.check_token(kept.token or "").paper_id == slip.pk
    assert files.values_of(kept)["step.sign.signature"]["png"]


def test_private_values_lie_sealed_in_the_database(office: Office) -> None:
    slip = a_slip(office.cuihu, office.staff["xiaowang"])
    with connection.cursor() as cursor:
        cursor.execute("SELECT snapshot::text || private FROM papers_paper WHERE id = %s", [slip.pk])
        stored = cursor.fetchone()[0]
    for private in ("11010519491231002X", "002X", '"png"', "iVBOR"):
        assert private not in stored
    private = json.loads(Paper.objects.get(pk=slip.pk).private)
    assert private["form.carrier_id"] == "**************002X"


def test_once_its_salt_is_destroyed_the_private_part_is_gone(office: Office) -> None:
    slip = a_slip(office.cuihu, office.staff["xiaowang"])
    Paper.objects.filter(pk=slip.pk).update(vault_salt=b"")
    values = files.values_of(Paper.objects.get(pk=slip.pk))
    assert "form.carrier_id" not in values
    assert values["form.carrier"] == "王龑䶮"


def test_papers_on_the_same_form_keep_it_once(office: Office) -> None:
    for _ in range(2):
        a_slip(office.cuihu, office.staff["xiaowang"])
    assert PaperForm.objects.count() == 1
    newer = definition("goods-release-slip").model_copy(
        update={"template": '#import "slip.typ": *\n#show: slip\n新'}
    )
    a_slip(office.cuihu, office.staff["xiaowang"], definition=newer)
    assert PaperForm.objects.count() == 2


def test_a_slip_is_printed_on_the_form_it_was_issued_on(office: Office) -> None:
    unsealed = definition("goods-release-slip").model_copy(update={"seal": None})
    old = unsealed.model_copy(update={"template": '#import "slip.typ": *\n#show: slip\n旧式'})
    slip = a_slip(office.cuihu, office.staff["xiaowang"], definition=old)
    kept = Paper.objects.select_related("form", "estate").get(pk=slip.pk)
    assert "旧式" in words(bytes(files.file_for(kept, "stub").pdf))


def test_unknown_copies_are_refused_and_no_number_is_lost(office: Office) -> None:
    why = refused(a_slip, estate=office.cuihu, by=office.staff["xiaowang"], copies=["pink"])
    assert why.code == "copies_unknown"
    assert a_slip(office.cuihu, office.staff["xiaowang"]).number == "FX-2026-000001"


def test_the_files_are_queued_with_the_number_and_made_once(office: Office) -> None:
    slip = a_slip(office.cuihu, office.staff["xiaowang"], at=timezone.now())
    job = ProcrastinateJob.objects.get(task_name="banli.papers.make_files")
    assert job.args == {"paper_id": slip.pk}
    make_files(paper_id=slip.pk)
    first = dict(PaperFile.objects.values_list("copy", "sha256"))
    make_files(paper_id=slip.pk)
    assert dict(PaperFile.objects.values_list("copy", "sha256")) == first
    assert set(first) == {"original", "stub"}
    assert all(PaperFile.objects.values_list("sealed", flat=True))


def test_an_old_paper_is_drawn_when_somebody_opens_it(office: Office) -> None:
    a_slip(office.cuihu, office.staff["xiaowang"], at=timezone.now() - actions.PRINTED_SOON)
    assert not ProcrastinateJob.objects.exists()


@pytest.mark.parametrize("origin", ["", "http://192.168.7.5:8000"])
def test_the_code_leads_a_phones_own_camera_to_the_gate(
    office: Office, origin: str, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    slip = a_slip(office.cuihu, office.staff["xiaowang"])
    settings.BANLI_PASS_ORIGIN = origin
    drawn: list[str] = []
    coded = render._qr
    monkeypatch.setattr(render, "_qr", lambda text, parts: (drawn.append(text), coded(text, parts))[1])
    files.file_for(Paper.objects.select_related("form", "estate").get(pk=slip.pk), "original")
    assert drawn == [f"{origin.upper()}/G/{slip.token}" if origin else slip.token]


def test_a_slip_the_director_did_not_seal_gets_no_seal(office: Office) -> None:
    told = {**GOODS, "step.seal.at": None}
    slip = a_slip(office.cuihu, office.staff["xiaowang"], snapshot=told)
    kept = Paper.objects.select_related("form", "estate").get(pk=slip.pk)
    assert refused(files.file_for, paper=kept, copy="original").code == "not_sealed"
    assert not PaperFile.objects.exists()


def test_a_deputys_seal_says_for_whom(office: Office) -> None:
    told = {**GOODS, "step.seal.by": "老李", "step.seal.deputy_for": "陈主任"}
    slip = a_slip(office.cuihu, office.staff["xiaowang"], snapshot=told)
    kept = Paper.objects.select_related("form", "estate").get(pk=slip.pk)
    assert "老李（代陈主任）" in words(bytes(files.file_for(kept, "original").pdf))


def test_a_slip_is_used_once_and_the_second_hears_who_and_when(office: Office) -> None:
    slip, guard = a_slip(office.cuihu, office.staff["xiaowang"]), office.staff["zhou"]
    use(slip, by=guard, at=MORNING + timedelta(hours=1))
    why = refused(use, slip=slip, by=office.staff["laoli"], at=MORNING + timedelta(hours=2))
    assert why.code == "paper_used"
    assert why.params == {"at": "2026-05-01 11:05", "who": "老周"}


@pytest.mark.django_db(transaction=True)
def test_two_guards_at_once_release_once() -> None:
    office = open_office()
    slip = a_slip(office.cuihu, office.staff["xiaowang"])
    gate, told = threading.Barrier(2), []

    def guard(name: str) -> None:
        try:
            gate.wait()
            with transaction.atomic():
                use(slip, by=office.staff[name], at=MORNING + timedelta(hours=1))
            told.append("released")
        except Refusal as why:
            told.append(why.code)
        finally:
            connection.close()

    guards = [threading.Thread(target=guard, args=(name,)) for name in ("zhou", "laoli")]
    for one in guards:
        one.start()
    for one in guards:
        one.join()
    assert sorted(told) == ["paper_used", "released"]


@pytest.mark.parametrize(
    ("when", "code"),
    [
        (MORNING - timedelta(days=1), "paper_not_yet"),
        (DAY_END + timedelta(minutes=1), "paper_expired"),
        (DAY_END, None),
        (MORNING.replace(hour=0, minute=0), None),
    ],
)
def test_a_slip_is_good_on_its_day_only(office: Office, when: Any, code: str | None) -> None:
    slip = a_slip(office.cuihu, office.staff["xiaowang"])
    if code is None:
        use(slip, by=office.staff["zhou"], at=when)
        assert Paper.objects.get(pk=slip.pk).state == "used"
    else:
        assert refused(use, slip=slip, by=office.staff["zhou"], at=when).code == code


def test_a_void_slip_cannot_be_used_nor_a_used_one_voided(office: Office) -> None:
    first, second = (a_slip(office.cuihu, office.staff["xiaowang"]) for _ in range(2))
    guard = office.staff["zhou"]
    actions.void(paper_id=first.pk, by=guard, at=MORNING, reason="数量不符")
    assert refused(use, slip=first, by=guard, at=MORNING).code == "paper_void"
    use(second, by=guard, at=MORNING)
    assert refused(actions.void, paper_id=second.pk, by=guard, at=MORNING, reason="迟了").code == "paper_used"


def test_when_a_case_goes_back_its_slips_are_void_with_the_reason(office: Office) -> None:
    case = a_case(office.cuihu, office.staff["xiaowang"])
    mine = a_slip(office.cuihu, office.staff["xiaowang"], case=case)
    other = a_slip(office.cuihu, office.staff["xiaowang"])
    closed = actions.close_of_case(
        case_id=case.pk, steps=["issue"], branch=None, expired=False, by=None, at=MORNING, reason="与单不符"
    )
    assert closed == 1
    kept = Paper.objects.get(pk=mine.pk)
    assert (kept.state, kept.void_reason, kept.voided_at) == ("void", "与单不符", MORNING)
    assert Paper.objects.get(pk=other.pk).state == "valid"


def test_slips_of_other_branches_stay(office: Office) -> None:
    case = a_case(office.cuihu, office.staff["xiaowang"])
    cards = [a_slip(office.cuihu, office.staff["xiaowang"], case=case, branch=n) for n in (0, 1)]
    actions.close_of_case(
        case_id=case.pk, steps=["issue"], branch=1, expired=True, by=None, at=DAY_END, reason="过期"
    )
    assert [Paper.objects.get(pk=card.pk).state for card in cards] == ["valid", "expired"]
    guard = office.staff["zhou"]
    actions.spend(case_id=case.pk, kind="goods-release-slip", branch=0, by_id=guard.pk, at=MORNING)
    assert Paper.objects.get(pk=cards[0].pk).state == "used"
    given: dict[str, Any] = {
        "case_id": case.pk,
        "kind": "other",
        "branch": 0,
        "by_id": guard.pk,
        "at": MORNING,
    }
    assert refused(actions.spend, **given).code == "paper_missing"


def test_the_database_wants_who_and_when_of_a_use(office: Office) -> None:
    slip = a_slip(office.cuihu, office.staff["xiaowang"])
    for wrong in (
        {"state": "used"},
        {"used_at": MORNING},
        {"state": "void", "voided_at": MORNING},
        {"state": "lost"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Paper.objects.filter(pk=slip.pk).update(**wrong)


def print_it(slip: Paper, office: Office, key: str, copy: str = "original", **given: Any) -> Printing:
    return actions.record_printing(
        paper=slip,
        copy=copy,
        key=key,
        by=office.staff["xiaowang"],
        acting=FRONT_DESK,
        at=given.get("at", MORNING),
    )


def test_each_printing_is_counted_and_journalled(office: Office) -> None:
    slip = a_slip(office.cuihu, office.staff["xiaowang"])
    assert [print_it(slip, office, key).number for key in ("first-key", "second-key")] == [1, 2]
    assert print_it(slip, office, "third-key", copy="stub").number == 1
    entries = list(Entry.objects.filter(stream=f"paper/{slip.pk}").order_by("seq"))
    assert [entry.kind for entry in entries] == ["print"] * 3
    told = dict(entries[1].body)
    assert datetime.fromisoformat(told.pop("at")) == Printing.objects.get(paper=slip, key="second-key").at
    assert told == {
        "case": slip.case_id, "number": slip.number, "copy": "original", "print": 2, "key": "second-key",
    }  # fmt: skip
    assert (entries[1].actor, entries[1].post) == (office.staff["xiaowang"], "front_desk")


def test_a_double_click_prints_once(office: Office) -> None:
    slip = a_slip(office.cuihu, office.staff["xiaowang"])
    assert print_it(slip, office, "same-key-1") == print_it(slip, office, "same-key-1")
    assert Entry.objects.filter(stream=f"paper/{slip.pk}").count() == 1


def test_what_does_not_hold_is_not_printed(office: Office) -> None:
    used, late = (a_slip(office.cuihu, office.staff["xiaowang"]) for _ in range(2))
    use(used, by=office.staff["zhou"], at=MORNING)
    assert refused(print_it, slip=used, office=office, key="key-of-used").code == "paper_used"
    later = DAY_END + timedelta(hours=1)
    assert refused(print_it, slip=late, office=office, key="key-of-late", at=later).code == "paper_expired"
    assert refused(print_it, slip=late, office=office, key="key-of-pink", copy="pink").code == "unknown_copy"
    assert refused(print_it, slip=late, office=office, key="short").code == "key_missing"
    assert not Printing.objects.exists()
