"""What is sure to be there when the year ends: something that waits for every post, and every way a case can go."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from itertools import cycle

from .accounts import NetworkChange, NetworkOpening, Opening
from .carrying import Carrying, GoodsRelease, OfficeGoods
from .complaints import Communication, Complaint
from .homes import Home, People
from .orders import Order
from .renovations import Renovation, WorkerCards, new_renovation
from .services import Cleaning, Repair
from .sites import AdditionalItem, HotWork
from .story import LEFT, WITHDRAW, Story
from .violations import Violation
from .visits import LEADS, Call, Visitor
from .works import Works

#: (what, the step it waits at, workdays before the end it began)
TO_DO: tuple[tuple[type[Story], str, int], ...] = (
    (Complaint, "judge", 1), (Complaint, "handle", 2), (Complaint, "paused", 3), (Complaint, "close", 3),
    (Complaint, "follow_up", 1), (Communication, "classify", 1), (Communication, "follow_up", 1),
    (Order, "take", 1), (Order, "work", 2), (Order, "check", 1), (Order, "tell", 1),
)  # fmt: skip
#: (what, a step, how it ends the first time, workdays before the end it began)
CERTAIN: tuple[tuple[type[Story], str, str, int], ...] = (
    (Complaint, "judge", "rejected", 13), (Complaint, "follow_up", "dissatisfied", 15),
    (Complaint, "follow_up", "later", 9), (Communication, "classify", "rejected", 14),
    (Communication, "follow_up", "dissatisfied", 16), (Communication, "answer", "not_agreed", 17),
    (Repair, "follow_up", "complains", 10), (Repair, "follow_up", "no_answer", 5),
    (Visitor, "confirm", "not_agreed", 6), (Visitor, "come_in", LEFT, 6), (Visitor, "go_out", LEFT, 2),
    (Order, "take", "returned", 12), (Order, "work", "unfinished", 11), (Order, "check", "failed", 8),
    (Order, "send", WITHDRAW, 7),
)  # fmt: skip


def waiting(
    homes: list[Home], everybody: list[Home], people: People, until: datetime
) -> Iterator[tuple[datetime, Story]]:
    """What waits at the end of the year: for every post something, some of it late, permits about to end.

    ``homes``: each is taken once. ``everybody``: of these any.
    """
    others = cycle(everybody)
    stories: list[Story] = [*_renovations_now(homes, people, until)]
    for make, stop, back in (
        (AdditionalItem, "review", 1), (AdditionalItem, "approve", 2), (AdditionalItem, "issue", 3),
        (HotWork, "engineering", 1), (HotWork, "safety", 1), (HotWork, "approve", 1), (HotWork, "seal", 1),
        (HotWork, "issue", 1), (HotWork, "after_check", 4), (Opening, "connect", 3), (Opening, "connect", 9),
        (Opening, "activate", 5), (NetworkOpening, "pay", 1), (NetworkOpening, "issue", 1), (NetworkOpening, "mail", 1),
        (Violation, "correct", 2),
        (NetworkChange, "mail", 5), (NetworkChange, "issue", 1), (Cleaning, "finish", 4), (Repair, "follow_up", 1),
    ):  # fmt: skip
        stories.append(make(homes.pop(), stop=stop, back=back))
    for stop in ("review", "approve", "check"):
        stories.append(Carrying(homes.pop(), building=True, stop=stop, back=1 if stop != "check" else 3))
    for told, step, outcome in (
        (GoodsRelease, "seal", WITHDRAW), (GoodsRelease, "gate", LEFT), (OfficeGoods, "head_signs", "returned"),
        (AdditionalItem, "review", "rejected"),
        (AdditionalItem, "review", "agreed"), (Cleaning, "agree", "refused"), (HotWork, "safety", "rejected"),
        (HotWork, "ready", "passed"), (Opening, "connect", WITHDRAW),
        (Violation, "serve", "refused"),
    ):  # fmt: skip
        stories.append(told(homes.pop(), sure=(step, outcome), back=12))
    stories += [make(next(others), stop=stop, back=back) for make, stop, back in TO_DO]
    stories += [make(next(others), sure=(step, outcome), back=back) for make, step, outcome, back in CERTAIN]
    stories += [Call(next(others), leads=leads, back=7 + n) for n, leads in enumerate(LEADS)]
    twice = Repair(next(others), back=9)
    twice.twice = True
    for story in (*stories, twice):
        moment = story.opens(until)
        assert moment is not None
        yield moment, story


def _renovations_now(homes: list[Home], people: People, until: datetime) -> Iterator[Renovation]:
    """Renovations at each of their stages, and works whose time is nearly over, or over."""
    for stop, back in (
        ("documents", 1),
        ("review", 1),
        ("approve", 5),
        ("pay", 7),
        ("seal", 8),
        ("permit", 8),
    ):
        yield new_renovation(homes.pop(), people, days=60, stop=stop, back=back)
    cards = [partial(_cards, stop=stop) for stop in ("pay", "stamp", "hand_over")]
    for ends, over, stop, more in (
        (2, 3, "", cards),
        (-2, 3, "", []),
        (-1, 1, "inspect", []),
        (-9, 0, "refund", []),
    ):
        made = new_renovation(homes.pop(), people, days=50, over=over, stop=stop, children=more)
        made.opened = until + timedelta(days=ends - 55)
        yield made
    for stop, back in (("review", 1), ("approve", 3), ("pay", 5), ("", 8)):
        made = new_renovation(homes.pop(), people, days=40, over=20, extension=(stop, back))
        made.opened = until + timedelta(days=3 - 45)
        yield made


def _cards(works: Works, stop: str) -> Story:
    return WorkerCards(works, stop=stop, back=1 if stop == "pay" else 2)
