"""Rules in words: conditions, people and money as a clerk would say them, in either language.

What is said of time stands in :mod:`banli.engine.clock_wording`.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from banli.engine import verbs
from banli.engine.conditions import Atom, Condition, Join
from banli.engine.fields import YES_NO, Column, Field, Reckoned, settled
from banli.engine.flow import Target
from banli.engine.hours import parse_hours
from banli.engine.money import Tariff
from banli.engine.pack import Price
from banli.engine.procedure import (
    ENDS,
    OUTSIDERS,
    ROLES,
    Fee,
    Sends,
    Step,
)  # fmt: skip
from banli.engine.rulebook import Rulebook
from banli.engine.text import Text

FACTS = {
    "authority": Text(zh="已登记有效的委托", en="a standing authority on file"),
    "record": Text(zh="有在办的原记录", en="a standing record it rests on"),
}
#: What a message may name of the case beside its answers.
OF_A_CASE = {
    "case.unit": Text(zh="房号", en="room"),
    "case.number": Text(zh="办件号", en="case number"),
    "case.procedure": Text(zh="业务", en="matter"),
    "case.applicant": Text(zh="申请人", en="applicant"),
    "case.applicant_role": Text(zh="申请人身份", en="the applicant's role"),
    "case.opened_at": Text(zh="受理时间", en="time of application"),
    "case.opened_by": Text(zh="受理人", en="taken in by"),
    "case.authority": Text(zh="委托", en="authority"),
}
_COMPARED = {
    "at_least": Text(zh="不少于", en="at least"),
    "at_most": Text(zh="不多于", en="at most"),
    "over": Text(zh="超过", en="over"),
    "under": Text(zh="不到", en="under"),
}


class Wording:
    """The words of one procedure in one language (``zh`` or ``en``)."""

    def __init__(self, book: Rulebook, language: str) -> None:
        self.book, self.language = book, language
        self.chinese = not language.startswith("en")

    def say(self, text: Text) -> str:
        """A text in this language."""
        return text.say(self.language)

    def both(self, zh: str, en: str) -> str:
        """One of two phrases."""
        return zh if self.chinese else en

    def listed(self, words: Iterable[str]) -> str:
        """Several words in a row."""
        return self.both("、", ", ").join(words)

    def quoted(self, words: str) -> str:
        """Words in quotes."""
        return f"“{words}”"

    # --- conditions ---

    def condition(self, when: Condition) -> str:
        """``{applicant: tenant}`` → 申请人是租户."""
        return self._part(when.root, outer=True)

    def _part(self, part: Atom | Join, *, outer: bool = False) -> str:
        if isinstance(part, Atom):
            return self._atom(part)
        told = [self._part(one) for one in part.parts]
        if part.how == "not":
            return self.both(f"不是（{told[0]}）", f"not ({told[0]})")
        joint = self.both("，且", ", and ") if part.how == "all" else self.both("，或", ", or ")
        return joint.join(told) if outer else f"({joint.join(told)})"

    def _atom(self, atom: Atom) -> str:
        name = self.named(atom.name)
        if atom.op == "given":
            filled = self.both("已填", " is given"), self.both("未填", " is not given")
            return f"{name}{filled[0] if atom.value == 'yes' else filled[1]}"
        if atom.op == "in":
            *most, last = [self.value(atom.name, value) for value in atom.value]
            values = self.both("或", " or ").join(filter(None, (self.both("、", ", ").join(most), last)))
            return self.both(f"{name}为{values}", f"{name} is {values}")
        compared = self.say(_COMPARED[atom.op])
        field = self.book.procedure.form.get(atom.name.removeprefix("form."))
        money = field is not None and field.type == "money"
        limit = self.both(f"{atom.value / 100:g} 元", f"{atom.value / 100:g} yuan") if money else atom.value
        return self.both(f"{name}{compared} {limit}", f"{name} is {compared} {limit}")

    def named(self, name: str) -> str:
        """What a name of a condition, a deadline or a column is called."""
        room, _, rest = name.partition(".")
        if room == "applicant":
            return self.both("申请人", "the applicant")
        if room == "form" and rest in self.book.procedure.form:
            return self.quoted(self.say(self.book.procedure.form[rest].label))
        if room == "fact" and rest in FACTS:
            return self.quoted(self.say(FACTS[rest]))
        if room == "setting" and rest in self.book.pack.settings:
            return self.quoted(self.say(self.book.pack.settings[rest].title))
        if room == "outcome":
            step = self.quoted(self.step(rest))
            return self.both(f"{step}的结果", f"the outcome of {step}")
        return name

    def value(self, name: str, value: object) -> str:
        """What a value that a name is compared with is called."""
        room, _, rest = name.partition(".")
        options = dict(YES_NO)
        if room == "applicant":
            options = dict(ROLES)
        elif room == "form" and rest in self.book.procedure.form:
            options = dict(self.book.procedure.form[rest].choices())
        elif room == "outcome" and rest in self.book.flow.steps:
            options = {one.name: one.told for one in verbs.find(self.book.flow.steps[rest].verb).outcomes}
        found = options.get(str(value))
        if found is None:
            return str(value)
        return self.quoted(self.say(found)) if str(value) in YES_NO else self.say(found)

    # --- steps ---

    def step(self, name: str) -> str:
        """What a step or a block is called."""
        block, step = self.book.flow.blocks.get(name), self.book.flow.steps.get(name)
        if step is not None and step.title is None and step.book in self.book.pack.books:
            book = self.quoted(self.say(self.book.pack.books[step.book].title))
            return self.both(f"登入{book}", f"Enter in the {book}")
        if block is None:
            return self.say(self.book.step_title(name))
        if block.kind == "each":
            return self.both(f"逐行：{self.field(block.over)}", f"for each row of {self.field(block.over)}")
        return self.both("同时进行", "at the same time")

    def field(self, name: str | None) -> str:
        """What a field is called."""
        found = self.book.procedure.form.get((name or "").removeprefix("form."))
        return self.say(found.label) if found else name or ""

    def people(self, step: Step) -> str:
        """Who does a step: posts, somebody sent, or somebody from outside before a post."""
        outsider = step.outside()
        if outsider is None:
            return self._hands(step.by)
        at, who = self._hands(step.at), self.say(OUTSIDERS[outsider])
        if step.signer is not None:
            who = self.field(step.signer)
        return self.both(f"{who}（{at}见证）", f"{who} (before {at})")

    def _hands(self, names: tuple[str, ...]) -> str:
        if not names:
            return self.both("系统", "the system")
        told = []
        for name in names:
            sender = name.removesuffix(".assignee")
            if sender != name and sender in self.book.flow.steps:
                to = self.book.flow.steps[sender].to or ""
                if to.startswith("form."):
                    told.append(self.both(f"按{self.named(to)}派出的人", f"the one sent by {self.named(to)}"))
                    continue
                post = self.say(self.book.post_title(to))
                told.append(self.both(f"派出的{post}", f"the {post.lower()} sent"))
            else:
                told.append(self.say(self.book.post_title(name)))
        return self.listed(told)

    def limits(self, field: Field, values: Mapping[str, Any]) -> list[str]:
        """What the estate limits an answer to: at most 400; in which hours. ``values`` as in :func:`settled`."""
        limited = settled(field, values, lambda name: self.book.setting(name, {}))
        told = []
        if field.at_least is not None:
            least = f"{(limited.min or 0) / 100:g}" if field.type == "money" else limited.min
            told.append(self.both(f"至少 {least}", f"at least {least}"))
        if field.at_most is not None:
            most = f"{(limited.max or 0) / 100:g}" if field.type == "money" else limited.max
            told.append(self.both(f"最多 {most}", f"at most {most}"))
        for column in (limited.columns or {}).values():
            told += self._column_limits(column)
        for rule in limited.hours:
            only = self.condition(rule.when) + self.both("：", ": ") if rule.when else ""
            told.append(only + self.say(parse_hours(rule.within).text))
        return told + self._relations(limited)

    def _column_limits(self, column: Column) -> list[str]:
        """What the estate limits a column to, and what it lists for its answers."""
        told, label = [], self.say(column.label)
        if column.min is not None and column.type == "integer" and column.min > 1:
            told.append(self.both(f"{label}至少 {column.min}", f"{label}: at least {column.min}"))
        for one, listed in column.sorts.items():
            if listed:
                told.append(f"{self.say((column.options or {})[one])}{self.both('：', ': ')}{listed}")
        return told

    def _relations(self, field: Field) -> list[str]:
        """What an answer owes to another one, and which answers are refused."""
        told = []
        if field.differs_from:
            other = self.named(field.differs_from)
            told.append(self.both(f"不能与{other}相同", f"differs from {other}"))
        if field.reckoned:
            told.append(self._reckoned(field.reckoned))
        if field.sums:
            parts = self.listed(self.named(one) for one in field.sums)
            told.append(self.both(f"自动算出：{parts}合计", f"reckoned: {parts} together"))
        if field.listed:
            told.append(self.both("自动列出，不用填", "listed by itself"))
        if field.same_day_as:
            other = self.named(field.same_day_as)
            told.append(self.both(f"与{other}同一天", f"on the day of {other}"))
        for rule in field.refuses:
            only = self.condition(rule.when) + self.both("时", ": ") if rule.when else ""
            answers = self.listed(self.quoted(self.say(field.choices()[one])) for one in rule.answer)
            refused = self.both(f"不能选{answers}", f"{answers} cannot be chosen")
            if rule.when is None:
                refused = self.both(f"选{answers}的不予办理", f"{answers} is refused")
            told.append(only + refused)
        return told

    def _reckoned(self, rule: Reckoned) -> str:
        """From what a date or a number that nobody types is reckoned."""
        begins = self.named(rule.of)
        if rule.unused_after is not None:
            last = self.named(rule.unused_after)
            return self.both(
                f"自动算出：从{begins}起的各月里，{last}以后才开始的有几个",
                f"reckoned: of the months from {begins} on, how many begin after {last}",
            )
        if rule.days is not None:
            days, before = abs(rule.days), rule.days < 0
            return self.both(
                f"自动算出：{begins}{'前' if before else '后'} {days} 天",
                f"reckoned: {days} days {'before' if before else 'after'} {begins}",
            )
        months = self.named(rule.months) if isinstance(rule.months, str) else f" {rule.months} "
        return self.both(
            f"自动算出：从{begins}起{months}个月的最后一天",
            f"reckoned: last day of {months} months from {begins} on",
        )

    def price(self, price: Price) -> str:
        """A line of the price list: 日常保洁 40 元/人·小时."""
        unit = f"/{price.unit.say(self.language)}" if price.unit else ""
        tariff = Tariff.of(price)
        much = (
            f"{tariff.low / 100:g}–{tariff.high / 100:g}" if tariff.fen is None else f"{tariff.fen / 100:g}"
        )
        told = f"{self.say(price.title)} {much}{self.both(' 元', ' yuan')}{unit}"
        if tariff.cap is not None:
            most = f"{tariff.cap / 100:g}"
            told += self.both(f"（最高 {most} 元）", f" (at most {most} yuan)")
        return told

    def fee(self, fee: Fee) -> str:
        """A line of a charge: 工本费 5 元/张 × 施工人员."""
        told = self.price(self.book.pack.prices[fee.price])
        told += f" × {self.field(fee.times)}" if fee.times else ""
        if fee.amount:
            agreed = self.quoted(self.field(fee.amount))
            told += self.both(f"，按{agreed}", f", as agreed in {agreed}")
        return f"{told} · {self.condition(fee.when)}" if fee.when else told

    def money(self, step: Step) -> list[str]:
        """What a step does with money that was paid before."""
        told = []
        for name, zh, en in (
            (step.of, "退{}所收的押金", "gives back the deposit of {}"),
            (step.spends, "{}的收据记“已办”", "marks the receipt of {} as done"),
            (step.carries, "{}所收的押金转入", "carries over the deposit of {}"),
        ):
            if name:
                told.append(self.both(zh, en).format(self.quoted(self.step(name))))
        return told

    def sends(self, rule: Sends) -> str:
        """What a step sends to whom, and on whose consent."""
        paper = self.say(self.book.pack.papers[rule.paper].title)
        whose, consent = self.named(rule.whose), self.quoted(self.step(rule.consent))
        told = self.listed(self.sent(name) for name in rule.fields)
        return self.both(
            f"把{told}作为加密附件《{paper}》发给{whose}；先有有效的{consent}",
            f"{told} go to {whose} as an encrypted attachment ({paper}); {consent} stands first",
        )

    def sent(self, name: str) -> str:
        """What one thing that leaves the office is called."""
        room, _, rest = name.partition(".")
        if name in OF_A_CASE:
            return self.say(OF_A_CASE[name])
        if room == "step":
            return self.step(rest.split(".")[0])
        return self.field(name)

    def posts(self, posts: tuple[str, ...]) -> str:
        """What posts are called."""
        return self.listed(self.say(self.book.post_title(post)) for post in posts)

    def outcome(self, step: str, name: str) -> str:
        """What an outcome of a step is called."""
        return self.say(verbs.find(self.book.flow.steps[step].verb).outcome(name).title)

    def ended(self, step: str, name: str) -> str:
        """What an outcome is called where a sentence tells that it came about."""
        return self.say(verbs.find(self.book.flow.steps[step].verb).outcome(name).told)

    def target(self, target: Target) -> str:
        """Where an outcome leads."""
        if target.kind == "end":
            return self.say(ENDS[target.name])
        if target.kind == "again":
            return self.both("再办", "try again")
        return self.step(target.name) if target.kind == "step" else self.both("下一步", "the next step")
