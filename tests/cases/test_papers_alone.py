"""A paper is written and used at the gate by its case's one statement; its number is taken first, in a transaction."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from banli.cases import audit, consequences, store
from banli.cases.models import Case, Contact
from banli.engine.refusals import Refusal
from banli.journal.models import Entry
from banli.messages.models import Notice
from banli.papers.models import NumberSeries, Paper
from banli.papers.queries import gaps
from banli.registers.models import RegisterRow
from tests.cases.test_actions import do, issued, open_goods, refused
from tests.cases.test_at_once import at_once
from tests.cases.test_statements import statements
from tests.office import Office, build, load_packs

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def busy() -> Office:
    """The office in committed rows, where nothing stands in a transaction but what begins one."""
    load_packs()
    return build()


def sealed(office: Office) -> int:
    case = open_goods(office)
    do(office, "xiaowang", case, "sign", "signed", signature="paper")
    do(office, "laoli", case, "confirm", "approved", signature="paper")
    do(office, "chen", case, "seal", "sealed")
    return case


def issue(office: Office, case: int) -> Any:
    return do(office, "xiaowang", case, "issue", "issued")


def release(office: Office, case: int) -> Any:
    return do(office, "zhou", case, "gate", "released", extra={"ticked": [0, 1]})


def each_has_a_job() -> bool:
    """Whether for each paper one job is to make its files."""
    found = ProcrastinateJob.objects.filter(task_name="banli.papers.make_files")
    of = Counter(args["paper_id"] for args in found.values_list("args", flat=True))
    return {of[pk] for pk in Paper.objects.values_list("pk", flat=True)} == {1}


def test_many_desks_at_once_get_every_number_once(busy: Office) -> None:
    """Some in a transaction of their own, and the first of a series as well."""
    cases = [sealed(busy) for _ in range(12)]

    def desk(mine: list[int], in_transaction: bool) -> Callable[[], list[Any]]:
        def one(case: int) -> Any:
            if not in_transaction:
                return issue(busy, case)
            with transaction.atomic():
                return issue(busy, case)

        return lambda: [one(case) for case in mine]

    told = at_once(*[desk(cases[place::4], place == 3) for place in range(4)])
    given = [
        event.number
        for desks in told
        for outcome in desks
        for event in outcome.events
        if event.kind == "paper_issued"
    ]
    assert sorted(given) == list(Paper.objects.order_by("ordinal").values_list("number", flat=True))
    assert list(Paper.objects.order_by("ordinal").values_list("ordinal", flat=True)) == list(range(1, 13))
    assert NumberSeries.objects.get().last == 12
    assert gaps(busy.estate.pk) == []
    assert each_has_a_job()
    assert [str(finding) for check in audit.CHECKS.values() for finding in check()] == []


def test_whoever_is_overtaken_gives_the_number_back(busy: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody acted on the case between our reading and our writing: what we had taken was never given."""
    case, write, tried = sealed(busy), store.write, []

    def overtaken(*told: Any, **given: Any) -> Entry:
        tried.append(last_given(case))
        if len(tried) == 1:
            raise store.Overtaken
        return write(*told, **given)

    monkeypatch.setattr(store, "write", overtaken)
    issue(busy, case)
    assert tried == [1, 1]
    assert (Paper.objects.get().ordinal, NumberSeries.objects.get().last) == (1, 1)
    assert gaps(busy.estate.pk) == []
    assert each_has_a_job()


def last_given(case: int) -> int:
    """The last number that the series of a case's paper has, as this transaction sees it."""
    return NumberSeries.objects.get(estate=Case.objects.get(pk=case).estate).last


