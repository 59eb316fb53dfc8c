"""Whole procedures through the API alone, and what it refuses on the way."""

import base64
import io

import pytest
from PIL import Image, ImageDraw

from banli.cases.models import Attachment, Case
from banli.journal.models import Entry
from tests.api.caller import Machines, fresh_key, goods, goods_case, repair_case
from tests.office import Office, identity


def drawn() -> str:
    """A signature as a pad sends it."""
    image = Image.new("RGBA", (300, 120), (0, 0, 0, 0))
    ImageDraw.Draw(image).line((20, 90, 150, 20, 280, 80), fill="black", width=4)
    return _url(image, "PNG")


def photograph() -> str:
    return _url(Image.new("RGB", (64, 48), "teal"), "JPEG")


def _url(image: Image.Image, kind: str) -> str:
    out = io.BytesIO()
    image.save(out, kind)
    return f"data:image/{kind.lower()};base64,{base64.b64encode(out.getvalue()).decode()}"


def opened(machines: Machines, sent: dict) -> str:
    """Open a case; the address of it."""
    told = machines["xiaowang"].post("cases", sent)
    assert told.status_code == 201, told.content.decode()
    return told["Location"]


def do(machines: Machines, who: str, case: str, step: str, outcome: str, **more) -> dict:
    told = machines[who].post(f"{case}/acts", {"step": step, "outcome": outcome, **more})
    assert told.status_code == 200, told.content.decode()
    return told.json()


def refused(told, status: int, code: str) -> dict:
    """The problem document, after a look that it is one."""
    problem = told.json()
    assert (told.status_code, problem["code"]) == (status, code), problem
    assert told["Content-Type"] == "application/problem+json"
    assert (
        problem["status"] == status
        and problem["type"].endswith(code)
        and problem["title"]
        and problem["detail"]
    )
    return problem


def sealed(machines: Machines, office: Office) -> str:
    """A goods case up to the seal; its slip is still to be handed over."""
    case = opened(machines, goods_case(office))
    do(machines, "xiaowang", case, "sign", "signed", signature=drawn())
    do(machines, "laoli", case, "confirm", "approved", signature=drawn())
    do(machines, "chen", case, "seal", "sealed")
    return case


def test_a_goods_pass_goes_from_the_counter_to_the_gate(office: Office, machines: Machines):
    case = sealed(machines, office)
    do(machines, "xiaowang", case, "issue", "issued")
    told = machines["xiaowang"].get(case).json()
    (paper,) = told["papers"]
    assert (paper["state"], paper["title"]["zh"]) == ("valid", "物品放行条")
    assert [task["step"]["name"] for task in told["tasks"]] == ["gate"]
    verdict = machines["zhou"].get("passes/verdict", code=paper["number"]).json()
    assert (verdict["go"], verdict["step"]) == (True, "gate")
    assert [item["name"] for item in verdict["goods"]] == ["沙发", "电视"]
    do(
        machines, "zhou", f"/api/estates/cuihu/cases/{verdict['case']}", verdict["step"], "released",
        ticked=[item["row"] for item in verdict["goods"]],
    )  # fmt: skip
    told = machines["xiaowang"].get(case).json()
    assert (told["status"], told["tasks"], told["papers"][0]["used_by"]) == ("done", [], "门岗老周")
    assert machines["zhou"].get("passes/verdict", code=paper["number"]).json()["kind"] == "used"
    (row,) = machines["laoli"].get("registers/goods-release").json()["items"]
    assert row["cells"]["guard"] == "门岗老周"


def test_a_home_repair_goes_to_its_follow_up(office: Office, machines: Machines):
    case = opened(machines, repair_case(office))
    (zheng,) = machines["xiaowang"].get("posts/technician/staff").json()["items"]
    do(machines, "xiaowang", case, "dispatch", "dispatched", assignee=zheng["id"])
    (task,) = machines["zheng"].get("tasks", post="me").json()["items"]
    assert (task["step"]["name"], task["refused"]) == ("take", None)
    do(machines, "zheng", case, "take", "taken")
    do(machines, "zheng", case, "arrive", "arrived")
    do(
        machines, "zheng", case, "quote", "passed", ticked=["identified", "told"],
        answers={
            "findings": "阀芯磨损", "charge": "paid", "works": [{"item": "repair-tap-drip", "count": 1, "price": "20"}],
            "materials": [{"name": "阀芯", "count": 1, "price": 1550}],
        },
    )  # fmt: skip
    do(machines, "zheng", case, "agree", "signed", signature=drawn())
    do(machines, "zheng", case, "work", "finished", answers={"result": "更换阀芯", "photo": photograph()})
    do(machines, "zheng", case, "accept", "signed", signature=drawn())
    do(machines, "xiaowang", case, "order", "issued")
    do(machines, "xiaowang", case, "follow_up", "no_answer")
    do(machines, "xiaowang", case, "follow_up", "satisfied", answers={"opinion": "很快"})
    told = machines["xiaowang"].get(case).json()
    assert told["status"] == "done"
    assert told["answers"]["materials"] == [{"name": "阀芯", "count": 1, "price": 1550}]
    assert Attachment.objects.filter(sha256=told["answers"]["photo"], media_type="image/jpeg").exists()
    books = {book["name"] for book in machines["xiaowang"].get("registers").json()["items"]}
    assert {"home-service", "resident-visits"} <= books


