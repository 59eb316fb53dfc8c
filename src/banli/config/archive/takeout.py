"""The worker's part of an archive that was asked for on a screen: the same archive as the command's, then locked.

What is in clear never has a name on the disk: it is one unnamed file, which is gone with the process, however that
ends. What is kept is locked under the passphrase.
"""

import hashlib
import logging
import tempfile
import threading
from collections.abc import Iterator

from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone, translation

from banli.cases.models import Attachment
from banli.estate.contracts.models import ContractPage
from banli.estate.models import Estate, LetterScan, Unit
from banli.estate.takeout import actions
from banli.estate.takeout.models import Takeout
from banli.papers.models import PaperFile
from banli.routines.models import RoundPhoto

from . import tables
from .command import archive, never_printed
from .locked import locked

PIECE = 1024 * 1024  # bytes of a row
PAUSE = 1.0  # seconds between two words of how far it is
log = logging.getLogger("banli.archive")


def go_on(takeout_id: int) -> None:
    """Make an archive that was asked for. Safe to run twice; begun again where a worker was killed over it."""
    try:
        make(takeout_id)
    except (OperationalError, InterfaceError):
        raise  # the database is away: the job is tried again
    except Exception:
        log.exception("archive %s cannot be made", takeout_id)
        actions.fail(takeout_id)


def make(takeout_id: int) -> None:
    """One worker at a time: a second that takes it on meanwhile finds it in hand, and leaves it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [f"takeout/{takeout_id}"])
        if not cursor.fetchone()[0]:
            return
    try:
        asked = Takeout.objects.select_related("estate").get(pk=takeout_id)
        takeout = actions.begin(takeout_id, about(asked.estate))
        if takeout is not None:
            _make(takeout)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [f"takeout/{takeout_id}"])


def _make(takeout: Takeout) -> None:
    secret, estate = str(takeout.passphrase), takeout.estate
    with tempfile.TemporaryFile() as clear, _Watch(takeout.pk) as watch, translation.override("zh-hans"):
        archive(estate, clear, by=takeout.asked_by, told=watch.count)
        size = clear.tell()
        clear.seek(0)
        seen = hashlib.sha256()
        name = f"{estate.code}.zip"
        pieces = locked(clear, size, name, secret, timezone.localtime())
        actions.finish(takeout, _in_rows(pieces, seen), seen)


def about(estate: Estate) -> int:
    """How many files it will come to, about; a copy that was never printed is made first, and counts twice."""
    counted = (
        Unit.objects.filter(estate=estate), PaperFile.objects.filter(paper__estate=estate),
        Attachment.objects.filter(case__estate=estate), RoundPhoto.objects.filter(round__estate=estate),
        LetterScan.objects.filter(authority__estate=estate), ContractPage.objects.filter(contract__estate=estate),
    )  # fmt: skip
    waits = sum(len(paper.copies) for paper in never_printed(estate))
    return sum(one.count() for one in counted) + 2 * waits + 2 * len(tables.tables())


def _in_rows(pieces: Iterator[bytes], seen: "hashlib._Hash") -> Iterator[bytes]:
    held = bytearray()
    for piece in pieces:
        seen.update(piece)
        held += piece
        while len(held) >= PIECE:
            yield bytes(held[:PIECE])
            del held[:PIECE]
    yield bytes(held)


class _Watch:
    """Says how far it is, by a connection of its own: the archive's reads the database as it was at one moment."""

    def __init__(self, pk: int) -> None:
        self.pk, self.number, self.over = pk, 0, threading.Event()
        self.thread = threading.Thread(target=self._say, daemon=True)

    def count(self) -> None:
        self.number += 1

    def __enter__(self) -> "_Watch":
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self.thread.join()

    def _say(self) -> None:
        try:
            while not self.over.wait(PAUSE):
                Takeout.objects.filter(pk=self.pk, state=Takeout.State.MAKING).update(done=self.number)
        finally:
            connection.close()
