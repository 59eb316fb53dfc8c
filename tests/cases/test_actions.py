"""What is done to cases, whole: goods release and home repair from the counter to their end."""

from datetime import timedelta
from itertools import pairwise

import pytest
from django.utils import timezone

from banli.cases import actions, jobs
from banli.cases.models import Case, Task
from banli.engine.refusals import Refusal
from banli.journal.models import Entry
from banli.messages.models import Notice
from banli.papers.models import Paper
from banli.registers import queries as registers
from banli.registers.models import RegisterRow
from tests.office import Office, identity, today

_keys = iter(f"test-key-{n:06}" for n in range(10**6))


def key() -> str:
    return next(_keys)


def goods(**change):
    told = {
        "carrier": "租户刘先生",
        "carrier_id": identity(),
        "date": today().isoformat(),
        "goods": [{"name": "沙发", "count": 1}, {"name": "电视", "count": 2}],
    }
    return {**told, **change}


def open_goods(office: Office, *, role="owner", by="xiaowang", **change) -> int:
    applicant = office.owner if role == "owner" else office.tenant
    told = actions.open_case(
        by=office[by], procedure="goods-release", unit=office.unit, applicant=applicant, applicant_role=role,
        answers=goods(**change), key=key(),
    )  # fmt: skip
    return told.case_id


def do(office: Office, who: str, case: int, step: str, outcome: str, **more):
    return actions.act(
        by=office[who], case_id=case, step=step, outcome=outcome, key=more.pop("key", key()), **more
    )


def issued(office: Office) -> int:
    case = open_goods(office)
    do(office, "xiaowang", case, "sign", "signed", signature="paper")
    do(office, "laoli", case, "confirm", "approved", signature="paper")
    do(office, "chen", case, "seal", "sealed")
    do(office, "xiaowang", case, "issue", "issued")
    return case


def refused(code: str):
    return pytest.raises(Refusal, match=f"^{code}:")


def test_a_goods_pass_goes_from_the_counter_to_the_gate(office: Office):
    case = issued(office)
    paper = Paper.objects.get(case_id=case)
    assert paper.state == "valid"
    row = RegisterRow.objects.get(case_id=case)
    assert row.cells["number"] == paper.number
    assert row.cells["confirmed"] == "老李"
    assert row.cells["carrier_id"]["mask"].endswith("1233")
    do(office, "zhou", case, "gate", "released", extra={"ticked": [0, 1]})
    paper.refresh_from_db()
    row.refresh_from_db()
    assert (paper.state, paper.used_by.name) == ("used", "门岗老周")
    assert row.cells["guard"] == "门岗老周"
    assert Case.objects.get(pk=case).status == "done"
    assert not Task.objects.filter(case_id=case, state="open").exists()


def test_a_signature_that_holds_up_the_slip_is_due_when_the_slip_is(office: Office):
    case = open_goods(office)
    waiting = Task.objects.filter(case_id=case, state="open")
    assert waiting.get().due_at is None, "no clock runs yet"
    do(office, "xiaowang", case, "sign", "signed", signature="paper")
    due = Case.objects.get(pk=case).due_at
    assert due is not None
    do(office, "laoli", case, "confirm", "approved", signature="paper")
    told = waiting.get()
    assert (told.step, told.due_at, told.order_at) == ("seal", due, due)


def test_nobody_opens_a_case_about_another_estates_home_or_person(office: Office):
    for unit, applicant in ((office.unit, office.owner), (None, office.owner), (office.unit, None)):
        with refused("not_found"):
            actions.open_case(
                by=office["xiaoqin"], procedure="goods-release", unit=unit, applicant=applicant, applicant_role="owner",
                answers=goods(), key=key(),
            )  # fmt: skip
    assert not Case.objects.exists()


def test_an_identity_number_is_never_written_in_clear(office: Office):
    case = issued(office)
    number = identity()
    assert number not in str(list(Entry.objects.filter(stream=f"case/{case}").values_list("body", flat=True)))
    assert number not in str(Case.objects.values("form", "standing").get(pk=case))
    assert number not in str(Paper.objects.values("snapshot").get(case_id=case))


