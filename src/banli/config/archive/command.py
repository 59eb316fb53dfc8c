"""`banli archive --estate NAME FILE.zip`: an estate's whole record, to be kept or handed over."""

import argparse
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import IO

from django.db import connection, transaction
from django.db.models import QuerySet
from django.template import Context
from django.utils import timezone, translation

from banli.cases import attachments
from banli.cases.models import Attachment
from banli.config.backup.failures import BackupFailure
from banli.config.failures import say
from banli.config.new_file import written
from banli.engine.refusals import Refusal
from banli.estate import scans
from banli.estate.contracts.pages import pages_of
from banli.estate.models import Estate, LetterScan
from banli.journal.vault import VaultError
from banli.papers.files import file_for
from banli.papers.models import Paper, PaperFile
from banli.people.actions import record
from banli.people.models import Staff
from banli.routines.actions import picture
from banli.routines.models import RoundPhoto

from . import homes, tables
from .bundle import Bundle, bundled

_ENDINGS = {"image/png": "png", "image/jpeg": "jpg", "application/pdf": "pdf"}


def main(argv: list[str]) -> int:
    """Write the archive beside FILE, and give it its name when it is whole."""
    asked = _parser().parse_args(argv[1:])
    estate = _estate(asked.estate)
    target = Path(asked.file).absolute()
    with written(target) as out, translation.override("zh-hans"):
        count = archive(estate, out)
    say(f"已写入 {target}：{count:,} 个文件", f"Written to {target}: {count:,} files")
    return 0


def archive(
    estate: Estate, out: IO[bytes], by: Staff | None = None, told: Callable[[], None] | None = None
) -> int:
    """Write everything of an estate as it is at one moment; how many members. That it was taken is journalled first.

    ``by``: for whom, where it was asked for on a screen; ``told``: called with each copy that is printed
    first, and with each member that is written.
    """
    _print_what_waits(estate, told)
    record(estate_id=estate.pk, kind="export", body={"export": "archive"}, by=by)
    outermost = not connection.in_atomic_block
    with transaction.atomic(), bundled(out, told) as bundle:
        if outermost:  # one moment for every table
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        _write(bundle, estate)
        count = len(bundle.hashes)
    return count


def _write(bundle: Bundle, estate: Estate) -> None:
    say("单据", "Papers")
    papers = _papers(bundle, estate)
    say("照片和签名", "Pictures and signatures")
    pictures = _pictures(bundle, estate)
    _photographs(bundle, estate)
    say("房屋", "Homes")
    shown, progress = [], _Progress()
    for unit, page in homes.pages(estate, papers, pictures):
        bundle.add(homes.href(unit), page)
        shown.append((unit.key, homes.href(unit)))
        progress.tick()
    counts = []
    for model in tables.tables():
        say(f"数据表 {model._meta.db_table}", f"Table {model._meta.db_table}")
        title = str(model._meta.verbose_name)
        counts.append((model._meta.db_table, title, tables.write(bundle, model, estate)))
    told = {
        "estate": estate, "at": timezone.localtime(), "version": _version(), "homes": shown, "tables": counts,
        "left_out": [*tables.LEFT_OUT.items(), *tables.WITHHELD.items()],
    }  # fmt: skip
    bundle.add("index.html", homes.page("index.html").render(Context(told)).encode())
    bundle.add("style.css", (homes.PAGES / "style.css").read_bytes())


def never_printed(estate: Estate) -> QuerySet[Paper]:
    """The papers of which no copy was ever made."""
    return Paper.objects.filter(estate=estate, files__isnull=True).select_related("form", "estate")


def _print_what_waits(estate: Estate, told: Callable[[], None] | None) -> None:
    """Papers that were never printed are made now, in all their copies; one that cannot be is named and left out."""
    for paper in never_printed(estate):
        try:
            for copy in paper.copies:
                file_for(paper, copy)
                if told is not None:
                    told()
        except Refusal as why:
            print(f"{paper.number}: {why}", file=sys.stderr)


def _papers(bundle: Bundle, estate: Estate) -> dict[int, list[tuple[str, str]]]:
    """Every printed copy as it went out. Case → name and place of each."""
    told: dict[int, list[tuple[str, str]]] = defaultdict(list)
    progress = _Progress()
    for file in (
        PaperFile.objects.filter(paper__estate=estate).select_related("paper").order_by("pk").iterator(50)
    ):
        paper = file.paper
        place = f"papers/{paper.kind}/{paper.number}-{file.copy}-{file.print_number}.pdf"
        bundle.add(place, bytes(file.pdf))
        told[paper.case_id].append((f"{paper.number} {file.copy}", place))
        progress.tick()
    return told


def _pictures(bundle: Bundle, estate: Estate) -> dict[tuple[int, str], str]:
    """Every picture and signature in clear; one that was erased is not there."""
    told: dict[tuple[int, str], str] = {}
    progress = _Progress()
    kept = Attachment.objects.filter(case__estate=estate).select_related("case").order_by("pk")
    for one in kept.iterator(50):
        try:
            content = attachments.content(one, one.case)
        except VaultError:
            continue
        place = f"attachments/{one.case_id}/{one.sha256}.{_ENDINGS.get(one.media_type, 'bin')}"
        bundle.add(place, content)
        told[one.case_id, one.sha256] = place
        progress.tick()
    return told


def _photographs(bundle: Bundle, estate: Estate) -> None:
    """What was photographed on rounds, letters of authority, pages of contracts."""
    for one in RoundPhoto.objects.filter(round__estate=estate).order_by("pk").iterator(50):
        bundle.add(f"rounds/{one.round_id}/{one.sha256}.jpg", picture(one))
    for scan in LetterScan.objects.filter(authority__estate=estate).order_by("pk").iterator(50):
        try:
            bundle.add(f"letters/{scan.authority_id}/{scan.sha256}.jpg", scans.content(scan))
        except VaultError:
            continue  # erased
    for name, page in pages_of(contract__estate=estate):
        bundle.add(name, page)


def _estate(named: str) -> Estate:
    found = list(Estate.objects.filter(code=named)) or list(Estate.objects.filter(name=named))
    if len(found) != 1:
        raise BackupFailure(
            f"没有短码或名称是“{named}”的小区，见 banli estate list。",
            f"No estate has the code or the name “{named}”; see banli estate list.",
        )
    return found[0]


def _version() -> str:
    try:
        return version("banli")
    except PackageNotFoundError:
        return ""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="banli archive", description="一个小区的全部资料，不用 Banli 也能看 / an estate's whole record"
    )
    parser.add_argument("--estate", required=True, help="小区短码或名称 / the estate's code or name")
    parser.add_argument("file", help="要写的 .zip / the file to write")
    return parser


class _Progress:
    """How many were written, on a terminal; nothing where nobody watches."""

    PAUSE = 0.5  # seconds

    def __init__(self) -> None:
        self.count, self.shown, self.watched = 0, time.monotonic(), sys.stderr.isatty()

    def tick(self) -> None:
        self.count += 1
        if self.watched and time.monotonic() - self.shown >= self.PAUSE:
            self.shown = time.monotonic()
            sys.stderr.write(f"\r\033[K… {self.count:,}\r")
            sys.stderr.flush()
