"""Where one begins: whoever takes matters in at the counter, the guard at the gate, everybody else with what waits."""

from django.urls import reverse

from banli.cases import access, rules
from banli.gate.access import GATE
from banli.people.access import Desk


def start_url(desk: Desk) -> str:
    """The page to land on after sign-in. A post of one's own goes before one that is only lent."""
    books = rules.every_current().values()
    if sum(access.may_open(desk, book) for book in books) * 2 > len(books):  # a supervisor takes in only some
        return reverse("desk:counter")
    return reverse("gate:gate" if desk.holds_as_own(GATE) else "desk:inbox")
