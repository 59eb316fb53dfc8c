"""The shift log: written by whoever is on watch, handed over by two, never with an emergency open (forms §15)."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from banli.engine.refusals import Refusal
from banli.journal.models import Entry
from banli.routines.log_audit import shift_logs
from banli.routines.models import LogLine, Watch
from tests.desk.at_the_desk import at, text
from tests.office import Office

from .watching import COUNTED, begin, close, matter, offer, take, withdraw, write


def refused(why: pytest.ExceptionInfo[Refusal]) -> set[str]:
    return {why.value.code, *(one.code for one in why.value.fields.values())}


def test_a_watch_is_handed_over_by_two_and_its_open_matters_go_with_it(office: Office) -> None:
    watch = begin(office)
    write(office, watch, "租户刘先生来电问快递")
    matter(office, watch, "12栋3单元楼道灯不亮")
    done = matter(office, watch, "大堂地滑")
    close(office, done)
    offer(office, watch)
    following = take(office, watch)
    watch.refresh_from_db()
    assert (watch.offered_to, following.keeper) == (office.staff("laoli"), office.staff("laoli"))
    assert watch.ended_at == following.began_at and watch.counted == {k: int(v) for k, v in COUNTED.items()}
    page = text(at(office, "laoli").get(f"/watches/{following.pk}/"))
    assert "楼道灯不亮" in page and "维修工老郑" in page and "大堂地滑" not in page
    assert list(shift_logs()) == []


def test_one_person_at_a_time_keeps_a_post(office: Office) -> None:
    watch = begin(office)
    assert begin(office).pk == watch.pk
    with pytest.raises(IntegrityError), transaction.atomic():
        Watch.objects.create(
            estate=office.estate, post="front_desk", keeper=office.staff("chen"), began_at=timezone.now()
        )
    begin(office, "zhou", "gate")
    assert Watch.objects.filter(ended_at=None).count() == 2


def test_no_watch_is_handed_over_while_an_emergency_is_open(office: Office) -> None:
    watch = begin(office)
    burst = matter(office, watch, "3栋水管爆裂", kind="emergency")
    with pytest.raises(Refusal) as why:
        offer(office, watch)
    assert refused(why) == {"open_emergency"} and "水管爆裂" in why.value.say("zh")
    assert "不能交班" in text(at(office, "xiaowang").get(f"/watches/{watch.pk}/"))
    close(office, burst, "zheng", "已关阀，换管")
    offer(office, watch)
    take(office, watch)


def test_an_emergency_written_down_between_the_two_signatures_stops_the_second(office: Office) -> None:
    watch = begin(office)
    offer(office, watch)
    LogLine.objects.create(
        estate=office.estate, watch=watch, post=watch.post, kind="emergency", text="电梯困人", at=timezone.now(),
        responsible=office.staff("zheng"), by=office.staff("xiaowang"),
    )  # fmt: skip
    with pytest.raises(Refusal) as why:
        take(office, watch)
    assert refused(why) == {"open_emergency"}
    assert Watch.objects.filter(ended_at=None).get().pk == watch.pk


def test_only_whoever_is_asked_takes_over_and_may_find_it_otherwise(office: Office) -> None:
    watch = begin(office)
    for who in ("laoli",):
        with pytest.raises(Refusal) as why:
            take(office, watch, who)
        assert refused(why) == {"watch_not_offered"}
    offer(office, watch)
    with pytest.raises(Refusal) as why:
        take(office, watch, "chen")
    assert refused(why) == {"watch_taker"}
    with pytest.raises(Refusal) as why:
        write(office, watch, "晚了")
    assert refused(why) == {"watch_offered"}
    with pytest.raises(Refusal) as why:
        withdraw(office, watch, "chen")
    assert refused(why) == {"watch_keeper"}
    watch = withdraw(office, watch, "laoli")
    assert watch.offered_to is None and watch.counted == {}
    offer(office, watch, to="chen")
    take(office, watch, "chen")
    with pytest.raises(Refusal) as why:
        take(office, watch, "chen")
    assert refused(why) == {"watch_over"}
    assert list(shift_logs()) == []


@pytest.mark.parametrize("to", ["xiaowang", "zheng", "xiaoqin"])
def test_it_goes_to_another_of_the_post_or_to_who_stands_in(office: Office, to: str) -> None:
    watch = begin(office)
    with pytest.raises(Refusal) as why:
        offer(office, watch, to=to)
    assert refused(why) == {"form_invalid", "watch_no_taker"}


def test_everything_is_counted_and_what_differs_is_explained(office: Office) -> None:
    watch = begin(office)
    with pytest.raises(Refusal) as why:
        offer(office, watch, counted={**COUNTED, "keys": "x", "radios": ""})
    assert set(why.value.fields) == {"keys", "radios"}
    offer(office, watch)
    following = take(office, watch)
    fewer = {**COUNTED, "radios": "3"}
    with pytest.raises(Refusal) as why:
        offer(office, following, "laoli", "xiaowang", counted=fewer)
    assert refused(why) == {"form_invalid", "count_differs"}
    offer(office, following, "laoli", "xiaowang", counted=fewer, remark="一台送修")
    third = take(office, following, "xiaowang")
    page = text(at(office, "xiaowang").get(f"/watches/{following.pk}/"))
    assert "一台送修" in page and "上次 4" in page
    assert third.keeper == office.staff("xiaowang")


def test_a_matter_has_somebody_who_answers_for_it(office: Office) -> None:
    watch = begin(office)
    for nobody in (None, office.staff("xiaoqin").pk):
        with pytest.raises(Refusal) as why:
            matter(office, watch, "灯不亮", responsible_id=nobody)
        assert refused(why) == {"form_invalid", "log_responsible"}
    with pytest.raises(IntegrityError), transaction.atomic():
        LogLine.objects.create(
            estate=office.estate, watch=watch, post=watch.post, kind="matter", text="灯", at=timezone.now(),
            by=office.staff("xiaowang"),
        )  # fmt: skip
    with pytest.raises(Refusal) as why:
        write(office, watch, " ")
    assert refused(why) == {"form_invalid", "required"}
    line = matter(office, watch, "灯不亮")
    with pytest.raises(Refusal) as why:
        close(office, line, "chen")
    assert refused(why) == {"matter_not_yours"}
    close(office, line, "zheng")
    with pytest.raises(Refusal) as why:
        close(office, line, "xiaowang")
    assert refused(why) == {"matter_closed"}


def test_a_line_sent_twice_is_written_once(office: Office) -> None:
    watch = begin(office)
    first = write(office, watch, "来电", key="one-line-once")
    assert write(office, watch, "来电", key="one-line-once").pk == first.pk
    assert Entry.objects.filter(kind="log_line").count() == 1


def test_the_whole_of_it_on_the_screens(office: Office) -> None:
    desk, supervisor = at(office, "xiaowang"), at(office, "laoli")
    assert "现在没有人当班" in text(desk.get("/watches/"))
    answer = desk.post("/watches/", {"post": "front_desk"})
    page = answer.url
    key = "log-screen-key-1"
    wrong = desk.post(f"{page}lines/", {"kind": "matter", "text": "灯不亮", "responsible": "", "key": key})
    assert wrong.status_code == 422 and "请选责任人" in text(wrong)
    told = {"kind": "matter", "text": "灯不亮", "responsible": office.staff("zheng").pk, "key": key}
    assert desk.post(f"{page}lines/", told).status_code == 302
    assert "灯不亮" in text(at(office, "zheng").get("/watches/")), "who answers for it sees it"
    missing = desk.post(f"{page}offer/", {"to": office.staff("laoli").pk, **COUNTED, "keys": ""})
    assert missing.status_code == 422 and "请写清点的数" in text(missing)
    assert desk.post(f"{page}offer/", {"to": office.staff("laoli").pk, **COUNTED}).status_code == 302
    assert "小王 请您接前台的班" in text(supervisor.get("/watches/"))
    assert desk.post(f"{page}taking/", {}).status_code == 403
    taken = supervisor.post(f"{page}taking/", {})
    assert taken.status_code == 302 and taken.url != page
    paper = text(desk.get(f"{page}?view=print"))
    assert "交班人签名：小王" in paper and "接班人签名：老李" in paper and "灯不亮" in paper
    assert "交给 老李" in text(desk.get("/watches/"))
    assert at(office, "zhou").get(page).status_code == 403 and at(office, "he").get(page).status_code == 404


def test_the_list_reads_no_more_for_more_watches(office: Office) -> None:
    watch, counts = begin(office), []
    client = at(office, "chen")
    for number in range(3):
        who, to = ("xiaowang", "laoli") if number % 2 == 0 else ("laoli", "xiaowang")
        matter(office, watch, f"事 {number}", who)
        offer(office, watch, who, to)
        watch = take(office, watch, to)
        if number in (0, 2):
            with CaptureQueriesContext(connection) as asked:
                client.get("/watches/")
                client.get(f"/watches/{watch.pk}/")
            counts.append(len(asked))
    assert counts[0] == counts[1]
