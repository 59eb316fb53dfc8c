"""Papers of the property pack, and the values 小王's cases would print on them."""

import io
import struct
import zlib
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pypdf import PdfReader

from banli.cases.models import Case, ProcedureVersion
from banli.engine.paper import PaperDefinition
from banli.estate.models import Estate
from banli.papers import actions
from banli.papers.models import Paper
from banli.papers.snapshot import freeze
from banli.people.models import Staff
from tests.property_pack import property_pack

PACK = Path(__file__).resolve().parents[2] / "packs/property"
SHANGHAI = ZoneInfo("Asia/Shanghai")
MORNING = datetime(2026, 5, 1, 10, 5, tzinfo=SHANGHAI)
DAY_END = datetime(2026, 5, 1, 23, 59, 59, tzinfo=SHANGHAI)


@cache
def definition(kind: str) -> PaperDefinition:
    return property_pack().pack.papers[kind]


def drawing(width: int = 60, height: int = 20) -> bytes:
    """A PNG like those the signature pad's drawings are kept as."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    rows = b"".join(
        b"\0" + bytes(0 if (x * y) % 17 == 0 else 255 for x in range(width)) for y in range(height)
    )
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


#: What a case tells its goods slip, as cases.record gives it.
GOODS: dict[str, Any] = {
    "estate.name": "翠湖花园",
    "case.unit": "12-3-502",
    "case.number": "1024",
    "case.applicant": "刘先生",
    "case.applicant_role": {"zh": "租户", "en": "tenant"},
    "case.authority": None,
    "form.carrier": "王龑䶮",
    "form.carrier_id": "11010519491231002X",
    "form.date": "2026-05-01",
    "form.plate": None,
    "form.goods": [
        {"name": "双开门冰箱", "count": 1, "class": {"zh": "大件", "en": "Large"}, "remark": "右门有划痕"},
        {"name": "餐椅", "count": 6, "class": None, "remark": None},
        {"name": "照相机", "count": 1, "class": {"zh": "贵重", "en": "Valuable"}, "remark": None},
    ],
    "step.sign.by": "刘先生",
    "step.sign.at": "2026-05-01 09:31",
    "step.sign.signature": drawing(),
    "step.consent.by": "张女士",
    "step.consent.at": "2026-05-01 09:36",
    "step.consent.signature": "call",
    "step.confirm.by": "老李",
    "step.confirm.at": "2026-05-01 09:48",
    "step.confirm.signature": drawing(),
    "step.confirm.deputy_for": None,
    "step.seal.by": "陈主任",
    "step.seal.at": "2026-05-01 10:02",
    "step.seal.deputy_for": None,
}
REPAIR: dict[str, Any] = {
    "estate.name": "翠湖花园",
    "case.unit": "12-3-502",
    "case.number": "1025",
    "case.applicant": "张女士",
    "case.opened_at": "2026-05-01 09:02",
    "case.opened_by": "小王",
    "form.problem": "厨房水槽下面漏水",
    "form.place": {"zh": "厨房", "en": "Kitchen"},
    "form.trade": {"zh": "给排水", "en": "Water and drains"},
    "form.urgency": {"zh": "立即", "en": "At once"},
    "form.phone": "13812345678",
    "form.findings": "角阀老化渗水",
    "form.charge": {"zh": "收费", "en": "Charged"},
    "form.materials": [
        {"name": "金属软管", "count": 2, "price": "18.50"},
        {"name": "角阀", "count": 1, "price": 4200},
    ],
    "form.works": [
        {
            "item": {"zh": "修水龙头漏水", "en": "Mending a dripping tap"},
            "count": 2,
            "price": "15.00",
            "sum": "30.00",
        },
    ],
    "form.labour": "30.00",
    "form.used": None,
    "form.result": "更换角阀一只，试水无渗漏",
    "step.dispatch.at": "2026-05-01 09:04",
    "step.dispatch.by": "小王",
    "step.dispatch.assignee": "老郑",
    "step.arrive.at": "2026-05-01 09:13",
    "step.arrive.by": "老郑",
    "step.agree.by": "张女士",
    "step.agree.at": "2026-05-01 09:20",
    "step.agree.signature": drawing(),
    "step.work.at": "2026-05-01 10:05",
    "step.work.by": "老郑",
    "step.accept.by": "张女士",
    "step.accept.at": "2026-05-01 10:08",
    "step.accept.signature": "paper",
}
CLEANING: dict[str, Any] = {
    "estate.name": "翠湖花园",
    "case.unit": "12-3-502",
    "case.number": "1026",
    "case.applicant": "张女士",
    "case.applicant_role": {"zh": "业主", "en": "owner"},
    "case.opened_at": "2026-05-01 09:02",
    "case.opened_by": "小王",
    "form.kind": {"zh": "日常保洁", "en": "Everyday cleaning"},
    "form.area": "全屋约 90 平方米",
    "form.supplies": {"zh": "本处自带", "en": "Brought by us"},
    "form.quoted": "240.00",
    "form.reckoned": "40 元 × 2 人 × 3 小时",
    "form.cleaners": 2,
    "form.wished_at": "2026-05-02 14:00",
    "form.phone": "13812345678",
    "form.remark": "家里有猫，请关好阳台门",
    "form.visit_at": "2026-05-02 14:30",
    "form.sent": "小何、小田",
    "step.agree.by": "张女士",
    "step.agree.at": "2026-05-01 09:04",
    "step.agree.signature": "call",
    "step.arrange.by": "保洁班长老吴",
    "step.arrange.at": "2026-05-01 09:30",
    "step.call_back.by": "小王",
    "step.call_back.at": "2026-05-01 09:41",
}
CARRYING: dict[str, Any] = {
    "estate.name": "翠湖花园",
    "case.unit": "12-3-502",
    "case.number": "1027",
    "case.applicant": "张女士",
    "case.applicant_role": {"zh": "业主", "en": "owner"},
    "case.authority": None,
    "case.opened_by": "小王",
    "form.material": {"zh": "砖、沙、石料", "en": "Bricks, sand, stone"},
    "form.route": None,
    "form.material_route": {"zh": "消防（货）梯", "en": "Fire (goods) lift"},
    "form.direction": {"zh": "搬入", "en": "In"},
    "form.goods": [
        {"name": "红砖", "count": 600, "size": "每趟 150 块"},
        {"name": "袋装沙", "count": 40, "size": "25 公斤一袋"},
    ],
    "form.load": 380,
    "form.height": 60,
    "form.width": 50,
    "form.starts_at": "2026-05-06 14:30",
    "form.ends_at": "2026-05-06 17:30",
    "form.carrier": "王师傅",
    "form.phone": "13812345678",
    "form.protection": {"zh": "铺地垫、沙石装袋", "en": "Floor sheet, sand and stone bagged"},
    "setting.lift_load": 400,
    "setting.lift_height": 210,
    "setting.lift_width": 130,
    "setting.bulky_hours": {"zh": "每天 08:00–12:00、14:00–20:00", "en": "daily 08:00–12:00, 14:00–20:00"},
    "setting.material_hours": {
        "zh": "周一至周五 08:00–12:00、14:30–18:00",
        "en": "Mon–Fri 08:00–12:00, 14:30–18:00",
    },
    **dict.fromkeys(("step.consent.by", "step.consent.at", "step.consent.signature")),
    "step.sign.by": "张女士",
    "step.sign.at": "2026-05-06 09:02",
    "step.sign.signature": drawing(),
    "step.review.by": "赵工",
    "step.review.at": "2026-05-06 09:40",
    "step.review.signature": drawing(),
    "step.review.deputy_for": None,
    "step.approve.by": "当值管理员小钱",
    "step.approve.at": "2026-05-06 10:05",
    "step.approve.signature": "paper",
    "step.approve.deputy_for": None,
    "step.undertake.by": "张女士",
    "step.undertake.at": "2026-05-06 10:10",
    "step.undertake.signature": drawing(),
}
SOFA: dict[str, Any] = {
    **CARRYING,
    "form.material": {"zh": "大件物品", "en": "Large things"},
    "form.route": {"zh": "楼梯", "en": "Stairs"},
    "form.goods": [{"name": "三人沙发", "count": 1, "size": "2.2 米，约 80 公斤"}],
    **dict.fromkeys(
        (
            "form.material_route",
            "form.load",
            "form.height",
            "form.width",
            *(f"step.{s}.{what}" for s in ("review", "approve") for what in ("by", "at", "signature")),
        )
    ),
}


def printed(kind: str, told: dict[str, Any], **changed: Any) -> dict[str, Any]:
    """The values as they stand on an issued paper."""
    said = {"paper.number": "FX-2026-000123", "paper.issued_at": MORNING, "paper.issued_by": "小王"}
    frozen = freeze(definition(kind), {**told, **said, "paper.valid_until": DAY_END})
    return {**frozen.open, **frozen.private, "paper.print": 1, **changed}


def words(pdf: bytes) -> str:
    """The text of a PDF without its white space."""
    return "".join("".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())


def a_case(estate: Estate, by: Staff) -> Case:
    """A case to hang a paper on; what its procedure says does not matter to papers."""
    version, _ = ProcedureVersion.objects.get_or_create(
        procedure="goods-release",
        digest="0" * 64,
        defaults={"pack": "property", "compiled": "{}", "loaded_at": MORNING},
    )
    return Case.objects.create(
        estate=estate, procedure="goods-release", version=version, applicant_role="tenant", opened_at=MORNING,
        opened_by=by, seq=0, head=b"\0" * 32,
    )  # fmt: skip


def a_slip(estate: Estate, by: Staff, **changed: Any) -> Paper:
    """A goods slip for 1 May 2026, issued that morning."""
    given: dict[str, Any] = {
        "case": changed.pop("case", None) or a_case(estate, by),
        "definition": definition("goods-release-slip"),
        "step": "issue",
        "branch": None,
        "copies": ["original", "stub"],
        "snapshot": {**GOODS, "estate.name": estate.name},
        "valid_until": DAY_END,
        "by": by,
        "at": MORNING,
        "private": {"form.carrier_id", "form.phone"},
    }
    return actions.draft(**{**given, **changed}).write()


def use(slip: Paper, by: Staff, at: datetime) -> None:
    """Use a slip as its case does."""
    actions.spend(case_id=slip.case_id, kind=slip.kind, branch=slip.branch, by_id=by.pk, at=at)
