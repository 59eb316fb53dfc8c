"""Who starts a campaign: whoever may open the cases it consists of."""

from collections.abc import Mapping

from banli.cases import rules
from banli.engine.rulebook import Rulebook
from banli.people.access import Acting, Denied, Desk, require_post


def offered() -> Mapping[str, Rulebook]:
    """The procedures in force whose cases a campaign opens."""
    return {name: book for name, book in rules.every_current().items() if book.procedure.campaign}


def may_campaign(desk: Desk) -> bool:
    """Whether the desk may start campaigns."""
    return desk.holds(*_posts())


def require_campaigns(desk: Desk) -> Acting:
    """The post in which the desk starts campaigns; Denied (403) without one."""
    if not _posts():
        raise Denied
    return require_post(desk, *_posts())


def _posts() -> list[str]:
    return [post for book in offered().values() for post in book.procedure.opened_by]
