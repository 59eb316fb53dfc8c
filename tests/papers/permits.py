"""What the cases of permits (hot work, additional items, openings) tell their papers, as cases.record gives it."""

from typing import Any

from tests.papers.slips import drawing


def signed(step: str, by: str, at: str, **more: Any) -> dict[str, Any]:
    """A signed step's record."""
    told = {"by": by, "at": at, "signature": drawing(), "deputy_for": None, "note": None, **more}
    return {f"step.{step}.{name}": value for name, value in told.items()}


HOT_WORK: dict[str, Any] = {
    "case.authority": {"zh": "持张女士委托书", "en": "letter of authority from 张女士"},
    **dict.fromkeys(("step.consent.by", "step.consent.at", "step.consent.signature")),
    "estate.name": "翠湖花园",
    "estate.phone": "0571-88001234",
    "case.unit": "12-3-502",
    "case.number": "1031",
    "case.applicant": "装修负责人王师傅",
    "case.applicant_role": {"zh": "装修负责人", "en": "renovation lead"},
    "case.opened_at": "2026-05-06 09:05",
    "case.opened_by": "小王",
    "form.place": {"zh": "阳台、窗边", "en": "Balcony or window"},
    "form.spot": "北阳台护栏",
    "form.work": "焊接阳台护栏",
    "form.way": {"zh": "电焊", "en": "Arc welding"},
    "form.level": None,
    "form.level_high": {"zh": "二级", "en": "Level 2"},
    "form.starts_at": "2026-05-07 09:00",
    "form.ends_at": "2026-05-07 11:30",
    "form.welder": "王龑",
    "form.welder_id": "11010519491231002X",
    "form.certificate": "T110105194912310021",
    "form.certificate_until": "2027-03-31",
    "form.watcher": "李师傅",
    "form.watcher_phone": "13812345678",
    "form.extinguishers": 2,
    "form.measures": {"zh": "接火斗、石棉布、备水", "en": "Spark catcher, fire cloth, Water at hand"},
    "form.cleared": {"zh": "是", "en": "Yes"},
    "setting.hot_work_extinguishers": 2,
    "setting.hot_work_longest": {"zh": "8 小时", "en": "8 hours"},
    "setting.hot_work_after_check": {"zh": "60 分钟", "en": "60 minutes"},
    **signed("sign", "王师傅", "2026-05-06 09:12"),
    **signed("engineering", "赵工", "2026-05-06 09:40"),
    **signed("safety", "安全主管老马", "2026-05-06 10:05", note="下方收走晾晒的被褥"),
    **signed("approve", "陈主任", "2026-05-06 10:30"),
    **signed("seal", "陈主任", "2026-05-06 10:31"),
}
NO, YES = {"zh": "否", "en": "No"}, {"zh": "是", "en": "Yes"}
ITEM: dict[str, Any] = {
    "case.authority": None,
    "form.sketch": drawing(),
    **dict.fromkeys(("step.consent.by", "step.consent.at", "step.consent.signature")),
    **{name: HOT_WORK[name] for name in ("estate.name", "case.unit", "case.opened_by")},
    "case.number": "1032",
    "case.applicant": "张女士",
    "case.applicant_role": {"zh": "业主", "en": "owner"},
    "form.occasion": {"zh": "装修期间", "en": "During a renovation"},
    "form.permit": "ZXXK-2026-000012",
    "form.permit_no": None,
    "form.kind": {"zh": "打墙、拆墙", "en": "Taking down a wall"},
    "form.work": "拆除厨房隔墙，重做卫生间防水",
    "form.position": "厨房与餐厅之间；主卫",
    "form.material": "轻质砖，聚氨酯防水涂料",
    "form.builder": "宏达装饰",
    "form.phone": "13812345678",
    "form.starts_on": "2026-05-08",
    "form.ends_on": "2026-05-12",
    "form.load_bearing": YES,
    "form.facade": NO,
    "form.gas": NO,
    "form.heating": NO,
    "form.waterproof": YES,
    **signed("sign", "张女士", "2026-05-06 09:12"),
    **signed("review", "赵工", "2026-05-06 09:40", note="先支护后拆"),
    **signed("approve", "陈主任", "2026-05-06 10:30"),
}
OPENING: dict[str, Any] = {
    **{name: ITEM[name] for name in ("estate.name", "case.unit", "case.opened_by", "case.applicant")},
    "case.number": "1033",
    "case.applicant_role": {"zh": "租户", "en": "tenant"},
    "case.opened_at": "2026-05-06 09:05",
    "form.service": {"zh": "有线电视", "en": "Cable TV"},
    "form.identity_seen": {"zh": "居民身份证", "en": "Identity card"},
    "form.operator": "华数",
    "form.points": 2,
    "form.supply": None,
    "form.phone": "13812345678",
    "form.wished_on": None,
    **signed("sign", "张女士", "2026-05-06 09:12"),
}
GAS: dict[str, Any] = {
    **OPENING,
    "form.service": {"zh": "液化石油气", "en": "Liquefied petroleum gas"},
    "form.points": None,
    "form.supply": {"zh": "管道", "en": "Piped"},
    "form.wished_on": "2026-05-08",
}
NETWORK: dict[str, Any] = {
    **{name: OPENING[name] for name in ("estate.name", "case.unit", "case.opened_by", "case.applicant")},
    "case.number": "1034",
    "case.applicant_role": {"zh": "业主", "en": "owner"},
    "case.opened_at": "2026-05-06 09:05",
    "form.holder": "张小明",
    "form.holder_id": "11010519491231002X",
    "form.phone": "13812345678",
    "form.plan": {"zh": "包月", "en": "Monthly"},
    "form.install_fee": "300.00",
    "form.company": "云联网络",
    "form.company_contact": "服务热线 95000",
    **dict.fromkeys(("step.authorise.by", "step.authorise.at", "step.authorise.signature")),
    **signed("sign", "张女士", "2026-05-06 09:12"),
    **signed("consent", "张女士", "2026-05-06 09:13"),
    **signed("pay", "孙会计", "2026-05-06 09:30"),
}
CHANGE: dict[str, Any] = {
    **NETWORK,
    "form.account": "yl0012",
    "form.change": {"zh": "暂停", "en": "Suspension"},
    "form.plan": None,
    "form.new_holder": None,
    "form.effective_on": "2026-05-10",
    "step.pay.by": None,
    "step.pay.at": None,
}
