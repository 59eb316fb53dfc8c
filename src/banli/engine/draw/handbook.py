"""The staff handbook's page of a procedure: what to bring, who does what, by when, and what is never done."""

from collections.abc import Iterator

from banli.engine import safeguards, verbs
from banli.engine.clock_wording import ClockWording
from banli.engine.consent import WAYS
from banli.engine.draw.terms import FIELD_TYPES
from banli.engine.fields import Field
from banli.engine.hours import parse_hours
from banli.engine.procedure import ROLES, Reserves
from banli.engine.rulebook import Rulebook
from banli.engine.text import Text, spoken


def page(book: Rulebook, source: str) -> str:
    """The page in Markdown, Chinese first. ``source``: the file it is made from."""
    name, title = book.procedure.procedure, book.procedure.title
    lines = [
        f"# {title.zh} · {title.en}",
        "",
        f"由 `{source}` 生成，请改那个文件。 / Made from `{source}`; change that file, not this page.",
        "",
    ]
    for language, heading in (("zh", "中文"), ("en", "English")):
        lines += [f"## {heading}", "", *_Page(book, language).lines(f"{name}.{language}.svg"), ""]
    return "\n".join(lines).rstrip() + "\n"


class _Page:
    def __init__(self, book: Rulebook, language: str) -> None:
        self.book, self.words = book, ClockWording(book, language)
        self.say, self.both = self.words.say, self.words.both

    def lines(self, drawing: str) -> Iterator[str]:
        title = self.say(self.book.procedure.title)
        yield from self._facts()
        yield from ("", f"![{title}]({drawing})", "")
        yield from self._table(
            self.both("谁做什么", "Who does what"),
            self.both("|步骤|谁|做什么|怎么走", "|Step|Who|What|Where it leads"),
            self._steps(),
        )
        yield from self._table(
            self.both("问什么、带什么", "What is asked, what to bring"),
            self.both("步骤|内容|类型|说明", "Step|Question|Kind|To note"),
            self._fields(),
        )
        yield from self._table(
            self.both("时限", "Clocks"),
            self.both("时限|从|到|多久|谁知道", "Clock|From|To|How long|Who hears of it"),
            self._clocks(),
        )
        yield from self._list(self.both("单据、登记本和费用", "Papers, books and fees"), self._things())
        yield from self._list(self.both("保障", "Safeguards"), safeguards.sentences(self.words))

    def _facts(self) -> Iterator[str]:
        procedure = self.book.procedure
        if procedure.purpose:
            yield from (self.say(procedure.purpose), "")
        posts = self.words.posts(procedure.opened_by)
        roles = self.words.listed(self.say(ROLES[role]) for role in procedure.applicant.roles)
        yield self.both(f"- 受理：{posts}", f"- Taken in by: {posts}")
        yield self.both(f"- 申请人：{roles}", f"- Applicant: {roles}")
        if procedure.applicant.authority:
            yield self.both(
                f"- 代办须有委托，范围：`{procedure.applicant.authority}`",
                f"- A delegate needs a letter of authority for `{procedure.applicant.authority}`",
            )
        if procedure.rests_on:
            named, rule = self.words.quoted(self.say(procedure.rests_on.title)), procedure.rests_on
            needed = (
                self.both("须有", "needs")
                if rule.missing == "refused"
                else self.both("如有则关联", "goes with")
            )
            yield self.both(
                f"- {needed}有效的{named}（`{rule.procedure}`）",
                f"- {needed} a standing {named} (`{rule.procedure}`)",
            )
        if procedure.source:
            zh, en = spoken(procedure.source)
            yield self.both(f"- 依据：{zh}", f"- Source: {en}")

    def _steps(self) -> Iterator[list[str]]:
        flow = self.book.flow
        for number, (name, step) in enumerate(flow.steps.items(), start=1):
            verb = verbs.find(step.verb)
            title = self.words.step(name)
            blocks = "".join(f"{self.words.step(block)} · " for block in reversed(flow.around(name)))
            when = (
                f"<br>{self.both('仅当', 'only if ')}{self.words.condition(step.when)}" if step.when else ""
            )
            ways = [
                f"{self.words.outcome(name, outcome)} → {self.words.target(target)}"
                + (self.both("（到时自动）", " (by the clock)") if verb.outcome(outcome).by_clock else "")
                + (self.both("（系统）", " (by the system)") if verb.outcome(outcome).by_system else "")
                for outcome, target in flow.targets[name].items()
            ]
            what = [self.say(verb.title), *self._to_tick(name)]
            yield [
                str(number),
                f"{blocks}**{title}**{when}",
                self.words.people(step),
                "<br>".join(what),
                "<br>".join(ways),
            ]

    def _to_tick(self, name: str) -> list[str]:
        step = self.book.flow.steps[name]
        told = [f"☐ {self.say(item)}" for item in (step.checklist or {}).values()]
        if step.items:
            told.append(
                self.both(
                    f"☐ 逐项核对{self.words.field(step.items)}", f"☐ each of: {self.words.field(step.items)}"
                )
            )
        if step.signed:
            told.append(self.both("须签名", "signs"))
        if step.by_call:
            told.append(self.both("电话里同意也可以", "by telephone too"))
        if step.ways:
            told.append(self.words.listed(self.say(WAYS[way]) for way in step.ways))
        return told

    def _fields(self) -> Iterator[list[str]]:
        for name, step in self.book.flow.steps.items():
            for asked in step.asks:
                field = self.book.procedure.form[asked]
                notes = [self.say(field.help)] if field.help else []
                notes += self.words.limits(field, {})
                if field.when:
                    notes.append(self.both("仅当", "only if ") + self.words.condition(field.when))
                if not field.required:
                    notes.append(self.both("可不填", "optional"))
                if field.private:
                    notes.append(self.both("保密", "private"))
                yield [
                    self.words.step(name),
                    self.say(field.label),
                    self._kind(field),
                    self.both("；", "; ").join(notes),
                ]

    def _kind(self, field: Field) -> str:
        kind = self.say(FIELD_TYPES[field.type])
        if field.type == "table":
            columns = self.words.listed(self.say(column.label) for column in (field.columns or {}).values())
            return self.both(f"{kind}：{columns}", f"{kind}: {columns}")
        if field.type in ("choice", "choices"):
            return " / ".join(self.say(option) for option in (field.options or {}).values())
        return kind

    def _clocks(self) -> Iterator[list[str]]:
        for clock in self.book.procedure.clocks.values():
            only = (
                f"<br>{self.both('仅当', 'only if ')}{self.words.condition(clock.when)}" if clock.when else ""
            )
            starts = "<br>".join(self.words.trigger(start) for start in clock.starts)
            stops = "<br>".join(self.words.trigger(stop) for stop in clock.ends)
            hears = self.words.posts(clock.late.tell)
            if clock.warn and hears:
                before = self.words.duration(clock.warn)
                hears += self.both(f"（提前{before}提醒）", f" (warned {before} before)")
            if clock.late.step and clock.late.outcome:
                outcome = self.words.ended(clock.late.step, clock.late.outcome)
                ends = f"{self.words.quoted(self.words.step(clock.late.step))} → {outcome}"
                hears = f"{hears}<br>{ends}" if hears else ends
            title = f"**{self.say(clock.title)}**{only}"
            within = "<br>".join((self.words.deadline(clock.due), *self.words.how_it_counts(clock)))
            yield [title, starts, stops, within, hears]

    def _things(self) -> Iterator[str]:
        pack = self.book.pack
        for name, step in self.book.flow.steps.items():
            at = self.words.quoted(self.words.step(name))
            if step.verb == "issue" and step.paper:
                paper = pack.papers[step.paper]
                copies = [c.title for c in paper.copies if step.copies is None or c.id in step.copies]
                told = self.words.listed(self.say(copy) for copy in copies)
                yield self.both(f"{at}：{paper.title.zh}，{told}", f"{at}: {paper.title.en}; {told}")
            if step.book:
                yield self.both(
                    f"系统登入《{pack.books[step.book].title.zh}》",
                    f"The system enters the {pack.books[step.book].title.en}",
                )
            for told in (*(self.words.fee(fee) for fee in step.fees), *self.words.money(step)):
                yield self.both(f"{at}：{told}", f"{at}: {told}")
            for line in step.prices:
                told = self.words.price(pack.prices[line])
                yield self.both(f"{at}，告知价格：{told}", f"{at}, the price is told: {told}")
            if step.authorises:
                who = self.words.named(step.authorises.name)
                matters = ", ".join(f"`{scope}`" for scope in step.authorises.scopes)
                yield self.both(
                    f"{at}：登记{who}的委托，范围 {matters}", f"{at}: authorises {who} for {matters}"
                )
            if step.sends:
                yield f"{at}{self.both('：', ': ')}{self.words.sends(step.sends)}"
            if step.reserves:
                slot, most = self._reserved(step.reserves)
                yield self.both(
                    f"{at}：占用预约时段（{slot}），每段最多 {most}",
                    f"{at}: reserves a slot ({slot}), at most {most} in each",
                )
            if step.allots:
                words = self.words
                place, since, until = (
                    words.named(one) for one in (step.allots.place, step.allots.since, step.allots.until)
                )
                yield self.both(
                    f"{at}：占用{place}，从{since}到{until}",
                    f"{at}: gives {place} from {since} to {until}",
                )
            if step.vacates:
                last = self.words.named(step.vacates)
                yield self.both(f"{at}：占用到{last}为止", f"{at}: what was given ends with {last}")
            if step.holds:
                held, hours = pack.papers[step.holds].title, self._hours(step.hours)
                yield self.both(
                    f"{at}：门岗扫{held.zh}查验" + (f"，{hours}可进入" if hours else ""),
                    f"{at}: the gate scans the {held.en}" + (f"; it lets in {hours}" if hours else ""),
                )
            for gone in step.voids:
                taken = pack.papers[gone].title
                yield self.both(f"{at}：收回的{taken.zh}作废", f"{at}: the {taken.en} is taken back and void")
            for other in step.after_cases:
                yield self.both(f"{at}：`{other}` 须全部办结", f"{at}: every `{other}` case is closed first")
            for to, source in step.amends.items():
                named = self.words.named(source)
                yield self.both(
                    f"{at}：原记录的 `{to}` 改为{named}", f"{at}: `{to}` of the record becomes {named}"
                )
            for place, outcome in step.moves.items():
                yield self.both(f"{at}：`{place}` → `{outcome}`", f"{at}: `{place}` → `{outcome}`")
            if step.starts:
                yield self.both(f"{at}：另起 `{step.starts}`", f"{at}: starts `{step.starts}`")

    def _reserved(self, rule: Reserves) -> tuple[str, str]:
        slot = self.words.named(rule.slot) if "." in rule.slot else self.words.duration(rule.slot)
        most = self.words.named(rule.most) if isinstance(rule.most, str) else str(rule.most)
        return slot, most + (self.both("（每人）", " (for each person)") if rule.each else "")

    def _hours(self, hours: str | None) -> str:
        if not hours:
            return ""
        return self.words.named(hours) if hours.startswith("setting.") else self.say(parse_hours(hours).text)

    def _table(self, title: str, heads: str, rows: Iterator[list[str]]) -> Iterator[str]:
        told = list(rows)
        if told:
            yield from (f"### {title}", "", f"|{heads}|", "|" + "---|" * (heads.count("|") + 1))
            yield from ("|" + "|".join(cell.replace("|", "\\|") for cell in row) + "|" for row in told)
            yield ""

    def _list(self, title: str, items: Iterator[str]) -> Iterator[str]:
        told = list(dict.fromkeys(items))
        if told:
            yield from (f"### {title}", "", *(f"- {item}" for item in told), "")


def index(books: list[Rulebook]) -> str:
    """The list of the procedures' pages of a pack."""
    rows = [
        f"|[{b.procedure.title.zh}]({b.procedure.procedure}.md)|{b.procedure.title.en}|"
        f"{spoken(b.procedure.source or '')[0]}|"
        f"[BPMN 2.0]({b.procedure.procedure}.bpmn)|"
        for b in books
    ]
    title = books[0].pack.header.title
    heads = ["|流程|Procedure|依据 Source|交换 Exchange|", "|---|---|---|---|"]
    return "\n".join([f"# {_both(title)}", "", *heads, *rows]) + "\n"


def _both(text: Text) -> str:
    return f"{text.zh} · {text.en}"
