"""An office in which every table that the audit compares has rows, all made by the actions that people use."""

import base64
import io
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from email.message import EmailMessage
from typing import Any
from uuid import uuid4

import time_machine
from django.utils import timezone
from PIL import Image, ImageDraw

from banli.cases import actions, attachments, jobs, mailing, packs, purging, receipts, settings
from banli.cases.models import Case
from banli.cashier import actions as cashier
from banli.cashier.models import Posting, Shift
from banli.engine.clocks import add_months
from banli.engine.decide import OnPaper
from banli.estate import actions as estate
from banli.estate import moving, setting
from banli.estate.authority import actions as authority_actions
from banli.estate.contracts import actions as contracts
from banli.estate.contracts.actions import Terms
from banli.estate.keeping import actions as keeping
from banli.estate.keeping import reckoning
from banli.estate.models import Authority, Person
from banli.gate import returned
from banli.journal.seals import seal_days
from banli.messages.smtp import Answer
from banli.papers import actions as papers
from banli.papers.files import file_for
from banli.papers.models import BlankSheet, Paper
from banli.people import actions as people
from banli.people.ability.actions import set_ability
from banli.people.access import desk_of
from banli.people.models import Staff
from banli.registers import closing
from banli.routines import actions as rounds
from banli.routines import starting
from banli.routines.models import Round
from tests.cases import parking, seals
from tests.cases.test_actions import at_the_door, do, goods, issued, key, open_goods, refused, repair
from tests.cases.test_home_cleaning import tomorrow
from tests.cases.test_slots import repair as booked
from tests.cashier.conftest import Till, till_pack
from tests.gate import test_visitors as visitors
from tests.office import Office, build, identity, load_packs, today
from tests.papers.blank_sheets import mark, printed
from tests.routines import walk as walking
from tests.routines import watching
from tests.routines.walk import PUMPS, fallen_due, moment, settle, walk


def picture(colour: str) -> attachments.Upload:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(out, "PNG")
    return attachments.photo(out.getvalue())


def drawn(length: int) -> attachments.Upload:
    """A stroke on the pad."""
    pad = Image.new("RGBA", (200, 80))
    ImageDraw.Draw(pad).line((10, 10, 10 + length, 60), fill="black", width=3)
    out = io.BytesIO()
    pad.save(out, "PNG")
    return attachments.signature("data:image/png;base64," + base64.b64encode(out.getvalue()).decode())


def lived() -> Office:
    """Two days of work; both are sealed."""
    load_packs()
    now = timezone.now()
    with time_machine.travel(now - timedelta(days=1), tick=True):
        office = build()
        _residents(office)
        _agreed(office)
        _released(office)
        _people(office)
    _turned_back(office)
    _on_paper(office)
    _repaired(office)
    _late(office, timezone.now())
    _paid(office)
    _set(office)
    _sent(office)
    _booked(office)
    _parked(office)
    _purged(office)
    _visited(office)
    _used_elsewhere(office)
    _walked(office)
    _on_watch(office)
    for place in (office.estate, office.elsewhere):
        seal_days(place.pk, today() + timedelta(days=1))
    return office


def _residents(office: Office) -> None:
    desk = office["xiaowang"]
    told = estate.Particulars("邻居", "13800755500")
    estate.add_person(by=desk, unit=office.unit, particulars=told, role="family", since=today())
    gone = estate.Particulars("前租户", "13800755501")
    lives = estate.add_person(
        by=desk,
        unit=office.unit,
        particulars=gone,
        role="tenant",
        since=today(),
        arrival="rented",
        note="租约已看",
    )
    with_them = estate.add_person(
        by=desk, unit=office.unit, particulars=estate.Particulars("前租户家人"), role="family", since=today()
    )
    authority_actions.grant_authority(
        by=desk, unit=office.unit, principal=office.owner, delegate=lives.person, scopes=["goods_release"],
        valid_from=today(), valid_to=today() + timedelta(days=9), evidence_kind="signed_paper",
        evidence_note="原件在前台文件夹 9",
    )  # fmt: skip
    moving.move_out(
        by=desk,
        occupancy=lives,
        until=today(),
        departure="lease_ended",
        note="钥匙已还",
        together=[with_them],
    )
    letters = [
        authority_actions.grant_authority(
            by=desk, unit=office.unit, principal=office.owner, delegate=office.tenant, scopes=["goods_release"],
            valid_from=today(), valid_to=today() + timedelta(days=days), evidence_kind="signed_paper",
            evidence_note=f"原件在前台文件夹 {days}", once=once, scan=picture(colour) if colour else None,
        )
        for days, once, colour in ((30, False, "white"), (3, False, "gray"), (5, True, ""))
    ]  # fmt: skip
    authority_actions.revoke_authority(by=desk, authority=letters[1], reason="业主来电撤销")


