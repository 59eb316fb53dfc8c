"""Who sees the estate's figures."""

from banli.cashier.access import SEES as SEES_MONEY
from banli.people.access import Acting, Desk, require_post

#: The manager, and those who answer for others' work.
SEES = ("director", "duty_supervisor", "engineering_supervisor", "safety_supervisor")


def require_figures(desk: Desk) -> Acting:
    """The post in which the desk sees the figures; Denied (403) without one."""
    return require_post(desk, *SEES)


def sees_money(desk: Desk) -> bool:
    """Whether deposits and shifts are shown too: to whoever sees them at the till."""
    return desk.holds(*SEES_MONEY)
