"""P8: duplicate reports of one fault are linked: the second is joined to the first, and both say so."""

from typing import Any

import pytest

from banli.cases import actions
from banli.cases.models import Case
from banli.engine.refusals import Refusal
from banli.messages.models import Notice
from tests.cases.test_actions import do, key
from tests.cases.test_slots import audited, repair, seats
from tests.desk.at_the_desk import at, text
from tests.office import Office


def urgent(office: Office, **answers: Any) -> int:
    return repair(office, "", urgency="now", booked_at=None, **answers)


def joined(office: Office, case: int, main: int, who: str = "xiaowang", **more: Any) -> Any:
    return actions.join(by=office[who], case_id=case, main_id=main, note="同一处漏水", key=key(), **more)


def test_a_repeated_report_is_over_and_the_one_in_hand_knows(office: Office) -> None:
    main = urgent(office)
    do(office, "xiaowang", main, "dispatch", "dispatched", extra={"assignee": office.staff("zheng").pk})
    again = repair(office)
    joined(office, again, main)
    second, first = Case.objects.get(pk=again), Case.objects.get(pk=main)
    assert (second.status, second.standing["joined_to"], second.standing["tokens"]) == ("withdrawn", main, [])
    assert (first.status, first.standing["repeats"]) == ("open", [again])
    assert seats(again) == [], "its slot is free"
    told = Notice.objects.get(case_id=main, code="repeated")
    assert told.staff == office.staff("zheng")
    assert audited() == []
    assert "同一件事又有人报了" in text(at(office, "zheng").get("/notices/"))


def test_both_pages_say_so(office: Office) -> None:
    main, again = urgent(office), urgent(office)
    clerk = at(office, "xiaowang")
    page = text(clerk.get(f"/cases/{again}/"))
    assert f"并入第 {main} 号" in page and f'name="join-to" value="{main}"' in page
    assert page.count(str(Case.objects.get(pk=main).form["problem"])) >= 2, (
        "its own, and the one it may be joined to"
    )
    answer = clerk.post(f"/cases/{again}/joining/", {"join-to": main, "key": key()})
    assert answer["Location"].endswith(f"/cases/{main}/") or answer["HX-Redirect"].endswith(f"/cases/{main}/")
    page = text(clerk.get(f"/cases/{again}/"))
    assert f"与第 {main} 号是同一件事，已并入" in page and "join-to" not in page
    page = text(clerk.get(f"/cases/{main}/"))
    assert "同一件事另有 1 份报告" in page and f"/cases/{again}/" in page and f"第 {again} 号并入本件" in page
    clerk.cookies["django_language"] = "en"
    assert "1 more reports of this matter" in text(clerk.get(f"/cases/{main}/"))