def _agreed(office: Office) -> None:
    """A tenancy that was renewed, and a parking contract that ended early; with pages, one of them added later."""
    desk, first = office["xiaowang"], today() - timedelta(days=400)
    tenancy = contracts.enter(
        by=desk, unit=office.unit, pages=[picture("white"), picture("ivory")],
        terms=Terms("tenancy", first, today(), [office.owner, office.tenant], number="ZL-1"),
    )  # fmt: skip
    contracts.enter(
        by=desk, unit=office.unit, follows=tenancy,
        terms=Terms("tenancy", today() + timedelta(days=1), None, [office.tenant], number="ZL-2", other="中介"),
    )  # fmt: skip
    place = contracts.enter(
        by=desk, unit=office.unit, terms=Terms("parking", first, None, [office.owner], other="车位产权人")
    )
    contracts.add_pages(by=desk, contract=place, pages=[picture("gray")])
    other = contracts.enter(by=desk, unit=office.unit, terms=Terms("other", first, None, [office.owner]))
    _kept_no_longer(office)
    for one, days, why in ((place, 9, "车卖了"), (other, 8, "双方解除")):
        contracts.end(by=desk, contract=one, last_day=today() - timedelta(days=days), reason=why)


def _kept_no_longer(office: Office) -> None:
    """Three contracts and two letters of long ago: but for one that is held back they went; holds of people, lifted."""
    desk, chen, begun = office["xiaowang"], office["chen"], today() - timedelta(days=3000)
    olden = [
        contracts.enter(
            by=desk, unit=office.unit, pages=[picture("beige")],
            terms=Terms("tenancy", begun, begun + timedelta(days=days), [office.owner], number=f"ZL-0{days}"),
        )
        for days in (300, 400, 500)
    ]  # fmt: skip
    contracts.end(by=desk, contract=olden[1], last_day=begun + timedelta(days=350), reason="提前搬走")
    neighbour, granted = Person.objects.get(name="邻居"), today() - timedelta(days=1400)
    for days in (60, 90):
        authority_actions.grant_authority(
            by=desk, unit=office.unit, principal=office.owner, delegate=neighbour, scopes=["goods_release"],
            valid_from=granted, valid_to=granted + timedelta(days=days), evidence_kind="signed_paper",
            evidence_note="原件在旧柜", scan=picture("brown"), at=timezone.now() - timedelta(days=1400),
        )  # fmt: skip
    until = today() + timedelta(days=90)
    keeping.place(by=chen, what=olden[2], reason="诉讼", until=until)
    holds = [keeping.place(by=chen, what=office.tenant, reason=f"争议 {n}", until=until) for n in range(3)]
    for letter in Authority.objects.filter(delegate=office.tenant).order_by("pk")[:2]:
        keeping.place(by=chen, what=letter, reason="真伪有争议", until=until)
    for number, hold in enumerate(holds[:2]):
        keeping.lift(by=chen, hold=hold, reason=f"已了结 {number}")
    reckoning.reckon(office.estate)
    keeping.confirm(by=chen, upto=10**9)
    assert keeping.erase_due(office.estate) == 4


