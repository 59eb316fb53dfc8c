"""A procedure with what it uses of its pack: settings, prices, whom to send, what a step is called."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from banli.engine import verbs
from banli.engine.fields import Field, setting_of, settled
from banli.engine.flow import Flow, flow_of
from banli.engine.money import Tariff
from banli.engine.pack import Pack
from banli.engine.priced import with_lines
from banli.engine.procedure import Clock, Procedure
from banli.engine.state import Running, State
from banli.engine.text import Text


@dataclass(frozen=True)
class Rulebook:
    """A procedure compiled with what it uses of its pack."""

    procedure: Procedure
    pack: Pack
    flow: Flow

    @classmethod
    def of(cls, procedure: Procedure, pack: Pack) -> "Rulebook":
        procedure = with_lines(procedure, pack.prices)
        return cls(procedure, pack, flow_of(procedure))

    @cached_property
    def bound_settings(self) -> frozenset[str]:
        """The settings that conditions, limits and papers name: a case keeps to what they were when it was opened."""
        procedure = self.procedure
        asked = [
            *(step.when for step in self.flow.steps.values()),
            *(fee.when for step in self.flow.steps.values() for fee in step.fees),
            *(clock.when for clock in procedure.clocks.values()),
            *(rule.when for rule in procedure.never),
            *(question.when for question in procedure.form.values()),
            *(rule.when for question in procedure.form.values() for rule in question.hours),
            *(rule.when for question in procedure.form.values() for rule in question.refuses),
        ]
        names = {atom.name for when in asked if when is not None for atom in when.atoms()}
        names |= {limit or "" for q in procedure.form.values() for limit in (q.at_least, q.at_most, q.needed)}
        columns = [one for q in procedure.form.values() for one in (q.columns or {}).values()]
        names |= {name or "" for one in columns for name in (one.at_least, *one.sorts.values())}
        names |= {setting_of(limit) for q in procedure.form.values() for limit in (q.earliest, q.latest)}
        names |= {str(q.reckoned.begun) for q in procedure.form.values() if q.reckoned}
        names |= {rule.within for question in procedure.form.values() for rule in question.hours}
        names |= {name for paper in self.pack.papers.values() for name in paper.prints}
        return frozenset(name.removeprefix("setting.") for name in names if name.startswith("setting."))

    @cached_property
    def defaults(self) -> Mapping[str, Any]:
        """What the settings are where an estate has none of its own; no secret is among them."""
        settings = self.pack.settings.items()
        return {name: setting.default for name, setting in settings if setting.type != "secret"}

    @cached_property
    def sending(self) -> frozenset[str]:
        """The steps whose papers leave the office."""
        return frozenset(name for name, step in self.flow.steps.items() if step.sends is not None)

    @cached_property
    def aside(self) -> frozenset[str]:
        """The steps whose papers are not what a case is about: what is sent away, receipts, refund slips."""
        money = {name for name, step in self.flow.steps.items() if step.verb in ("pay", "refund")}
        return self.sending | money

    def whose(self, form: Mapping[str, Any], step: str, branch: int | None) -> str:
        """Whose row a step is about, by the first of its cells: the worker of this card; empty without a row."""
        block = self.flow.each_around(step) if branch is not None else None
        name = (self.flow.blocks[block].over if block else None) or ""
        rows = form.get(name)
        if branch is None or not isinstance(rows, list) or branch >= len(rows):
            return ""
        first = next(iter(self.procedure.form[name].columns or {}), "")
        return str(rows[branch].get(first) or "")

    @cached_property
    def kept_from(self) -> frozenset[str]:
        """The questions whose answers name somebody who is kept from a step."""
        return frozenset(
            step.not_by.removeprefix("form.") for step in self.flow.steps.values() if step.not_by
        )

    @cached_property
    def starting(self) -> Mapping[str, tuple[tuple[str, Clock], ...]]:
        """The clocks that something which happens to a case starts, in the file's order, by what it is called."""
        told: dict[str, tuple[tuple[str, Clock], ...]] = {}
        for title, clock in self.procedure.clocks.items():
            for name in dict.fromkeys(clock.starts):
                told[name] = (*told.get(name, ()), (title, clock))
        return told

    @cached_property
    def row_clocks(self) -> frozenset[str]:
        """The clocks that run once a row: they begin with a step that is done for each."""
        steps, around = self.flow.steps, self.flow.each_around
        clocks = self.procedure.clocks.items()
        return frozenset(
            title for title, clock in clocks if any(one in steps and around(one) for one in clock.beginnings)
        )

    def asked(self, step: str, values: Mapping[str, Any]) -> dict[str, Field]:
        """The questions of a step, with the limits of the estate. ``values`` may hold ``setting.<name>``."""
        return {
            name: settled(self.procedure.form[name], values, lambda own: self.setting(own, {}))
            for name in self.flow.steps[step].asks
        }

    def tariff(self, price: str, own: Mapping[str, Tariff]) -> Tariff:
        """What a price comes to: the estate's ``own`` if that is still of its kind, else the pack's line."""
        line = Tariff.of(self.pack.prices[price])
        found = own.get(price)
        return found if found is not None and (found.fen is None) is (line.fen is None) else line

    def setting(self, name: str, own: Mapping[str, Any]) -> Any:
        """A setting's value: the estate's ``own``, else the pack's default."""
        return own[name] if name in own else self.pack.settings[name].default

    def sends_to(self, step: str, state: State, branch: int | None = None) -> str:
        """The post whose holder a dispatch step sends: the one it names, or the one an answer names."""
        to = self.flow.steps[step].to or ""
        return str(state.answer(to.removeprefix("form."), branch) or "") if to.startswith("form.") else to

    def sends_up(self, step: str, state: State, branch: int | None = None) -> tuple[str, ...]:
        """The post whose holder a dispatch step sends; after it those above, where the step is kept from somebody."""
        told = [self.sends_to(step, state, branch)]
        while self.flow.steps[step].not_by and (above := self.superior(told[-1])) not in told:
            told.append(above)
        return tuple(told)

    def destinations(self, step: str) -> tuple[str, ...]:
        """Every post whose holder a dispatch step may send."""
        to = self.flow.steps[step].to or ""
        if to.startswith("form."):
            field = self.procedure.form.get(to.removeprefix("form."))
            return tuple(field.options or ()) if field else ()
        return (to,) if to else ()

    def holds_up(self, step: str, branch: int | None, clock: Running) -> bool:
        """Whether a clock that runs, or whose pause may last too long, waits for this step: the step stops it, or
        stands before the one that does.

        A supervisor's signature has no clock of its own, but the slip it holds up has.
        """
        rule = self.procedure.clocks.get(clock.clock)
        if rule is None or not clock.red_at or (branch is not None and clock.branch not in (None, branch)):
            return False
        return any(self.flow.precedes(step, stop.split(".")[0]) for stop in rule.stops)

    def waits_for(self, step: str) -> tuple[str, ...]:
        """The posts in whose inbox a step lies: nobody's where a period ends it, as there is nothing to be done."""
        if any(clock.period and clock.late.step == step for clock in self.procedure.clocks.values()):
            return ()
        return self.flow.steps[step].posts()

    def step_title(self, name: str) -> Text:
        """What a step is called on the screen: its own title, else its verb's."""
        step = self.flow.steps.get(name)
        if step is None:
            return Text(zh=name or "?", en=name or "?")
        return step.title or verbs.find(step.verb).title

    def superior(self, post: str) -> str:
        """The post above another; itself where there is none."""
        found = self.pack.posts.get(post)
        return (found.superior if found else None) or post

    def post_title(self, post: str) -> Text:
        """What a post is called; a dash where an answer should have named one and did not."""
        found = self.pack.posts.get(post)
        return found.title if found else Text(zh=post or "—", en=post or "—")