def test_the_chain_of_a_case_is_whole(office: Office):
    case = issued(office)
    entries = list(Entry.objects.filter(stream=f"case/{case}").order_by("seq"))
    assert [e.seq for e in entries] == list(range(1, len(entries) + 1))
    for before, after in pairwise(entries):
        assert bytes(after.prev) == bytes(before.hash)
    assert bytes(Case.objects.get(pk=case).head) == bytes(entries[-1].hash)


def test_a_tenant_needs_the_owners_consent(office: Office):
    case = open_goods(office, role="tenant")
    with refused("task_not_open"):
        do(office, "xiaowang", case, "sign", "signed", signature="paper")
    do(
        office,
        "xiaowang",
        case,
        "consent",
        "signed",
        signature="paper",
        extra={"reference": "一号柜 2026-017"},
    )
    do(office, "xiaowang", case, "sign", "signed", signature="paper")


def test_a_wrong_identity_digit_is_marked_and_nothing_is_written(office: Office):
    wrong = identity()[:-1] + ("1" if identity()[-1] != "1" else "2")
    with pytest.raises(Refusal) as why:
        open_goods(office, carrier_id=wrong)
    assert set(why.value.fields) == {"carrier_id"}
    assert not Case.objects.exists()
    assert not Entry.objects.filter(stream__startswith="case/").exists()


def test_whoever_files_a_case_does_not_confirm_it(office: Office):
    from banli.people.access import desk_of
    from banli.people.models import Holding

    clerk = office.staff("xiaowang")
    Holding.objects.create(staff=clerk, estate=office.estate, post="duty_supervisor", since=today())
    clerk.__dict__.pop("posts_now", None)
    office.desks["xiaowang"] = desk_of(clerk, office.estate.pk)
    case = open_goods(office)
    do(office, "xiaowang", case, "sign", "signed", signature="paper")
    with refused("four_eyes_filer"):
        do(office, "xiaowang", case, "confirm", "approved", signature="paper")


def test_a_slip_is_used_once(office: Office):
    case = issued(office)
    do(office, "zhou", case, "gate", "released", extra={"ticked": [0, 1]})
    with refused("case_closed"):
        do(office, "zhou", case, "gate", "released", extra={"ticked": [0, 1]})


def test_an_unticked_item_is_not_released(office: Office):
    case = issued(office)
    with refused("goods_unticked"):
        do(office, "zhou", case, "gate", "released", extra={"ticked": [0]})


def test_a_mismatch_voids_the_slip_and_needs_a_new_one(office: Office):
    case = issued(office)
    do(office, "zhou", case, "gate", "mismatch", note="多一台冰箱")
    first = Paper.objects.get(case_id=case)
    assert (first.state, first.void_reason) == ("void", "多一台冰箱")
    do(office, "xiaowang", case, "fill", "done", answers=goods())
    do(office, "xiaowang", case, "sign", "signed", signature="paper")
    do(office, "laoli", case, "confirm", "approved", signature="paper")
    do(office, "chen", case, "seal", "sealed")
    do(office, "xiaowang", case, "issue", "issued")
    second = Paper.objects.get(case_id=case, state="valid")
    assert second.number != first.number


def test_a_slip_expires_at_the_end_of_its_day(office: Office):
    case = issued(office)
    jobs.wake(timezone.now() + timedelta(days=1))
    assert Case.objects.get(pk=case).status == "expired"
    assert Paper.objects.get(case_id=case).state == "expired"


def test_an_action_sent_twice_is_done_once(office: Office):
    case = open_goods(office)
    same = key()
    first = do(office, "xiaowang", case, "sign", "signed", signature="paper", key=same)
    second = do(office, "xiaowang", case, "sign", "signed", signature="paper", key=same)
    assert (second.seq, second.again) == (first.seq, True)
    assert Entry.objects.filter(stream=f"case/{case}").count() == 2