def _people(office: Office) -> None:
    for username, name in (("lin", "小林"), ("gone", "老高"), ("sha", "老沙")):
        staff = people.create_staff(username=username, name=name, password=None)
        holding = people.appoint(estate=office.estate, staff=staff, post="front_desk", since=today())
        if username == "gone":
            people.end_holding(holding=holding, until=today() + timedelta(days=9), by=office.staff("chen"))
        if username == "sha":
            people.leave(staff=staff)
    for days in (2, 6):
        start = timezone.now() + timedelta(days=days)
        lent = people.name_deputy(
            estate=office.estate, post="director", principal=office.staff("chen"), deputy=office.staff("laoli"),
            starts_at=start, ends_at=start + timedelta(days=3), reason=f"出差 {days}", by=office.staff("chen"),
        )  # fmt: skip
    people.end_deputyship(deputyship=lent, by=office.staff("chen"))
    by, wang = desk_of(office.staff("chen"), office.estate.pk), office.staff("xiaowang")
    for number, values in enumerate((["a"], ["a", "b"], ["a", "b", "c"])):
        set_ability(
            by=by, acting=by.posts["director"], staff=wang, kind="follow_up", values=values, offered=["a", "b", "c"],
            since=today() + timedelta(days=number), share=100 + number,
        )  # fmt: skip
    for label in ("门禁机", "大屏"):
        token, _ = people.issue_token(staff=office.staff("zhou"), label=label, days=90)
    people.revoke_token(token_id=token.pk)
    people.record_sign_in(
        staff=office.staff("chen"), kind="sign_in", estates=[office.estate, office.elsewhere]
    )


def _released(office: Office) -> None:
    """A slip printed twice and used, and a tenant's case that relies on a letter of authority."""
    case = issued(office)
    slip = Paper.objects.get(case_id=case)
    _print(office, slip, "original", "first-printing")
    _print(office, slip, "stub", "second-printing")
    do(office, "zhou", case, "gate", "released", extra={"ticked": [0, 1]})
    open_goods(office, role="tenant")


def _print(office: Office, slip: Paper, copy: str, key: str) -> None:
    desk = office["xiaowang"]
    papers.record_printing(paper=slip, copy=copy, key=key, by=desk.staff, acting=desk.posts["front_desk"])
    file_for(slip, copy)


def _turned_back(office: Office) -> None:
    case = issued(office)
    _print(office, Paper.objects.get(case_id=case), "original", "third-printing")
    do(office, "zhou", case, "gate", "mismatch", note="多一台冰箱")
    open_goods(office, role="tenant")
    with refused("task_not_open"):
        do(office, "laoli", case, "confirm", "approved", signature="paper")


def _on_paper(office: Office) -> None:
    """A slip that was written by hand in a power cut, entered afterwards; one signature by a second clerk."""
    begun = timezone.now() - timedelta(minutes=50)

    def at(minutes: int, **more: Any) -> OnPaper:
        return OnPaper((begun + timedelta(minutes=minutes)).isoformat(), **more)

    first, second, *others = _sheets(office, begun)
    case = actions.open_case(
        by=office["xiaowang"], procedure="goods-release", unit=office.unit, applicant=office.owner,
        applicant_role="owner", answers=goods(), key=key(), on_paper=at(0, reference="文件夹 3", sheet=first.serial),
    ).case_id  # fmt: skip
    do(office, "xiaowang", case, "sign", "signed", signature="paper", on_paper=at(5, sheet=first.serial))
    actions.open_case(
        by=office["xiaowang"], procedure="goods-release", unit=office.unit, applicant=office.owner,
        applicant_role="owner", answers=goods(), key=key(), on_paper=at(2, sheet=second.serial),
    )  # fmt: skip
    for number, sheet in enumerate(others[:4]):
        mark(office, sheet, "lost" if number % 2 else "spoiled", f"原因 {number}")
    mark(office, others[1], "unused", "找到了")
    signed, second = picture("white"), desk_of(Staff.objects.get(username="lin"), office.estate.pk)
    actions.act(
        by=second, case_id=case, step="confirm", outcome="approved", signature="paper", key=key(), uploads=[signed],
        on_paper=at(9, by=office.staff("laoli").pk, scan=signed.sha256),
    )  # fmt: skip
    do(office, "chen", case, "seal", "sealed", on_paper=at(12))
    do(office, "xiaowang", case, "issue", "issued", on_paper=at(15))