def test_private_answers_are_only_ever_shown_masked(office: Office, machines: Machines):
    case = sealed(machines, office)
    do(machines, "xiaowang", case, "issue", "issued")
    for path in (case, f"{case}/journal", "registers/goods-release", f"units/{office.unit.pk}", "tasks"):
        body = machines["laoli"].get(path).content.decode()
        assert identity() not in body, path
        assert '"v1.' not in body, path  # how the vault writes what it seals
    told = machines["laoli"].get(case).json()["answers"]
    assert told["carrier_id"] == {"masked": "*" * 14 + identity()[-4:]}
    (row,) = machines["laoli"].get("registers/goods-release").json()["items"]
    assert row["cells"]["carrier_id"] == {"masked": "*" * 14 + identity()[-4:]}


def test_the_same_key_is_done_once_and_answered_alike(office: Office, machines: Machines):
    key, sent = fresh_key(), goods_case(office)
    first = machines["xiaowang"].post("cases", sent, key)
    again = machines["xiaowang"].post("cases", sent, key)
    assert (again.status_code, again.json(), again["Location"]) == (201, first.json(), first["Location"])
    assert "Idempotent-Replay" not in first and again["Idempotent-Replay"] == "true"
    assert Case.objects.count() == 1
    act = {"step": "sign", "outcome": "signed", "signature": drawn()}
    key = fresh_key()
    first = machines["xiaowang"].post(f"{again['Location']}/acts", act, key)
    do(machines, "laoli", again["Location"], "confirm", "approved", signature="paper")
    again = machines["xiaowang"].post(f"{again['Location']}/acts", act, key)
    assert (again.status_code, again.json(), again["Idempotent-Replay"]) == (200, first.json(), "true")


def test_a_key_stands_for_one_action_only(office: Office, machines: Machines):
    case, key = opened(machines, goods_case(office)), fresh_key()
    act = {"step": "sign", "outcome": "signed", "signature": "paper"}
    assert machines["xiaowang"].post(f"{case}/acts", act, key).status_code == 200
    refused(machines["xiaowang"].post(f"{case}/withdrawal", {"reason": "不搬了"}, key), 409, "key_reused")


@pytest.mark.parametrize("key", ["", "short", "mit Leerzeichen", "x" * 81, "schlüssel-schlüssel"])
def test_nothing_is_done_without_a_good_key(office: Office, machines: Machines, key: str):
    headers = machines["xiaowang"].headers
    told = machines["xiaowang"].client.post(
        "/api/estates/cuihu/cases", goods_case(office), content_type="application/json",
        headers={**headers, **({"Idempotency-Key": key} if key else {})},
    )  # fmt: skip
    refused(told, 400, "key_missing")
    assert not Case.objects.exists()


def test_a_wrong_identity_digit_is_marked_and_nothing_is_written(office: Office, machines: Machines):
    wrong = identity()[:-1] + ("1" if identity()[-1] != "1" else "2")
    problem = refused(
        machines["xiaowang"].post("cases", goods_case(office, carrier_id=wrong)), 422, "form_invalid"
    )
    assert list(problem["fields"]) == ["carrier_id"]
    assert wrong not in str(problem)
    assert not Case.objects.exists()


def test_a_tenant_needs_the_owners_consent_and_cannot_call_himself_the_owner(
    office: Office, machines: Machines
):
    case = opened(machines, goods_case(office, role="tenant"))
    act = {"step": "sign", "outcome": "signed", "signature": "paper"}
    refused(machines["xiaowang"].post(f"{case}/acts", act), 409, "task_not_open")
    lie = {**goods_case(office, role="tenant"), "applicant_role": "owner"}
    problem = refused(machines["xiaowang"].post("cases", lie), 422, "form_invalid")
    assert problem["fields"]["applicant"]["code"] == "not_of_unit"


def test_four_eyes_and_posts_hold_for_machines_too(office: Office, machines: Machines):
    case = opened(machines, goods_case(office))
    do(machines, "xiaowang", case, "sign", "signed", signature="paper")
    act = {"step": "confirm", "outcome": "approved", "signature": "paper"}
    refused(machines["xiaowang"].post(f"{case}/acts", act), 403, "wrong_post")
    refused(machines["laoli"].post("cases", goods_case(office)), 403, "opens_post")
    problem = refused(machines["sun"].get(case), 403, "not_permitted")
    assert "front_desk" in problem["posts"]


def test_a_task_somebody_else_has_done_says_who_and_when(office: Office, machines: Machines):
    case = opened(machines, goods_case(office))
    act = {"step": "sign", "outcome": "signed", "signature": "paper"}
    machines["xiaowang"].post(f"{case}/acts", act)
    problem = refused(machines["xiaowang"].post(f"{case}/acts", act), 409, "task_done")
    assert "小王" in problem["detail"]