def test_a_page_asks_as_much_for_one_report_as_for_three(
    office: Office, django_assert_max_num_queries: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    main, counts = urgent(office), []
    for _ in range(3):
        joined(office, urgent(office), main)
        with CaptureQueriesContext(connection) as seen:
            at(office, "laoli").get(f"/cases/{main}/")
        counts.append(len(seen))
    assert len(set(counts[1:])) == 1


def test_what_was_joined_by_mistake_is_parted_by_a_supervisor(office: Office) -> None:
    main, again = urgent(office), urgent(office)
    joined(office, again, main)
    clerk = at(office, "xiaowang")
    actions.override(
        by=office["laoli"], case_id=again, what="reopen", step="request", reason="是卫生间另一处", key=key()
    )
    second, first = Case.objects.get(pk=again), Case.objects.get(pk=main)
    assert (second.status, second.standing.get("joined_to")) == ("open", None)
    assert first.standing.get("repeats", []) == []
    assert audited() == []
    page = text(clerk.get(f"/cases/{again}/"))
    assert f"与第 {main} 号分开，不是同一件事" in page and "已并入" not in page
    assert f"第 {again} 号分开，不是同一件事" in text(clerk.get(f"/cases/{main}/"))
    actions.withdraw(by=office["xiaowang"], case_id=main, reason="修好了", key=key())


def test_who_was_sent_hears_of_what_is_joined_and_parted_also_while_it_waits_for_another(
    office: Office,
) -> None:
    main = urgent(office)
    zheng = office.staff("zheng")
    do(office, "xiaowang", main, "dispatch", "dispatched", extra={"assignee": zheng.pk})
    do(office, "zheng", main, "take", "taken")
    do(office, "zheng", main, "arrive", "arrived")
    do(
        office, "zheng", main, "quote", "passed", extra={"ticked": ["identified", "told"]},
        answers={"findings": "吊顶塌了", "charge": "unlisted", "proposal": "补石膏板"},
    )  # fmt: skip
    again = urgent(office)
    joined(office, again, main)
    told = Notice.objects.filter(case_id=main, code="repeated")
    assert {(one.staff, one.post) for one in told} == {(zheng, ""), (None, "engineering_supervisor")}
    actions.override(
        by=office["laoli"], case_id=again, what="reopen", step="request", reason="是卫生间另一处", key=key()
    )
    told = Notice.objects.filter(case_id=main, code="parted")
    assert {(one.staff, one.post) for one in told} == {(zheng, ""), (None, "engineering_supervisor")}
    assert audited() == []
    technician = at(office, "zheng")
    assert "并入的一份报告分出去了" in text(technician.get("/notices/"))
    assert f"第 {again} 号曾并入本件，已分开" in text(technician.get(f"/cases/{main}/"))
    joined(office, again, main)
    assert "已分开：不是同一件事" not in text(technician.get(f"/cases/{main}/"))


def test_who_was_sent_for_the_second_report_hears_that_they_need_not_go(office: Office) -> None:
    main, again = urgent(office), urgent(office)
    zheng = office.staff("zheng")
    do(office, "xiaowang", again, "dispatch", "dispatched", extra={"assignee": zheng.pk})
    joined(office, again, main)
    assert Notice.objects.get(case_id=again, code="joined").staff == zheng
    assert "已并入那一件，不用再去" in text(at(office, "zheng").get("/notices/"))
    assert not Notice.objects.filter(case_id=main, code="joined").exists() and audited() == []


def test_a_case_is_parted_from_one_that_is_over(office: Office) -> None:
    main, again = urgent(office), urgent(office)
    joined(office, again, main)
    actions.withdraw(by=office["xiaowang"], case_id=main, reason="修好了", key=key())
    actions.override(
        by=office["laoli"], case_id=again, what="reopen", step="request", reason="另一处还在漏", key=key()
    )
    assert Case.objects.get(pk=again).status == "open"
    assert Case.objects.get(pk=main).status == "withdrawn" and audited() == []
    assert not Notice.objects.filter(case_id=main, code="parted").exists(), "nobody has it in hand"


def test_only_what_may_be_the_same_matter_and_is_still_in_hand_is_offered(office: Office) -> None:
    other, done, same = urgent(office, trade="electric"), urgent(office), urgent(office)
    zheng = office.staff("zheng")
    do(office, "xiaowang", done, "dispatch", "dispatched", extra={"assignee": zheng.pk})
    for step, outcome, more in (
        ("take", "taken", {}), ("arrive", "arrived", {}),
        ("quote", "passed", {"answers": {"findings": "软管老化", "charge": "free"},
                             "extra": {"ticked": ["identified", "told"]}}),
        ("work", "finished", {"answers": {"result": "换软管"}}), ("accept", "signed", {"signature": "paper"}),
    ):  # fmt: skip
        do(office, "zheng", done, step, outcome, **more)
    page = text(at(office, "xiaowang").get(f"/cases/{urgent(office)}/"))
    offered = {pk for pk in (other, done, same) if f'name="join-to" value="{pk}"' in page}
    assert offered == {same}
    assert "派出的人、留出的时段都取消" in page and "重新打开" in page


@pytest.mark.parametrize("other", ["itself", "ended", "another procedure", "nothing"])
def test_only_an_open_case_of_the_same_procedure_is_joined(office: Office, other: str) -> None:
    again, main = urgent(office), urgent(office)
    if other == "ended":
        actions.withdraw(by=office["xiaowang"], case_id=main, reason="修好了", key=key())
    elif other == "another procedure":
        from tests.cases.test_home_cleaning import booked

        main = booked(office)
    target = {"itself": again, "nothing": 10**9}.get(other, main)
    with pytest.raises(Refusal, match=r"^join_target"):
        joined(office, again, target)
    assert Case.objects.get(pk=again).status == "open"


def test_who_may_not_take_it_back_may_not_join_it(office: Office) -> None:
    main, again = urgent(office), urgent(office)
    with pytest.raises(Refusal, match=r"^withdraw_post"):
        joined(office, again, main, who="zhao")
    zheng = office.staff("zheng")
    do(office, "xiaowang", again, "dispatch", "dispatched", extra={"assignee": zheng.pk})
    do(office, "zheng", again, "take", "taken")
    do(office, "zheng", again, "arrive", "arrived")
    with pytest.raises(Refusal, match=r"^withdraw_late"):
        joined(office, again, main)


def test_a_double_click_joins_once(office: Office) -> None:
    main, again = urgent(office), urgent(office)
    same = key()
    for _ in range(2):
        actions.join(by=office["xiaowang"], case_id=again, main_id=main, note="", key=same)
    assert Case.objects.get(pk=main).standing["repeats"] == [again]


def test_a_procedure_that_joins_nothing_refuses(office: Office) -> None:
    from tests.cases.test_actions import open_goods

    with pytest.raises(Refusal, match=r"^not_permitted"):
        joined(office, open_goods(office), open_goods(office))