def _sheets(office: Office, begun: datetime) -> list[BlankSheet]:
    """Empty forms, printed the day before in three batches."""
    for many, paper in ((5, "goods-release-slip"), (4, "goods-release-slip"), (2, "repair-order")):
        printed(office, many, paper, at=begun - timedelta(days=1))
    return list(BlankSheet.objects.order_by("pk"))


def _repaired(office: Office) -> None:
    case = at_the_door(office)
    do(office, "zheng", case, "quote", "passed", extra={"ticked": ["identified", "told"]},
       answers={"findings": "陶瓷阀芯磨损", "charge": "free"})  # fmt: skip
    before = picture("red")
    do(office, "zheng", case, "work", "finished", uploads=[before],
       answers={"result": "已更换", "photo": before.sha256})  # fmt: skip
    stroke = drawn(90)
    do(office, "zheng", case, "accept", "signed", signature=stroke.sha256, uploads=[stroke])
    do(office, "xiaowang", case, "order", "issued")


def _booked(office: Office) -> None:
    """Two visits, one with its technician."""
    sent, _ = booked(office), booked(office, tomorrow(16))
    do(office, "xiaowang", sent, "dispatch", "dispatched", extra={"assignee": office.staff("zheng").pk})


def _visited(office: Office) -> None:
    """A resident who is called about a visitor, in vain at first."""
    case = visitors.receive(office)
    for outcome in ("no_answer", "agreed"):
        visitors.do(office, "xiaoliu", case, "confirm", outcome)
    for kept in Case.objects.filter(estate=office.estate).order_by("pk")[:2]:
        keeping.place(by=office["chen"], what=kept, reason="业主要求留着")


def _used_elsewhere(office: Office) -> None:
    """Two slips that a phone without a network let pass, when each had been used at the gate already."""
    for number in range(2):
        slip = Paper.objects.get(case_id=issued(office))
        do(office, "zhou", slip.case_id, "gate", "released", extra={"ticked": [0, 1]})
        now = timezone.now()
        told = returned.Record(
            key=key(), did="passed", paper=slip.pk, number=slip.number, at=now - timedelta(seconds=9 + number),
            sent=now, listed=now - timedelta(minutes=5), told="go", ticked=(0, 1),
        )  # fmt: skip
        assert returned.take_back(record=told, by=office["zhou"], at=now) is not None


def _walked(office: Office) -> None:
    """Rounds of five days: one in order, two on which something was wrong, with pictures; the rest missed."""
    until, he, zheng = moment("2026-05-19T07:00"), office["he"], office["zheng"]
    settings.change(
        by=he, acting=he.posts["director"], name="has_lift", value="no", valid_from=date(2026, 5, 1), reason="多层",
        now=moment("2026-05-01T09:00"),
    )  # fmt: skip
    fallen_due(office, moment("2026-05-14T07:00"), until)
    rows = Round.objects.filter(estate=office.estate)
    pumps = rows.filter(routine="pump-room").order_by("due_at")
    for row, colour in zip(pumps, ("red", "blue", ""), strict=False):
        wrong = {**PUMPS, "leaks": "wrong"} if colour else PUMPS
        told = {"photos": [walking.picture(colour)], "note": f"二号泵{colour}"} if colour else {}
        walk(office, "zheng", row, wrong, now=row.due_at + timedelta(minutes=5), **told)
        if colour:
            starting.start(
                by=zheng, acting=zheng.posts["technician"], round_id=row.pk, check="leaks", now=row.until
            )
            settle(office, "zhao", row, f"换密封圈 {colour}", now=row.until)
    rounds.miss(until)
    missed = rows.filter(routine="fire-patrol", state="missed").order_by("due_at")
    settle(office, "laoli", missed[0], "补做", now=until)


