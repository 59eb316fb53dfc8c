"""Who takes money, who looks at it, who sets prices, who voids a receipt."""

from django.http import Http404

from banli.cashier.models import Posting, Shift
from banli.cashier.queries import postings
from banli.people.access import Acting, Desk, require_post

#: Who opens a shift of their own.
CASHIERS = ("finance", "front_desk")
#: Who sees what was taken, the deposits and the reports.
SEES = ("finance", "director", "duty_supervisor")
#: Who sets prices; the others see the list, which is posted anyway.
SETS_PRICES = ("director", "finance")
#: Who voids a receipt that somebody else wrote.
SECOND = ("finance", "director", "duty_supervisor")


def shift_for(desk: Desk, pk: int) -> tuple[Shift, Acting]:
    """A shift of the desk's estate: one's own, or any for who sees all; 404 for another estate's, 403 for others."""
    shift = Shift.objects.select_related("cashier").filter(estate=desk.estate, pk=pk).first()
    if shift is None:
        raise Http404
    if shift.cashier_id == desk.staff.pk:
        return shift, require_post(desk, *CASHIERS, *SEES)
    return shift, require_post(desk, *SEES)


def posting_for(desk: Desk, pk: int) -> tuple[Posting, Acting]:
    """A receipt or refund slip of the desk's estate."""
    acting = require_post(desk, *SEES)
    found = postings(desk.estate.pk).filter(pk=pk, paper__isnull=False).first()
    if found is None:
        raise Http404
    return found, acting
