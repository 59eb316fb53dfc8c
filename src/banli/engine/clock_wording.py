"""Time in words: deadlines, durations, what starts a clock and whom it reminds, in either language."""

from collections.abc import Iterator

from banli.engine.clocks import SAME_DAY, parse_duration
from banli.engine.hours import parse_hours
from banli.engine.procedure import HOLDER, SUPERIOR, Clock, Due, Remind
from banli.engine.text import Text
from banli.engine.wording import Wording

_UNITS = {
    "m": Text(zh="{n} 分钟", en="{n} minutes"),
    "h": Text(zh="{n} 小时", en="{n} hours"),
    "d": Text(zh="{n} 天", en="{n} days"),
    "month": Text(zh="{n} 个月", en="{n} months"),
    SAME_DAY: Text(zh="当天", en="the same day"),
}
#: What happens to a case beside its steps.
_OF_THE_CASE = {
    "opened": Text(zh="立案", en="the case is opened"),
    "begun": Text(zh="别的事引出，等着登记", en="something else began the case, which waits to be entered"),
    "sent_back": Text(zh="主管退回重办", en="a supervisor sends it back"),
    "reopened": Text(zh="办结后重新打开", en="it is opened again after its end"),
}


class ClockWording(Wording):
    """The words of one procedure in one language, with what it says of time."""

    def deadline(self, due: Due) -> str:
        """``{within: 15m}`` → 15 分钟内."""
        begins = due.at or due.end_of
        if begins and due.within:
            after = self.deadline(Due(within=due.within))
            return self.both(f"{self.named(begins)}后{after}", f"{after} after {self.named(begins)}")
        if due.at and due.before:
            early = self._early(due.before)
            return self.both(f"{self.named(due.at)}前{early}", f"{early} before {self.named(due.at)}")
        if due.at:
            return self.both(f"到{self.named(due.at)}为止", f"by {self.named(due.at)}")
        if due.end_of:
            return self.both(
                f"{self.named(due.end_of)}当天 24:00 前", f"until 24:00 of {self.named(due.end_of)}"
            )
        written = due.within or ""
        if not written.startswith("setting."):
            return self._within(written)
        setting = self.book.pack.settings[written.removeprefix("setting.")]
        usual = self._within(str(setting.default))
        return self.both(f"{usual}（本处可另定）", f"{usual} (the office may set it)")

    def _early(self, written: str) -> str:
        """``5m`` → 5 分钟; a setting with its default."""
        if not written.startswith("setting."):
            return self.duration(written)
        usual = self.duration(str(self.book.pack.settings[written.removeprefix("setting.")].default))
        return self.both(f" {usual}（本处可另定）", f"{usual} (the office may set it)")

    def _within(self, written: str) -> str:
        said = self.duration(written)
        return said if written == SAME_DAY else self.both(f"{said}内", f"within {said}")

    def duration(self, written: str) -> str:
        """``15m`` → 15 分钟."""
        much = parse_duration(written)
        said = self.say(_UNITS[much.unit]).format(n=much.number)
        return said.removesuffix("s") if not self.chinese and much.number == 1 else said

    def how_it_counts(self, clock: Clock) -> Iterator[str]:
        """In which hours a clock runs, whom it reminds, who may pause it; that it is waited out."""
        if clock.period:
            yield self.both("到了就结束，不算超时", "waited out: nobody is late")
        if clock.during is not None:
            name = clock.during.removeprefix("setting.")
            setting = self.book.pack.settings.get(name) if name != clock.during else None
            hours = self.say(parse_hours(str(setting.default) if setting else clock.during).text)
            own = self.both("（本处可另定）", " (the office may set it)") if setting else ""
            yield self.both(f"只在{hours}计时{own}", f"counted in {hours} only{own}")
        if clock.unless:
            yield self.besides(clock.unless)
        yield from map(self.reminder, clock.remind)
        if clock.pause:
            posts = self.posts(clock.pause)
            yield self.both(f"{posts}可以写明原因暂停", f"{posts} may pause it, for a reason")

    def besides(self, other: str) -> str:
        """``unless: feedback`` → “答复业户”还在计时的，不另计."""
        title = self.quoted(self.say(self.book.procedure.clocks[other].title))
        return self.both(f"{title}还在计时的，不另计", f"not while {title} still runs")

    def reminder(self, one: Remind) -> str:
        """``{after: 2h, tell: superior}`` → 超时 2 小时还没办的，告知其上级."""
        own = {
            HOLDER: self.both("轮到的人", "whoever it waits for"), SUPERIOR: self.both("其上级", "their superior"),
        }  # fmt: skip
        hears = self.listed(own.get(post) or self.posts((post,)) for post in one.tell)
        time = self.duration(one.before or one.after or "")
        if one.before:
            return self.both(f"提前{time}提醒{hears}", f"{hears}: reminded {time} before")
        return self.both(f"超时{time}还没办的，告知{hears}", f"{hears}: told when it is {time} late")

    def trigger(self, name: str) -> str:
        """``sign.done`` → “办证人签名”办完."""
        step, _, what = name.partition(".")
        if not what:
            return _OF_THE_CASE[name].zh if self.chinese else _OF_THE_CASE[name].en
        quoted = self.quoted(self.step(step))
        if what == "opened":
            return self.both(f"轮到{quoted}", f"{quoted} begins to wait")
        if what == "done":
            return self.both(f"{quoted}办完", f"{quoted} is done")
        outcome = self.quoted(self.ended(step, what))
        return self.both(f"{quoted}得出{outcome}", f"{quoted} ends with {outcome}")

    def clock(self, clock: Clock) -> str:
        """A clock in one line: its title and its deadline."""
        return self.both(f"{self.say(clock.title)}：", f"{self.say(clock.title)}: ") + self.deadline(
            clock.due
        )