def _on_watch(office: Office) -> None:
    """The front desk's log: handed over twice, once called back, offered again; the gate's runs."""
    watching.begin(office, "zhou", "gate")
    watch, pair = watching.begin(office), ("xiaowang", "laoli")
    for number in range(2):
        who, to = pair[number], pair[1 - number]
        watching.write(office, watch, f"来电 {number}", who)
        watching.matter(office, watch, f"灯不亮 {number}", who, next_step=f"去看 {number}")
        burst = watching.matter(
            office, watch, f"漏水 {number}", who, kind="emergency", responsible_id=office.staff(to).pk
        )
        watching.close(office, burst, to, f"已关阀 {number}")
        counted = {**watching.COUNTED, "radios": str(4 - number)}
        watching.offer(office, watch, who, to, counted=counted, remark=f"说明 {number}")
        watching.withdraw(office, watch, to)
        watching.offer(office, watch, who, to, counted=counted, remark=f"改过 {number}")
        watch = watching.take(office, watch, to)
    watching.offer(office, watch, "xiaowang", "chen", remark="下班")
    tomorrow_morning = timezone.now() + timedelta(days=1)
    for post, remark in (("front_desk", "看过"), ("gate", "")):
        watching.sign(office, "chen", post, timezone.localdate(), remark=remark, now=tomorrow_morning)


def _paid(office: Office) -> None:
    """Prices in time, two shifts that differ, a receipt written anew, deposits held, kept and given back."""
    packs.keep(till_pack())
    till, chen = Till(office), office["chen"]
    for fen, days in ((9000, 0), (8000, 30)):
        cashier.set_price(
            by=chen, acting=chen.posts["director"], pack="till", name="bond", line=till_pack().pack.prices["bond"],
            amounts={"fen": fen}, valid_from=today() + timedelta(days=days), source=f"公示 {days}",
        )  # fmt: skip
    cashier.set_price(
        by=chen, acting=chen.posts["director"], pack="till", name="line", line=till_pack().pack.prices["line"],
        amounts={"low": 100, "high": 900, "cap": 5000}, valid_from=today(), source="网络公司来函",
    )  # fmt: skip
    for fen, cash in ((50000, 63100), (60000, 77200)):
        shift = till.open(fen=fen)
        case = till.case()
        till.pay(
            case, fen=19000, method="qr" if fen == 60000 else "cash", reference="Q1" if fen == 60000 else ""
        )
        receipts.replace_receipt(
            by=chen, posting=Posting.objects.filter(case_id=case).latest("pk"), method="cash", reference=f"{fen}",
            reason=f"写错 {fen}", key=uuid4().hex,
        )  # fmt: skip
        till.do("xiaowang", case, "card", "issued", 0)
        till.do("xiaowang", case, "card", "issued", 1)
        till.back(case, 0, fen=7000, damage=[{"why": "卡折断", "much": "20"}])
        till.do("xiaowang", case, "look", "unfinished", 1, note="延期换证")
        _closed(office, shift, cash, f"找零 {fen}")
    _closed(office, till.open(fen=100), 100, "")
    till.open(fen=1)


def _sent(office: Office) -> None:
    """Data that went to the network company, that it would not take, that was taken there by hand, and that waits."""
    chen, put = office["chen"], {"network_company": "云联网络", "network_company_mail": "data@net.example"}
    for name, value in (*put.items(), ("network_company_password", None)):
        setting.set_version(
            by=chen, acting=chen.posts["director"], name=name, value=value, valid_from=today(), reason="与公司约定",
            secret="" if value else "correct horse battery",
        )  # fmt: skip
    for answer in (
        Answer("taken", said="250 OK"),
        Answer("taken", said="250 yes"),
        Answer("never", "refused", "550 no"),
    ):
        account(office)
        mailing.empty_outbox(timezone.now() + timedelta(minutes=1), Postbox(answer))
    do(office, "xiaowang", account(office), "mail", "by_hand", note="对方停机", answers={"sent_by": "paper"})
    account(office)


