"""The books on the screen, on paper, and as a spreadsheet."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from banli.journal.actions import append
from banli.people.access import Desk, desk_for
from banli.registers import queries
from banli.registers.models import RegisterRow
from banli.web import spreadsheet, states
from banli.web.context import estate_name
from banli.web.markup import escaped
from banli.web.templatetags.say import say

from .. import books, paging
from ..filters import Narrowing

PAGE = 50
#: So many rows go on paper at once; for more, a shorter period.
LONGEST_PRINT = 2000
#: A cell this wide at most, in Latin letters, stands on one line: on paper, on the screen.
SHORT, BRIEF = 12, 20
STATUSES = ("open", "done", "rejected", "not_done", "withdrawn", "expired")


@login_required
@require_GET
@never_cache
def registers(request: HttpRequest) -> HttpResponse:
    """Every book one may read, with how much is in it."""
    desk = desk_for(request)
    readable = books.readable(desk)
    tallies = queries.tallies(desk.estate.pk, (book.name for book in readable))
    context = {"books": [(book, tallies.get(book.name)) for book in readable]}
    return render(request, "desk/registers.html", context)


@login_required
@require_GET
@never_cache
def register(request: HttpRequest, book: str) -> HttpResponse:
    """One book, newest first; with ``view=print`` the whole of what was asked for, as a table for paper."""
    desk = desk_for(request)
    found, asked = books.book_for(desk, book), Narrowing(request.GET, statuses=STATUSES)
    if request.GET.get("view") == "print" and asked.is_valid():
        return _printed(request, desk, found, asked)
    before, rows = paging.place(request.GET.get("before", "")), []
    if asked.is_valid():
        rows = list(_rows(desk, found, asked, before=before, limit=PAGE + 1))
    shown, more = rows[:PAGE], len(rows) > PAGE
    context = {
        "book": found,
        "filter": asked,
        "columns": found.columns,
        "lines": _lines(found, shown),
        "next": asked.query(before=paging.written(shown[-1].entered_at, shown[-1].pk)) if more else "",
        "statuses": _statuses(asked),
        "narrowed": asked.is_valid() and asked.narrowed,
        "query": asked.query(),
        "print_query": asked.query(view="print"),
    }
    return render(request, "desk/register.html", context, status=200 if asked.is_valid() else 422)


@login_required
@require_GET
@never_cache
def register_export(request: HttpRequest, book: str) -> HttpResponseBase:
    """The rows of the register's page as .xlsx. Journalled before the file is handed out."""
    desk = desk_for(request)
    found, asked = books.book_for(desk, book), Narrowing(request.GET, statuses=STATUSES)
    if not asked.is_valid():
        return register(request, book=book)
    rows = _rows(desk, found, asked).iterator(chunk_size=2000)
    own = [] if found.says_when else [_("登记时间")]
    columns = [*(say(title) for _name, title in found.columns), *own, _("状态")]
    written = spreadsheet.write(
        spreadsheet.Sheet(
            name=say(found.book.title),
            title=" · ".join([estate_name(desk.estate), say(found.book.title), *_told(asked)]),
            columns=columns,
            rows=([*_cells(found, row), *([_local(row)] if own else []), _standing(row)] for row in rows),
        )
    )
    append(
        estate_id=desk.estate.pk, stream=f"estate/{desk.estate.pk}", kind="export", by=desk.staff,
        body={
            "book": found.name, "rows": written.rows, "since": asked.data.get("since", ""),
            "until": asked.data.get("until", ""), "status": asked.standing,
            "by_words": bool(asked.words),  # not the words: they may name somebody, and the journal forgets nothing
        },
        **_acting(desk, found),
    )  # fmt: skip
    name = f"{say(found.book.title)} {estate_name(desk.estate)} {timezone.localdate()}.xlsx"
    return FileResponse(written.file, as_attachment=True, filename=name)


def _printed(request: HttpRequest, desk: Desk, found: books.OpenBook, asked: Narrowing) -> HttpResponse:
    rows = list(_rows(desk, found, asked, limit=LONGEST_PRINT + 1))
    context = {
        "book": found,
        "columns": found.columns,
        "lines": _lines(found, rows[:LONGEST_PRINT]),
        "cut": LONGEST_PRINT if len(rows) > LONGEST_PRINT else 0,
        "told": _told(asked),
        "back": asked.query() or "?",
        "now": timezone.now(),
    }
    return render(request, "desk/register_print.html", context)


def _rows(desk: Desk, found: books.OpenBook, asked: Narrowing, **more: Any) -> Any:
    return queries.rows(
        estate_id=desk.estate.pk, book=found.name, start=asked.start, end=asked.end, words=asked.words,
        status=asked.standing, **more,
    )  # fmt: skip


def _lines(found: books.OpenBook, rows: list[RegisterRow]) -> list[dict[str, Any]]:
    titles = [mark_safe(escaped(say(title))) for _name, title in found.columns]
    lines = []
    for row in rows:
        cells = [
            {"title": title, "value": value, "look": _look(value)}
            for title, value in zip(titles, _cells(found, row), strict=True)
        ]
        lines.append(
            {
                "row": row,
                "first": cells[0],
                "rest": cells[1:],
                "entered": _local(row),
                "standing": _standing(row),
            }
        )
    return lines


def _look(value: str | int) -> str:
    """How a cell stands in the table: what is short is not broken in two."""
    if value == "":
        return "blank"
    width = spreadsheet.breadth(str(value))
    return "short" if width <= SHORT else "brief" if width <= BRIEF else ""


def _cells(found: books.OpenBook, row: RegisterRow) -> list[str | int]:
    return [books.cell(row.cells.get(name), joined=name in found.joined) for name, _title in found.columns]


def _local(row: RegisterRow) -> str:
    return timezone.localtime(row.entered_at).strftime("%Y-%m-%d %H:%M")


def _standing(row: RegisterRow) -> str:
    """How the case stands; of a row that came into a closed month, or was entered afterwards, that too."""
    label = str(states.named(row.status).label)
    label = _("%(status)s（补登）") % {"status": label} if row.late else label
    if row.back_entered_at is None:
        return label
    at = timezone.localtime(row.back_entered_at).strftime("%Y-%m-%d %H:%M")
    return _("%(status)s（%(at)s 补录）") % {"status": label, "at": at}


def _told(asked: Narrowing) -> list[str]:
    """What was asked for, in words: it stands on the paper and in the spreadsheet."""
    since, until = asked.data.get("since", ""), asked.data.get("until", "")
    told = []
    if since or until:
        told.append(_("%(since)s 至 %(until)s") % {"since": since or "…", "until": until or "…"})
    if asked.standing:
        told.append(str(states.named(asked.standing).label))
    if asked.words:
        told.append(_("含“%(words)s”") % {"words": asked.words})
    return told or [_("全部")]


def _acting(desk: Desk, found: books.OpenBook) -> dict[str, Any]:
    acting = desk.acting_as(*sorted(found.posts))
    return {"post": acting.post, "deputy_for": acting.deputy_for} if acting else {}


def _statuses(asked: Narrowing) -> list[dict[str, Any]]:
    chosen = asked.data.get("status", "")
    return [
        {
            "title": str(states.named(name).label) if name else _("全部"),
            "url": asked.query(status=name) or "?",
            "current": name == chosen,
        }
        for name in ("", *STATUSES)
    ]