def test_a_case_is_taken_back_with_a_reason(office: Office, machines: Machines):
    case = opened(machines, goods_case(office))
    refused(machines["xiaowang"].post(f"{case}/withdrawal", {"reason": " "}), 422, "reason_required")
    refused(machines["chen"].post(f"{case}/withdrawal", {"reason": "不搬了"}), 403, "withdraw_post")
    assert machines["xiaowang"].post(f"{case}/withdrawal", {"reason": "不搬了"}).status_code == 200
    assert machines["xiaowang"].get(case).json()["status"] == "withdrawn"
    again = machines["xiaowang"].post(f"{case}/withdrawal", {"reason": "不搬了"})
    refused(again, 409, "case_closed")


def test_a_supervisor_sends_a_case_back_and_its_slip_is_void(office: Office, machines: Machines):
    case = sealed(machines, office)
    do(machines, "xiaowang", case, "issue", "issued")
    sent = {"what": "send_back", "step": "fill", "reason": "写错日期"}
    refused(machines["xiaowang"].post(f"{case}/intervention", sent), 403, "override_post")
    assert machines["laoli"].post(f"{case}/intervention", sent).status_code == 200
    told = machines["laoli"].get(case).json()
    assert [task["step"]["name"] for task in told["tasks"]] == ["fill"]
    assert (told["papers"][0]["state"], told["papers"][0]["void_reason"]) == ("void", "写错日期")
    do(machines, "xiaowang", case, "fill", "done", answers=goods())


def test_the_journal_is_read_page_by_page_and_chained(office: Office, machines: Machines):
    case = sealed(machines, office)
    address, told = f"{case}/journal?limit=2", []
    while address:
        page = machines["laoli"].get(address).json()
        told += page["items"]
        address = page["next"]
    assert [entry["seq"] for entry in told] == [4, 3, 2, 1]
    assert [entry["by"] for entry in told] == ["陈主任", "老李", "小王", "小王"]
    stored = Entry.objects.filter(stream=f"case/{case.split('/')[-1]}").order_by("-seq")
    assert [entry["hash"] for entry in told] == [bytes(entry.hash).hex() for entry in stored]


def test_a_picture_is_judged_by_its_content(office: Office, machines: Machines):
    case = opened(machines, goods_case(office))
    for signature in ("data:image/png;base64,aGFsbG8=", "data:text/html,<script>", "0" * 64, "gezeichnet"):
        act = {"step": "sign", "outcome": "signed", "signature": signature}
        problem = refused(machines["xiaowang"].post(f"{case}/acts", act), 422, "form_invalid")
        assert list(problem["fields"]) == ["signature"]
    blank = _url(Image.new("RGBA", (300, 120), (0, 0, 0, 0)), "PNG")
    act = {"step": "sign", "outcome": "signed", "signature": blank}
    problem = refused(machines["xiaowang"].post(f"{case}/acts", act), 422, "form_invalid")
    assert problem["fields"]["signature"]["code"] == "signature_required"
    assert not Attachment.objects.exists()


@pytest.mark.parametrize(
    "photo",
    [
        "data:image/jpeg;base64,AAAA",
        "data:image/jpeg;base64,%%%",
        "data:image/svg+xml,<svg/>",
        "f" * 64,
        7,
        [1],
    ],
)
def test_a_photograph_that_is_none_is_marked(office: Office, machines: Machines, photo: object):
    case = opened(machines, repair_case(office))
    act = {"step": "work", "outcome": "finished", "answers": {"result": "好了", "photo": photo}}
    problem = refused(machines["zheng"].post(f"{case}/acts", act), 422, "form_invalid")
    assert list(problem["fields"]) == ["photo"]


def test_another_estates_rows_are_not_there(office: Office, machines: Machines):
    case = opened(machines, goods_case(office))
    number = case.split("/")[-1]
    for who in ("he", "xiaoqin"):
        abroad = machines[who]
        refused(abroad.get(f"cases/{number}"), 404, "not_found")
        refused(abroad.get(f"cases/{number}/journal"), 404, "not_found")
        refused(abroad.get(f"units/{office.unit.pk}"), 404, "not_found")
        refused(abroad.post(f"cases/{number}/acts", {"step": "sign", "outcome": "signed"}), 404, "not_found")
        refused(abroad.post(f"cases/{number}/withdrawal", {"reason": "x"}), 404, "not_found")
        sent = {"what": "send_back", "step": "fill", "reason": "x"}
        refused(abroad.post(f"cases/{number}/intervention", sent), 404, "not_found")
        refused(abroad.get(case), 404, "not_found")  # nor the estate itself
    refused(machines["xiaoqin"].post("cases", goods_case(office)), 404, "not_found")
    assert machines["xiaoqin"].get("tasks").json()["items"] == []
    assert Entry.objects.filter(stream=f"case/{number}").count() == 1
