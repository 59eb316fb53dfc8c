"""Where a case stands, as its row keeps it: plain JSON, and read back."""

from collections.abc import Mapping
from typing import Any

from banli.engine import events as ev
from banli.engine.money import Charge, Line, Out, Payment, Spent
from banli.engine.state import Allotment, Mark, Reservation, Running, State, Token


def to_json(state: State) -> dict[str, Any]:
    """The state as plain JSON, for the case's row: ``form``, ``clocks`` and, together, ``standing``."""
    standing: dict[str, Any] = {
        "applicant": state.applicant,
        "facts": dict(state.facts),
        "settings": dict(state.settings),
        "tokens": [_plain(t) for t in state.tokens],
        "marks": [_mark(m) for m in state.marks],
        "assigned": dict(state.assigned),
        "filers": list(state.filers),
        "papers": [list(p) for p in state.papers],
        "books": [list(b) for b in state.books],
    }
    # An empty list of charges has been written since the first release, and `banli audit` compares rows as they are.
    standing |= {name: told for name, told in _money(state).items() if told or name == "charges"}
    standing |= {"mails": [list(m) for m in state.mails]} if state.mails else {}
    if state.agreed:
        standing["agreed"] = [list(one) for one in state.agreed]
    if state.named:
        standing["named"] = {place: list(persons) for place, persons in state.named.items()}
    if state.reserved:
        standing["reserved"] = [{**_plain(r), "seats": list(r.seats)} for r in state.reserved]
    if state.allotted:
        standing["allotted"] = [_plain(one) for one in state.allotted]
    if state.joined_to is not None:
        standing["joined_to"] = state.joined_to
    if state.repeats:
        standing["repeats"] = list(state.repeats)
    return {"form": dict(state.form), "clocks": [_running(c) for c in state.clocks], "standing": standing}


def from_json(status: str, form: Mapping[str, Any], clocks: Any, standing: Mapping[str, Any]) -> State:
    """The state that :func:`to_json` wrote."""
    return State(
        status=status,
        applicant=standing["applicant"],
        facts=standing["facts"],
        settings=standing["settings"],
        form=form,
        tokens=tuple(Token(**t) for t in standing["tokens"]),
        marks=tuple(Mark(**m) for m in standing["marks"]),
        clocks=tuple(map(running, clocks)),
        assigned=standing["assigned"],
        filers=tuple(standing["filers"]),
        papers=tuple((p[0], p[1], p[2]) for p in standing["papers"]),
        books=tuple((b[0], b[1]) for b in standing["books"]),
        charges=tuple(
            Charge(c["step"], c["branch"], tuple(Line(**line) for line in c["lines"]))
            for c in standing.get("charges", ())
        ),
        paid=tuple(Payment(**p) for p in standing.get("paid", ())),
        outs=tuple(Out(**o) for o in standing.get("outs", ())),
        spent=tuple(Spent(**one) for one in standing.get("spent", ())),
        brought=standing.get("brought", {}),
        refunds=tuple((r[0], r[1], r[2]) for r in standing.get("refunds", ())),
        mails=tuple((m[0], m[1], m[2]) for m in standing.get("mails", ())),
        agreed=tuple((a[0], a[1], a[2]) for a in standing.get("agreed", ())),
        named={place: tuple(persons) for place, persons in standing.get("named", {}).items()},
        joined_to=standing.get("joined_to"),
        repeats=tuple(standing.get("repeats", ())),
        allotted=tuple(Allotment(**one) for one in standing.get("allotted", ())),
        reserved=tuple(
            Reservation(**{**r, "seats": tuple(r["seats"])}) for r in standing.get("reserved", ())
        ),
    )


def _money(state: State) -> dict[str, Any]:
    """A case's money as plain JSON: most cases have none, and their rows say nothing of it."""
    return {
        "charges": [
            {"step": c.step, "branch": c.branch, "lines": [line.to_json() for line in c.lines]}
            for c in state.charges
        ],
        "paid": [_plain(p) for p in state.paid],
        "outs": [_plain(o) for o in state.outs],
        "spent": [_plain(one) for one in state.spent],
        "brought": dict(state.brought),
        "refunds": [list(r) for r in state.refunds],
    }


def running(told: Mapping[str, Any]) -> Running:
    """A clock as its case's row keeps it."""
    lists: dict[str, Any] = {}
    if "pauses" in told:
        lists["pauses"] = tuple((p[0], p[1]) for p in told["pauses"])
    if "reminders" in told:
        lists["reminders"] = tuple(told["reminders"])
    return Running(**{**told, **lists})


def _running(clock: Running) -> dict[str, Any]:
    """A clock as plain JSON; what it does not say is left out, so that the rows of older ones stay as they are."""
    told = _plain(clock)
    for name in ("within", "during", "since", "paused", "until", "pauses", "reminders", "period", "trigger"):
        if not told[name]:
            del told[name]
    if clock.pauses:
        told["pauses"] = [list(pause) for pause in clock.pauses]
    if clock.reminders:
        told["reminders"] = list(clock.reminders)
    return told


def _mark(mark: Mark) -> dict[str, Any]:
    """A mark as plain JSON. Most are nobody's consent, and say nothing of it: their rows are as they always were."""
    told = _plain(mark)
    if not mark.way:
        del told["way"], told["person"]
    if mark.entered_by is None:
        del told["entered_by"]
    return told


def _plain(value: Any) -> dict[str, Any]:
    return {name: getattr(value, name) for name in ev.names_of(type(value))}
