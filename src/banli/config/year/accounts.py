"""Openings of television, telephone and gas (P6), broadband opened and changed (P9, P10)."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from banli.cases.attachments import Upload

from . import hours, words
from .story import WITHDRAW, Story, Told

if TYPE_CHECKING:
    from .life import Life


class Opening(Story):
    """Cable TV, telephone, now and then piped gas."""

    procedure = "opening"
    odds = {"connect": (("unfinished", 0.06), (WITHDRAW, 0.03)), "activate": (("refused", 0.03),)}
    notes = {
        "unfinished": ("线路不通，改日再装",),
        "refused": ("有一个房间没有信号",),
        WITHDRAW: ("改用别家的",),
    }

    def prepare(self, at: datetime) -> None:
        self.service = self.chance.choice(("cable_tv", "cable_tv", "telephone", "lpg"))

    def at_apply(self, at: datetime) -> dict[str, Any]:
        told: dict[str, Any] = {
            "service": self.service,
            "identity_seen": "id_card",
            "phone": self.resident.phone,
        }
        told["operator"] = words.OPERATORS[self.service]
        told["wished_on"] = (hours.day_of(at) + timedelta(days=3)).isoformat()
        if self.service == "lpg":
            return told | {"high_rise": "yes", "basement": "no", "supply": "piped"}
        return told | {"points": self.chance.choice((1, 1, 2))}

    def at_connect(self, at: datetime) -> dict[str, Any]:
        return {
            "line_no": f"{self.service[:2].upper()}-{self.chance.randrange(1000, 9999)}",
            "installer": "运营单位装机员",
        }

    def at_activate(self, at: datetime) -> dict[str, Any]:
        return {"works": "yes", "opened_on": hours.day_of(at).isoformat()}

    def when(self, life: "Life", step: str, branch: int | None, at: datetime, tries: int) -> datetime:
        if step == "connect":
            days = self.chance.choice((1, 2, 2, 3, 4, 5)) if tries == 1 else 1
            return hours.at_work(
                "front_desk", at + timedelta(days=days, minutes=self.chance.uniform(-90, 90))
            )
        return super().when(life, step, branch, at, tries)


class Broadband(Story):
    """What both procedures of the network ask for."""

    takes = {"pay": (10, 60), "mail": (60, 900), "consent": (2, 6)}
    odds = {"consent": (("refused", 0.03),), "pay": ((WITHDRAW, 0.02),)}
    notes = {
        "refused": ("资料自己交网络公司",),
        WITHDRAW: ("套餐要再考虑",),
        "by_hand": ("送网络公司营业厅",),
    }

    def _about(self, at: datetime) -> tuple[dict[str, Any], Upload]:
        copy = self.picture("identity_copy", at)
        company, contact = words.NETWORK
        return {
            "holder": self.resident.name, "holder_id": self.resident.id_number, "phone": self.resident.phone,
            "identity_copy": copy.sha256, "company": company, "company_contact": contact,
        }, copy  # fmt: skip

    def at_mail(self, at: datetime) -> dict[str, Any]:
        return {"sent_by": "paper", "receipt_of_company": "已收到"}


class NetworkOpening(Broadband):
    """Broadband is opened."""

    procedure = "network-opening"

    def told(self, step: str, branch: int | None, at: datetime) -> Told:
        if step != "apply":
            return super().told(step, branch, at)
        answers, copy = self._about(at)
        plan = self.chance.choice(("monthly", "monthly", "sixty_hours"))
        return Told(
            {**answers, "plan": plan, "install_fee": self.chance.choice(("100", "120", "0"))}, (copy,)
        )


class NetworkChange(Broadband):
    """Broadband is changed."""

    procedure = "network-change"
    odds = {**Broadband.odds, "issue": ((WITHDRAW, 0.03),)}

    def told(self, step: str, branch: int | None, at: datetime) -> Told:
        if step != "apply":
            return super().told(step, branch, at)
        answers, copy = self._about(at)
        change = self.chance.choice(
            ("tariff", "suspend", "terminate", "rename", "add_point", "resume", "resume")
        )
        answers |= {"account": f"BB{self.chance.randrange(10**6, 10**7)}", "change": change}
        answers["effective_on"] = (hours.day_of(at) + timedelta(days=self.chance.randrange(0, 9))).isoformat()
        if change in ("tariff", "add_point"):
            answers["plan"] = self.chance.choice(("monthly", "sixty_hours"))
        if change == "rename":
            other = self.home.owner if self.resident is not self.home.owner else self.home.tenant
            if other is None:
                return Told({**answers, "change": "suspend"}, (copy,))
            answers |= {"new_holder": other.name, "new_holder_id": other.id_number}
        return Told(answers, (copy,))