def _parked(office: Office) -> None:
    """Two vehicles, each with a fixed place, the second when the first has left."""
    parking.apply(office, months=1)
    later = today() + timedelta(days=60)
    parking.apply(office, plate="浙B88888", place="A013", months=1, begins=later.isoformat())


def _purged(office: Office) -> None:
    """Two changes that are done, whose copies of an identity card are gone; one kept shorter than the other."""
    chen = office["chen"]
    for days in (9, 3):
        settings.change(
            by=chen, acting=chen.posts["director"], name="identity_copies", value=f"{days} days",
            valid_from=today() + timedelta(days=10 - days), reason=f"够用 {days}",
        )  # fmt: skip
    for days in (10, 12):
        case = account(office)
        do(office, "xiaowang", case, "mail", "by_hand", note="对方停机", answers={"sent_by": "paper"})
        purging.purge(case_id=case, now=timezone.now() + timedelta(days=days))


def account(office: Office) -> int:
    """A change of account that costs nothing, up to where its data is sent."""
    card, day = picture("green"), today().isoformat()
    case = actions.open_case(
        by=office["xiaowang"], procedure="network-change", unit=office.unit, applicant=office.owner,
        applicant_role="owner", key=key(), uploads=[card],
        answers={
            "holder": "业主张女士", "holder_id": identity(), "phone": "13812345678", "account": "yl0012",
            "change": "suspend", "effective_on": day, "identity_copy": card.sha256, "company": "云联网络",
            "company_contact": "95000",
        },
    ).case_id  # fmt: skip
    for step in ("sign", "consent"):
        do(office, "xiaowang", case, step, "signed", signature="paper")
    do(office, "xiaowang", case, "issue", "issued")
    return case


@dataclass(frozen=True)
class Postbox:
    """A server that answers so."""

    answer: Answer
    sender: str = "wuye@cuihu.example"

    def hand_over(self, message: EmailMessage, to: str) -> Answer:
        return self.answer


def _closed(office: Office, shift: Shift, cash: int, why: str) -> None:
    sun = office["sun"]
    cashier.close_shift(
        by=sun,
        acting=sun.posts["finance"],
        shift=shift,
        counted={"cash": cash},
        explanation=why,
        signed=bool(why),
    )


def _set(office: Office) -> None:
    """Settings in time, days of the calendar, a month closed, asked for and opened again."""
    chen, laoli = office["chen"], office["laoli"]
    acting = {"by": chen, "acting": chen.posts["director"]}
    for value, days in ((300, 3), (350, 0), (None, 9)):
        told = {"valid_from": today() + timedelta(days=days), "reason": f"铭牌 {days}"}
        settings.change(**acting, name="lift_load", value=value, **told)
    settings.change(**acting, name="phone", value="0571-88880000", valid_from=today(), reason="换号")
    for number, content in enumerate((seals.scan(), seals.transparent(), None)):
        seals.change(office, content, f"换章 {number}", now=timezone.now() + timedelta(minutes=number))
    for days, kind in ((20, "rest"), (21, "work"), (20, "national")):
        day = today() + timedelta(days=days)
        setting.set_days(
            **acting, days=[day, day + timedelta(days=1)], kind=kind, reason=f"通知 {days} {kind}"
        )
    for back in (1, 2):
        about = {"book": "goods-release", "month": add_months(today().replace(day=1), -back)}
        closing.close(**acting, **about, reason=f"月底 {back}")
        closing.ask_to_open(**acting, **about, reason=f"漏登 {back}")
        closing.open_again(by=laoli, acting=laoli.posts["duty_supervisor"], **about, reason=f"同意 {back}")


def _late(office: Office, now: datetime) -> None:
    """A repair nobody sends anybody to: two posts are told."""
    repair(office)
    jobs.wake(now + timedelta(hours=2))
