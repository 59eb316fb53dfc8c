"""Two people, or two clicks, at the same moment: one wins, nothing is done twice, numbers stay gapless."""

import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from banli.cases import actions
from banli.cases.models import Case
from banli.engine.refusals import Refusal
from banli.journal.models import Entry
from banli.papers.models import Paper
from banli.papers.queries import gaps
from tests.cases.test_actions import do, goods, issued, key, open_goods
from tests.office import Office, build, load_packs

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def busy() -> Office:
    """The office in committed rows, so that several connections see it."""
    load_packs()
    return build()


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """Run the calls at the same moment, each on its own connection; what each gave, or its refusal."""
    start, told = threading.Barrier(len(calls)), [None] * len(calls)

    def run(place: int, call: Callable[[], Any]) -> None:
        start.wait()
        try:
            told[place] = call()
        except Refusal as why:
            told[place] = why.code
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return told


def test_two_clicks_on_one_button_are_one_action(busy: Office):
    case = open_goods(busy)
    same = key()
    told = at_once(*[lambda: do(busy, "xiaowang", case, "sign", "signed", signature="paper", key=same)] * 4)
    assert {outcome.seq for outcome in told} == {2}
    assert sorted(outcome.again for outcome in told) == [False, True, True, True]


def test_a_case_opened_by_four_clicks_is_one_case(busy: Office):
    asked = {
        "by": busy["xiaowang"],
        "procedure": "goods-release",
        "unit": busy.unit,
        "applicant": busy.owner,
        "applicant_role": "owner",
        "answers": goods(),
        "key": key(),
    }
    told = at_once(*[lambda: actions.open_case(**asked)] * 4)
    assert len({outcome.case_id for outcome in told}) == 1
    assert Case.objects.count() == 1


def test_two_guards_cannot_release_on_one_slip(busy: Office):
    case = issued(busy)
    told = at_once(*[lambda: do(busy, "zhou", case, "gate", "released", extra={"ticked": [0, 1]})] * 3)
    assert Counter(t if isinstance(t, str) else "released" for t in told) == {"released": 1, "case_closed": 2}


def test_numbers_given_at_once_have_no_gap(busy: Office):
    cases = []
    for _ in range(4):
        case = open_goods(busy)
        do(busy, "xiaowang", case, "sign", "signed", signature="paper")
        do(busy, "laoli", case, "confirm", "approved", signature="paper")
        do(busy, "chen", case, "seal", "sealed")
        cases.append(case)
    at_once(*[lambda case=case: do(busy, "xiaowang", case, "issue", "issued") for case in cases])
    assert sorted(Paper.objects.values_list("ordinal", flat=True)) == [1, 2, 3, 4]
    assert gaps(busy.estate.pk) == []


def test_approving_and_sending_back_at_once_leaves_one_truth(busy: Office):
    case = open_goods(busy)
    do(busy, "xiaowang", case, "sign", "signed", signature="paper")
    told = at_once(
        lambda: do(busy, "laoli", case, "confirm", "approved", signature="paper"),
        lambda: do(busy, "laoli", case, "confirm", "returned", note="数量不对"),
    )
    assert sum(isinstance(t, str) for t in told) == 1
    assert Entry.objects.filter(stream=f"case/{case}").count() == 3