def test_a_slip_that_does_not_hold_releases_nothing_and_says_why(busy: Office) -> None:
    zhou, now = busy.staff("zhou"), timezone.now()
    wrong: dict[str, dict[str, Any]] = {
        "paper_used": {"state": "used", "used_at": now, "used_by": zhou},
        "paper_void": {"state": "void", "voided_at": now, "void_reason": "数量不符"},
        "paper_expired": {"state": "expired"},
    }
    for code, columns in wrong.items():
        case = issued(busy)
        Paper.objects.filter(case_id=case).update(**columns)
        with refused(code):
            release(busy, case)
        assert Case.objects.get(pk=case).status == "open"
        assert Entry.objects.filter(stream=f"case/{case}").count() == 5
        assert Paper.objects.get(case_id=case).state == columns["state"]


def test_a_slip_that_was_used_meanwhile_is_not_used_again(
    busy: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between our reading and our writing; the other's name is told."""
    case = issued(busy)
    spending = consequences.papers.spending

    def interrupted(**asked: Any) -> Any:
        used = {"state": "used", "used_at": timezone.now(), "used_by": busy.staff("laoli")}
        Paper.objects.filter(case_id=case).update(**used)
        return spending(**asked)

    monkeypatch.setattr(consequences.papers, "spending", interrupted)
    with pytest.raises(Refusal, match=r"^paper_used:.*老李"):
        release(busy, case)
    assert Paper.objects.get(case_id=case).used_by == busy.staff("laoli")


def written(office: Office, case: int) -> dict[str, Any]:
    """What a release wrote in every room, without what differs from case to case."""
    paper = Paper.objects.get(case_id=case)

    def alike(value: Any) -> Any:
        return str(value).replace(paper.number, "№")

    paper_row = Paper.objects.filter(pk=paper.pk).values(
        "estate", "form", "kind", "period", "step", "branch", "copies", "issued_by", "valid_from", "valid_until",
        "state", "used_by", "voided_at", "void_reason",
    )[0]  # fmt: skip
    contacts = Contact.objects.filter(case_id=case).values_list("kind", "step", "outcome", "number", "by")
    job = ProcrastinateJob.objects.filter(args={"paper_id": paper.pk}).values(
        "queue_name", "task_name", "priority", "lock", "queueing_lock", "scheduled_at", "status", "attempts"
    )
    return {
        "paper": paper_row,
        "says": sorted(set(paper.snapshot) - {"paper.issued_at"}),
        "sealed": bool(paper.private), "pass": bool(paper.token),
        "job": list(job),
        "kinds": list(Entry.objects.filter(stream=f"case/{case}").order_by("seq").values_list("kind", "post")),
        "contacts": [alike(one) for one in contacts.order_by("pk")],
        "notices": list(Notice.objects.filter(case_id=case).order_by("pk").values_list("code", "post")),
        "books": sorted(RegisterRow.objects.filter(case_id=case).values_list("book", "status")),
        "number": [
            paper.number in str(cells)
            for cells in RegisterRow.objects.filter(case_id=case).order_by("book").values_list("cells", flat=True)
        ],
    }  # fmt: skip


def test_in_a_transaction_the_same_is_written(busy: Office) -> None:
    issued(busy)
    alone, within = sealed(busy), sealed(busy)
    issue(busy, alone)
    release(busy, alone)
    with transaction.atomic():
        issue(busy, within)
        release(busy, within)
    assert written(busy, alone) == written(busy, within)
    assert written(busy, alone)["number"] == [True]


def test_the_number_stands_in_the_book_though_names_are_asked_for_again(
    busy: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whom the paper's step brings in is looked up after the paper was drawn up, and before it is written."""
    issued(busy)
    case, people_in, asked = sealed(busy), consequences.people_in, []

    def more_each_time(*of: Any) -> set[int]:
        asked.append(of)
        return people_in(*of) | ({busy.staff("sun").pk} if len(asked) > 1 else set())

    monkeypatch.setattr(consequences, "people_in", more_each_time)
    assert len(statements(lambda: issue(busy, case))) == 7
    number = Paper.objects.get(case_id=case).number
    assert number in str(RegisterRow.objects.get(case_id=case).cells)
