"""Who comes on such a morning: somebody inside, somebody expected, somebody the owner is asked about."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.utils import timezone

if TYPE_CHECKING:
    from banli.config.demo_cases import Morning, Of


def visits(m: "Morning") -> list[Callable[[], Any]]:
    """Visitors of this morning, each as far as they are."""

    def comes(ago: int, role: str, unit: str = "12-3-502", **told: Any) -> "Of":
        answers = {"persons": 1, "identity": "seen", "purpose": "visit", "how": "call"}
        answers |= {"day": timezone.localdate(m.now).isoformat(), **told}
        return m.open("visitor", role, ago, answers, unit)

    def passed(case: "Of", ago: int) -> "Of":
        m.do("xiaowang", case, "confirm", "agreed", ago)
        m.do("xiaowang", case, "pass", "issued", ago - 1)
        return case

    def inside() -> None:
        case = passed(comes(64, "tenant", visitor="周雨晨", carries="水果一箱"), 61)
        m.do("zhou", case, "come_in", "scanned", 52)

    def gone() -> None:
        case = passed(
            comes(130, "owner", "12-3-501", visitor="宋师傅", purpose="service", carries="工具箱"), 127
        )
        m.do("zhou", case, "come_in", "scanned", 121)
        m.do("zhou", case, "go_out", "scanned", 58)

    def expected() -> None:
        passed(comes(34, "owner", visitor="冯丽", persons=2, plate="浙AF61208"), 31)

    def asked() -> None:
        comes(6, "owner", visitor="郑先生", purpose="viewing", how="link")

    return [inside, gone, expected, asked]
