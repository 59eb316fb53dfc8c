"""The figures once more, from an exported event log alone: another way, which knows neither tables nor SQL."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from banli.figures.period import Period


class Reckoned:
    """What a log says of a period. ``now`` decides which clocks are late."""

    def __init__(self, log: Mapping[str, Any], period: Period, now: datetime) -> None:
        self.period, self.now = period, now
        self.opened: dict[str, int] = defaultdict(int)
        self.ended: dict[tuple[str, str], int] = defaultdict(int)
        self.lengths: dict[tuple[str, str], list[float]] = defaultdict(list)
        self.clocks: dict[tuple[str, str, str], int] = defaultdict(int)
        self.ends: dict[tuple[str, str, str], int] = defaultdict(int)
        self.passed: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
        self.entered: dict[tuple[str, str, str], int] = defaultdict(int)
        procedures = {one["id"]: one["type"] for one in log["objects"]}
        lives: dict[str, list[tuple[datetime, str, dict[str, Any]]]] = defaultdict(list)
        for event in log["events"]:
            told = {one["name"]: one["value"] for one in event["attributes"]}
            lives[event["relationships"][0]["objectId"]].append((at(event["time"]), event["type"], told))
        for case, life in lives.items():
            self._case(procedures[case], life)

    def _case(self, procedure: str, life: list[tuple[datetime, str, dict[str, Any]]]) -> None:
        over: tuple[datetime, str] | None = None
        waiting: dict[tuple[str, Any], datetime] = {}
        running: dict[tuple[str, Any], datetime] = {}
        written: set[tuple[str, Any]] = set()
        straight = True
        for moment, kind, told in life:
            self._counted(procedure, moment, kind, told, written)
            straight = straight and told.get("outcome") != "returned"
            what, place = kind.rpartition(".")[2], (told.get("step", ""), told.get("branch"))
            ticking = (told.get("clock", ""), told.get("branch"))
            if kind == "opened" and self._within(moment):
                self.opened[procedure] += 1
            elif kind == "ended":
                over = (moment, told["end"])
            elif kind == "reopened":
                if over is not None and self._within(moment) and moment - over[0] < timedelta(days=7):
                    self.passed[procedure][2] += 1
                over = None
            elif "clock" in told:
                if what == "stopped":
                    running.pop(ticking, None)
                    if self._within(moment):
                        self.clocks[procedure, told["clock"], "late" if told.get("late") else "in_time"] += 1
                elif "due" in told:
                    running[ticking] = at(told["due"])
            elif what == "opened":
                waiting[place] = moment
            elif what == "cancelled":
                waiting.pop(place, None)
            elif (
                place in waiting
                and kind == f"{told['step']}.{told.get('outcome')}"
                and told["outcome"] not in TRIES
            ):
                since = waiting.pop(place)
                if self._within(moment) and moment > since:
                    self.lengths[procedure, told["step"]].append((moment - since).total_seconds())
        if over is not None and self._within(over[0]):
            self.ended[procedure, over[1]] += 1
            if over[1] == "done":
                self.passed[procedure][0] += 1
                self.passed[procedure][1] += straight
        for (clock, _branch), due in running.items():
            if self._within(due) and due < self.now:
                self.clocks[procedure, clock, "running_late"] += 1

    def _counted(
        self, procedure: str, moment: datetime, kind: str, told: dict[str, Any], written: set[tuple[str, Any]]
    ) -> None:
        """How steps were reached and ended, one by one; and a book's rows, each once."""
        what = kind.rpartition(".")[2]
        if "step" in told and (what == "opened" or what == told.get("outcome")) and self._within(moment):
            self.ends[procedure, told["step"], what] += 1
        if "book" in told and (told["book"], told.get("branch")) not in written:
            written.add((told["book"], told.get("branch")))
            if self._within(moment):
                month = moment.astimezone(self.period.start.tzinfo).strftime("%Y-%m")
                self.entered[told["book"], procedure, month] += 1

    def _within(self, moment: datetime) -> bool:
        return self.period.start <= moment < self.period.end

    def steps(self) -> dict[tuple[str, str], tuple[int, float, float]]:
        return {key: (len(told), share(told, 0.5), share(told, 0.9)) for key, told in self.lengths.items()}


#: Outcomes after which a step stays open.
TRIES = {"no_answer", "later", "nobody"}


def at(told: str) -> datetime:
    return datetime.fromisoformat(told.replace("Z", "+00:00"))


def share(values: list[float], part: float) -> float:
    """The value below which this part of all lies, between its neighbours in proportion."""
    ordered, place = sorted(values), (len(values) - 1) * part
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)
