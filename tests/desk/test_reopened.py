"""A complaint that a supervisor opens again: its page says what is owed, since when and why (P13)."""

import pytest

from banli.cases import actions, audit
from tests.cases.complaints import complain, do, handled, key, sent
from tests.desk.at_the_desk import at, text
from tests.office import Office


@pytest.mark.parametrize(("what", "why"), [("send_back", "主管退回重办"), ("reopen", "重新打开")])
def test_another_answer_is_owed_and_the_page_says_what_began_its_time(
    office: Office, what: str, why: str
) -> None:
    case = complain(office)
    sent(office, case)
    handled(office, case)
    if what == "reopen":
        do(office, "xiaowang", case, "follow_up", "declined")
        do(office, "xiaowang", case, "file", "issued")
    actions.override(by=office["laoli"], case_id=case, what=what, step="send", reason="业户又来电", key=key())
    page = text(at(office, "laoli").get(f"/cases/{case}/"))
    assert f"从{why}起算" in page and "再次答复" in page
    assert f"从{why}起算" in text(at(office, "laoli").get(f"/cases/{case}/clocks/"))
    assert [finding for check in audit.CHECKS.values() for finding in check()] == []


def test_of_what_lies_behind_it_is_said_that_the_case_would_go_back(office: Office) -> None:
    case = complain(office)
    sent(office, case)
    page = text(at(office, "laoli").get(f"/cases/{case}/"))
    assert "小王），到“答复业户”：已告知为止" in page  # it was agreed to: that can no longer be refused
    assert "到“处理”办完或退回“复核定性、定责任部门”或退回“记录投诉”为止" in page
