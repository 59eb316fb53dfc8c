"""What an action costs the database: one statement reads, one writes; the rest is what other rooms add."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from banli.cases import actions, attachments, store
from banli.cases.attachments import Upload
from banli.cases.models import Attachment, Case, Task
from banli.journal.models import Entry
from tests.cases.test_actions import at_the_door, do, goods, key, open_goods
from tests.office import Office, build, load_packs

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def busy() -> Office:
    """The office in committed rows: statements are counted as they are outside of tests, with BEGIN and COMMIT."""
    load_packs()
    return build()


def statements(action) -> list[str]:
    with CaptureQueriesContext(connection) as seen:
        action()
    return [query["sql"] for query in seen.captured_queries]


def test_opening_a_case_and_acting_on_it_are_two_statements_each(busy: Office):
    open_goods(busy)  # the rulebook is known from now on
    assert len(statements(lambda: open_goods(busy))) == 2
    case = Case.objects.latest("pk").pk
    assert len(statements(lambda: do(busy, "xiaowang", case, "sign", "signed", signature="paper"))) == 2
    assert len(statements(lambda: do(busy, "laoli", case, "confirm", "approved", signature="paper"))) == 2
    assert len(statements(lambda: do(busy, "chen", case, "seal", "sealed"))) == 2


def test_a_drawn_signature_is_kept_by_the_same_statement(busy: Office):
    case, drawn = open_goods(busy), Upload(b"\x89PNG drawn", "image/png")
    sign = {"signature": drawn.sha256, "uploads": [drawn]}
    assert len(statements(lambda: do(busy, "xiaowang", case, "sign", "signed", **sign))) == 2
    kept = Attachment.objects.get(case_id=case)
    assert (kept.sha256, kept.media_type, kept.size, kept.by) == (
        drawn.sha256, "image/png", len(drawn.content), busy["xiaowang"].staff,
    )  # fmt: skip
    assert attachments.content(kept, Case.objects.get(pk=case)) == drawn.content
    do(busy, "laoli", case, "confirm", "approved", **sign)
    assert Attachment.objects.filter(case_id=case).count() == 1  # the same picture twice is kept once


def test_issuing_a_paper_is_four_statements_in_a_transaction_and_the_gate_three(busy: Office):
    case = open_goods(busy)
    do(busy, "xiaowang", case, "sign", "signed", signature="paper")
    do(busy, "laoli", case, "confirm", "approved", signature="paper")
    do(busy, "chen", case, "seal", "sealed")
    issuing = statements(lambda: do(busy, "xiaowang", case, "issue", "issued"))
    assert len(issuing) == 6 and {"BEGIN", "COMMIT"} < set(issuing), "\n".join(issuing)
    gate = statements(lambda: do(busy, "zhou", case, "gate", "released", extra={"ticked": [0, 1]}))
    assert len(gate) == 3, "\n".join(gate)


def test_an_action_sent_again_is_one_statement(busy: Office):
    case = open_goods(busy)
    same = key()
    do(busy, "xiaowang", case, "sign", "signed", signature="paper", key=same)
    assert (
        len(statements(lambda: do(busy, "xiaowang", case, "sign", "signed", signature="paper", key=same)))
        == 1
    )


def test_an_action_costs_the_same_however_long_the_case_is(busy: Office):
    case = at_the_door(busy)
    do(
        busy, "zheng", case, "quote", "passed", extra={"ticked": ["identified", "told"]},
        answers={"findings": "阀芯磨损", "charge": "free"},
    )  # fmt: skip
    do(busy, "zheng", case, "work", "finished", answers={"result": "更换阀芯"})
    do(busy, "zheng", case, "accept", "signed", signature="paper")
    do(busy, "xiaowang", case, "order", "issued")
    counts = {len(statements(lambda: do(busy, "xiaowang", case, "follow_up", "no_answer"))) for _ in range(4)}
    assert counts == {3}


def test_what_somebody_else_did_meanwhile_is_read_and_decided_upon(
    busy: Office, monkeypatch: pytest.MonkeyPatch
):
    """Between our reading and our writing the case is confirmed; ours is then refused, and nothing is written."""
    case = open_goods(busy)
    do(busy, "xiaowang", case, "sign", "signed", signature="paper")
    read, asked = store.read, []

    def interrupted(*given):
        found = read(*given)
        asked.append(given)
        if len(asked) == 1:
            do(busy, "laoli", case, "confirm", "returned", note="数量不对")
        return found

    monkeypatch.setattr(store, "read", interrupted)
    with pytest.raises(actions.Refusal, match=r"^task_not_open:"):
        do(busy, "laoli", case, "confirm", "approved", signature="paper")
    assert len(asked) == 3  # ours, the other's, ours again
    assert Entry.objects.filter(stream=f"case/{case}").count() == 3
    assert list(Task.objects.filter(case_id=case, state="open").values_list("step", flat=True)) == ["fill"]


def test_a_case_whose_row_does_not_follow_its_journal_is_not_written(busy: Office):
    case = open_goods(busy)
    Case.objects.filter(pk=case).update(seq=0)
    with pytest.raises(IntegrityError, match="entry_seq_once"):
        do(busy, "xiaowang", case, "sign", "signed", signature="paper")


def test_a_step_that_ends_and_opens_anew_in_one_action_is_open_once(busy: Office):
    case = open_goods(busy)
    do(busy, "xiaowang", case, "sign", "signed", signature="paper")
    do(busy, "laoli", case, "confirm", "returned", note="数量不对")
    sent_back = {"what": "send_back", "step": "fill", "reason": "重新填写"}
    actions.override(by=busy["laoli"], case_id=case, key=key(), **sent_back)
    tasks = Task.objects.filter(case_id=case, step="fill").order_by("pk")
    assert [task.state for task in tasks] == ["done", "cancelled", "open"]
    do(busy, "xiaowang", case, "fill", "done", answers=goods())
    actions.tick(case_id=case, now=timezone.now() + timedelta(minutes=1))