def test_a_key_stands_for_one_action_only(office: Office):
    case = open_goods(office)
    same = key()
    do(office, "xiaowang", case, "sign", "signed", signature="paper", key=same)
    with refused("key_reused"):
        do(office, "laoli", case, "confirm", "approved", signature="paper", key=same)


def test_a_signature_that_nobody_drew_is_refused(office: Office):
    case = open_goods(office)
    with refused("signature_required"):
        do(office, "xiaowang", case, "sign", "signed", signature="a" * 64)
    assert Entry.objects.filter(stream=f"case/{case}").count() == 1


def test_a_photograph_that_nobody_sent_is_marked_and_nothing_is_written(office: Office):
    case = at_the_door(office)
    do(
        office, "zheng", case, "quote", "passed", extra={"ticked": ["identified", "told"]},
        answers={"findings": "阀芯磨损", "charge": "free"},
    )  # fmt: skip
    before = Entry.objects.filter(stream=f"case/{case}").count()
    with pytest.raises(Refusal) as why:
        do(office, "zheng", case, "work", "finished", answers={"result": "更换阀芯", "photo": "a" * 64})
    assert {name: bad.code for name, bad in why.value.fields.items()} == {"photo": "bad_file"}
    assert Entry.objects.filter(stream=f"case/{case}").count() == before


def test_a_case_opened_twice_is_opened_once(office: Office):
    more = {
        "by": office["xiaowang"],
        "procedure": "goods-release",
        "unit": office.unit,
        "applicant": office.owner,
        "applicant_role": "owner",
        "answers": goods(),
        "key": key(),
    }
    assert actions.open_case(**more).case_id == actions.open_case(**more).case_id
    assert Case.objects.count() == 1


def test_a_task_somebody_else_has_done_says_who_and_when(office: Office):
    case = open_goods(office)
    do(office, "xiaowang", case, "sign", "signed", signature="paper")
    with pytest.raises(Refusal) as why:
        do(office, "xiaowang", case, "sign", "signed", signature="paper")
    assert why.value.code == "task_done"
    assert "小王" in why.value.say("zh")


def test_another_estate_does_not_see_the_case(office: Office):
    case = open_goods(office)
    with refused("not_found"):
        do(office, "he", case, "sign", "signed", signature="paper")


def repair(office: Office, **change) -> int:
    answers = {
        "problem": "厨房水龙头漏水", "place": "kitchen", "trade": "water", "urgency": "now", "phone": "13812345678",
        **change,
    }  # fmt: skip
    return actions.open_case(
        by=office["xiaowang"], procedure="home-repair", unit=office.unit, applicant=office.tenant,
        applicant_role="tenant", answers=answers, key=key(),
    ).case_id  # fmt: skip


def at_the_door(office: Office) -> int:
    case = repair(office)
    zheng = office.staff("zheng").pk
    do(office, "xiaowang", case, "dispatch", "dispatched", extra={"assignee": zheng})
    do(office, "zheng", case, "take", "taken")
    do(office, "zheng", case, "arrive", "arrived")
    return case


def test_a_declined_price_is_judged_in_the_visit_record(office: Office):
    case = at_the_door(office)
    do(
        office, "zheng", case, "quote", "passed", extra={"ticked": ["identified", "told"]},
        answers={"findings": "阀芯磨损", "charge": "paid", "works": [{"item": "repair-toilet", "count": 1}]},
    )  # fmt: skip
    do(office, "zheng", case, "agree", "refused", note="想自己买配件")
    do(office, "xiaowang", case, "declined", "fair", answers={"opinion": "价格偏高"})
    visit = RegisterRow.objects.get(case_id=case, book="resident-visits").cells
    assert (visit["answer"]["zh"], visit["opinion"], visit["by"]) == ("较满意", "价格偏高", "小王")
    for words in ("较满意", "fairly satisfied"):
        found = registers.rows(estate_id=office.estate.pk, book="resident-visits", words=words)
        assert [row.case_id for row in found] == [case], words
    service = RegisterRow.objects.get(case_id=case, book="home-service").cells
    assert (service["number"], service["technician"], service["follow_up"]["zh"]) == (
        None,
        "维修工老郑",
        "较满意",
    )
    assert Case.objects.get(pk=case).status == "not_done"
    why = {
        "zh": "住户确认价格：拒绝（想自己买配件）",
        "en": "Resident agrees the price: Refused (想自己买配件)",
    }
    assert service["why_not"] == visit["how"] == why


