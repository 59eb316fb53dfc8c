"""Changing an estate's calendar, and what follows for the clocks that run."""

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from procrastinate.contrib.django import app

from banli.estate.models import Estate
from banli.estate.own import OwnDay, own_days
from banli.estate.setting import set_days
from banli.people.access import Acting, Desk

from .holidays import RestDays
from .recount import Moving, moving

#: So many of the clocks that would move are named; of more it is said that there are.
NAMED = 50


def would_move(estate: Estate, days: Sequence[date], kind: str) -> tuple[list[Moving], bool]:
    """The running clocks that a change would move, at most NAMED, and whether there are more."""
    own = {**own_days(estate), **{day.isoformat(): kind for day in days}}
    rest = RestDays({day: how for day, how in own.items() if how != OwnDay.Kind.NATIONAL})
    told: list[Moving] = []
    for one in moving(estate, rest):
        if len(told) == NAMED:
            return told, True
        told.append(one)
    return told, False


def change_days(
    *, by: Desk, acting: Acting, days: Sequence[date], kind: str, reason: str
) -> list[OwnDay]:  # fmt: skip
    """Count these days otherwise from now on; the clocks that run are counted anew at once, by the worker."""
    with transaction.atomic():
        rows = set_days(by=by, acting=acting, days=days, kind=kind, reason=reason)
        app.configure_task("banli.cases.recount").defer(estate_id=by.estate.pk)
    return rows
