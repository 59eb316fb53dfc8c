"""The counter: one box for everything; one screen per home."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from banli.cases import queries
from banli.estate.access import FILE_POSTS, READ_POSTS, UNMASK_POSTS, unit_for
from banli.estate.views import FIELD_LABELS
from banli.people.access import desk_for, estates_of, require_post
from banli.people.views import whole_number

from .. import access, due, matter
from ..cards import done_today
from ..search import look_up
from ..shelves import begun, without_home
from ..unit_sheet import past_cases, unit_sheet

WAITING_SHOWN = 5


@login_required
@require_GET
def counter(request: HttpRequest) -> HttpResponse:
    """The search box with what waits below it. A text that can mean one thing only leads straight there."""
    if not estates_of(request.user):  # type: ignore[arg-type]  # login_required has seen to it
        return redirect("desk:start")  # which says so
    desk = desk_for(request)
    if not access.at_counter(desk):
        return redirect("desk:inbox")
    text = request.GET.get("q", "")
    found = look_up(desk, text) if text.strip() else None
    if request.headers.get("HX-Request"):
        return render(request, "desk/_found.html", {"found": found, "may_file": desk.holds(*FILE_POSTS)})
    if found is not None and found.only:
        return redirect(found.only)
    now = timezone.now()
    context = {
        "found": found,
        "text": found.text if found else "",
        "may_file": desk.holds(*FILE_POSTS),
        "matters": without_home(begun(desk)),
        "waiting": [
            (
                one,
                due.of_task(one.book, one.case.clocks, one.task.step, one.task.branch, now),
                matter.of_row(one.task, one.book),
            )
            for one in queries.inbox(desk, limit=WAITING_SHOWN)
        ],
        "waiting_count": queries.inbox_count(desk),
        "done": done_today(desk),
    }
    return render(request, "desk/counter.html", context)


@login_required
@require_GET
def unit(request: HttpRequest, pk: int) -> HttpResponse:
    """One home: who lives there, what is going on, what may be begun."""
    desk = desk_for(request)
    require_post(desk, *READ_POSTS)
    home = unit_for(desk, pk)
    before = request.GET.get("before")
    past, following = past_cases(home, whole_number(before) if before else None)
    history = {"past": past, "next": f"?before={following}" if following else ""}
    if before and request.headers.get("HX-Request"):
        return render(request, "desk/_past.html", {"unit": home, **history})
    person = request.GET.get("person", "")
    sheet = unit_sheet(desk, home)
    chosen = [r.occupancy.pk for r in sheet.resident.people if str(r.person.pk) == person]
    context = {
        "unit": home,
        "sheet": sheet,
        "chosen": chosen[0] if chosen else None,
        "may_file": desk.holds(*FILE_POSTS),
        "may_unmask": desk.holds(*UNMASK_POSTS),
        "labels": FIELD_LABELS,
        **history,
    }
    return render(request, "desk/unit.html", context)