def test_a_repair_stands_in_the_service_register_from_its_request_on(office: Office):
    row = RegisterRow.objects.get(case_id=repair(office), book="home-service")
    assert (row.status, row.cells["technician"]) == ("open", None)


def test_a_repair_goes_to_its_follow_up(office: Office):
    case = at_the_door(office)
    do(
        office, "zheng", case, "quote", "passed", extra={"ticked": ["identified", "told"]},
        answers={
            "findings": "阀芯磨损", "charge": "paid", "works": [{"item": "repair-tap-drip", "count": 1, "price": "20"}],
            "materials": [{"name": "阀芯", "count": 1, "price": "15.50"}],
        },
    )  # fmt: skip
    do(office, "zheng", case, "agree", "signed", signature="paper")
    do(office, "zheng", case, "work", "finished", answers={"result": "更换阀芯"})
    do(office, "zheng", case, "accept", "signed", signature="paper")
    do(office, "xiaowang", case, "order", "issued")
    do(office, "xiaowang", case, "follow_up", "no_answer")
    do(office, "xiaowang", case, "follow_up", "satisfied", answers={"opinion": "很快"})
    assert Case.objects.get(pk=case).status == "done"
    assert set(RegisterRow.objects.filter(case_id=case).values_list("book", flat=True)) == {
        "home-service", "resident-visits",
    }  # fmt: skip


def test_a_technician_who_does_not_arrive_in_fifteen_minutes_is_reported(office: Office):
    case = repair(office)
    do(office, "xiaowang", case, "dispatch", "dispatched", extra={"assignee": office.staff("zheng").pk})
    jobs.wake(timezone.now() + timedelta(minutes=16))
    told = set(Notice.objects.filter(case_id=case, code="clock_late").values_list("post", flat=True))
    assert told == {"front_desk", "engineering_supervisor"}
    before = Entry.objects.filter(stream=f"case/{case}").count()
    jobs.wake(timezone.now() + timedelta(minutes=17))
    assert Entry.objects.filter(stream=f"case/{case}").count() == before


def test_only_the_technician_who_was_sent_arrives(office: Office):
    case = repair(office)
    do(office, "xiaowang", case, "dispatch", "dispatched", extra={"assignee": office.staff("zheng").pk})
    with refused("not_assigned"):
        do(office, "xiaowang", case, "take", "taken")


def test_a_supervisor_sends_a_case_back_with_a_reason(office: Office):
    case = issued(office)
    with refused("reason_required"):
        actions.override(
            by=office["laoli"], case_id=case, what="send_back", step="fill", reason=" ", key=key()
        )
    actions.override(
        by=office["laoli"], case_id=case, what="send_back", step="fill", reason="写错房号", key=key()
    )
    assert Paper.objects.get(case_id=case).state == "void"
    assert list(Task.objects.filter(case_id=case, state="open").values_list("step", flat=True)) == ["fill"]


def test_a_case_that_cannot_be_read_holds_up_no_other(office: Office, caplog: pytest.LogCaptureFixture):
    broken, sound = repair(office), repair(office)
    Case.objects.filter(pk=broken).update(clocks=[{"clock": "arrival"}])
    jobs.wake(timezone.now() + timedelta(minutes=16))
    assert f"case {broken} cannot be woken" in caplog.text
    assert Notice.objects.filter(case_id=sound, code="clock_late").exists()
