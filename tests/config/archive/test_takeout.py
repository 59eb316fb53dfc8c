"""Everything out, from a screen: locked under a passphrase that nobody keeps, fetched once, gone after its time."""

import hashlib
import hmac
import io
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from zipfile import ZipFile

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from banli.cases.audit import CHECKS
from banli.config.archive import takeout as worker
from banli.config.archive.command import archive
from banli.config.archive.locked import locked
from banli.engine.refusals import Refusal
from banli.estate.takeout import actions
from banli.estate.takeout.models import Takeout, TakeoutPart
from banli.journal.models import Entry
from banli.papers.models import Paper
from tests.desk.at_the_desk import at, give_telephone, issued, key, text
from tests.office import Office

SECRET = "horse-Battery 9!staple"


def asked(office: Office) -> Takeout:
    sent = {"reason": "物业交接", "first": SECRET, "second": SECRET, "key": key()}
    answer = at(office, "chen").post("/takeouts/", sent)
    assert answer.status_code == 302, text(answer)
    return Takeout.objects.get()


def made(office: Office) -> Takeout:
    takeout = asked(office)
    worker.go_on(takeout.pk)
    takeout.refresh_from_db()
    assert takeout.state == "ready"
    return takeout


def fetched(office: Office, takeout: Takeout, who: str = "chen") -> Any:
    return at(office, who).post(f"/takeouts/{takeout.pk}/content/", {"key": key()})


def opened(content: bytes, passphrase: str) -> bytes:
    """The one member of a locked zip, by another way than it was made: block by block."""
    (member,) = ZipFile(io.BytesIO(content)).infolist()
    assert member.compress_type == 99 and member.flag_bits & 1
    begins = member.header_offset + 30 + len(member.filename)
    begins += int.from_bytes(content[member.header_offset + 28 :][:2], "little")
    body = content[begins : begins + member.compress_size]
    keys = hashlib.pbkdf2_hmac("sha1", passphrase.encode(), body[:16], 1000, 66)
    assert keys[64:] == body[16:18], "the passphrase is wrong"
    sealed = body[18:-10]
    assert hmac.digest(keys[32:64], sealed, "sha1")[:10] == body[-10:]
    block = Cipher(algorithms.AES(keys[:32]), modes.ECB()).encryptor()
    told = bytearray()
    for number, start in enumerate(range(0, len(sealed), 16), 1):
        pad = block.update(number.to_bytes(16, "little"))
        told += bytes(a ^ b for a, b in zip(sealed[start : start + 16], pad, strict=False))
    assert len(told) == member.file_size
    return bytes(told)


def kinds() -> list[str]:
    told = Entry.objects.filter(kind__startswith="takeout") | Entry.objects.filter(kind="export")
    return list(told.order_by("seq").values_list("kind", flat=True))


@pytest.mark.parametrize("size", [0, 1, 16, 4095, 256 * 1024, 256 * 1024 + 5])
def test_what_is_locked_opens_with_the_passphrase_alone(size: int) -> None:
    content = bytes(range(256)) * (size // 256 + 1)
    pieces = list(locked(io.BytesIO(content[:size]), size, "a.zip", SECRET, timezone.localtime()))
    assert opened(b"".join(pieces), SECRET) == content[:size]
    with pytest.raises(AssertionError):
        opened(b"".join(pieces), SECRET + "x")


def test_the_director_is_given_everything_once(office: Office) -> None:
    give_telephone(office, office.owner)
    takeout = made(office)
    assert "可以下载" in text(at(office, "chen").get(f"/takeouts/{takeout.pk}/"))
    answer = fetched(office, takeout)
    content = answer.getvalue()
    assert answer["Content-Type"] == "application/zip" and int(answer["Content-Length"]) == len(content)
    assert hashlib.sha256(content).hexdigest() == takeout.sha256
    inside = ZipFile(io.BytesIO(opened(content, SECRET)))
    assert {"index.html", "manifest.sha256", "data/estate_person.csv"} <= set(inside.namelist())
    assert "13800571500" in inside.read("data/estate_person.csv").decode("utf-8-sig")
    assert not any("takeoutpart" in name for name in inside.namelist())
    assert not TakeoutPart.objects.exists()
    again = fetched(office, takeout)
    assert again.status_code == 409 and "只能下载一次" in text(again)
    assert kinds() == ["takeout_asked", "export", "takeout_made", "takeout_fetched"]
    assert Entry.objects.get(kind="export").actor_id == office.staff("chen").pk
    assert [str(one) for check in CHECKS.values() for one in check()] == []


def test_the_passphrase_is_kept_sealed_and_no_longer_than_it_is_needed(office: Office) -> None:
    takeout = asked(office)
    with connection.cursor() as cursor:
        cursor.execute("SELECT passphrase FROM estate_takeout")
        assert cursor.fetchone()[0].startswith("v1.")
        cursor.execute("SELECT args::text FROM procrastinate_jobs")
        assert all(SECRET not in told for (told,) in cursor.fetchall())
    worker.go_on(takeout.pk)
    with connection.cursor() as cursor:
        cursor.execute("SELECT passphrase, length(vault_salt) FROM estate_takeout")
        assert cursor.fetchone() == ("", 0)
    assert all(SECRET not in str(body) for body in Entry.objects.values_list("body", flat=True))
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE estate_takeout SET passphrase = 'v1.x'")


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        (SECRET, SECRET + "x", "两次输入的口令不同"),
        ("short-Pass 9!", "short-Pass 9!", "口令太弱"),
        ("aaaaaaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaaaaaa", "口令太弱"),
        ("9081726354091827", "9081726354091827", "口令太弱"),
        ("口令口令口令口令口令口令口令口令", "口令口令口令口令口令口令口令口令", "只用英文字母"),
    ],
)
def test_a_weak_passphrase_is_refused_and_not_sent_back(
    office: Office, first: str, second: str, said: str
) -> None:
    sent = {"reason": "交接", "first": first, "second": second, "key": key()}
    answer = at(office, "chen").post("/takeouts/", sent)
    assert answer.status_code == 422 and said in text(answer) and first not in text(answer)
    assert not Takeout.objects.exists() and kinds() == []


def test_only_who_asked_for_it_fetches_it_and_one_is_made_at_a_time(office: Office) -> None:
    takeout = made(office)
    with pytest.raises(Refusal, match="takeout_of_another"):
        actions.fetch(by=office["laoli"], takeout=takeout)
    assert fetched(office, takeout, "laoli").status_code == 403
    with pytest.raises(Refusal, match="takeout_running"):
        actions.ask(by=office["chen"], first=SECRET, second=SECRET, reason="再要一份")
    assert at(office, "chen").post(f"/takeouts/{takeout.pk}/dropping/").status_code == 302
    assert not TakeoutPart.objects.exists() and kinds()[-1] == "takeout_dropped"
    assert fetched(office, takeout).status_code == 409
    actions.ask(by=office["chen"], first=SECRET, second=SECRET, reason="再要一份")


def test_a_worker_that_was_killed_over_it_begins_again(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    takeout, finish = asked(office), actions.finish

    def killed(held: Takeout, parts: Iterator[bytes], sha256: Any) -> bool:
        TakeoutPart.objects.create(takeout=held, number=1, content=next(parts))
        raise KeyboardInterrupt

    monkeypatch.setattr(actions, "finish", killed)
    with pytest.raises(KeyboardInterrupt):
        worker.go_on(takeout.pk)
    assert TakeoutPart.objects.exists()
    monkeypatch.setattr(actions, "finish", finish)
    worker.go_on(takeout.pk)
    worker.go_on(takeout.pk)
    takeout.refresh_from_db()
    content = fetched(office, takeout).getvalue()
    assert hashlib.sha256(content).hexdigest() == takeout.sha256 and opened(content, SECRET)


def test_what_cannot_be_made_leaves_nothing(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> int:
        raise ValueError("the disk is full")

    monkeypatch.setattr(worker, "archive", broken)
    takeout = asked(office)
    worker.go_on(takeout.pk)
    takeout.refresh_from_db()
    assert (takeout.state, bytes(takeout.vault_salt)) == ("failed", b"")
    assert not TakeoutPart.objects.exists() and kinds()[-1] == "takeout_failed"
    assert "没有生成" in text(at(office, "chen").get(f"/takeouts/{takeout.pk}/"))


def test_what_nobody_fetches_or_finishes_is_swept(office: Office) -> None:
    takeout, now = made(office), timezone.now()
    assert actions.sweep(now + timedelta(minutes=50)) == 0
    assert actions.sweep(now + timedelta(minutes=70)) == 1
    assert actions.sweep(now + timedelta(minutes=80)) == 0
    assert not TakeoutPart.objects.exists() and kinds()[-1] == "takeout_expired"
    assert fetched(office, takeout).status_code == 409
    second = actions.ask(by=office["chen"], first=SECRET, second=SECRET, reason="再要一份")
    assert actions.sweep(now + timedelta(hours=13)) == 1
    second.refresh_from_db()
    assert second.state == "failed" and bytes(second.vault_salt) == b""
    worker.go_on(second.pk)
    assert not TakeoutPart.objects.exists(), "what came to nothing is not made after all"


def test_a_download_that_was_cut_leaves_nothing_after_its_time(office: Office) -> None:
    takeout = actions.fetch(by=office["chen"], takeout=made(office))
    assert TakeoutPart.objects.exists()
    pieces = actions.pieces(takeout)
    next(pieces)
    pieces.close()
    assert not TakeoutPart.objects.exists()
    TakeoutPart.objects.create(takeout=takeout, number=1, content=b"x")  # the process was killed over it
    actions.sweep(timezone.now() + timedelta(hours=7))
    assert not TakeoutPart.objects.exists()


def test_one_that_is_given_up_while_it_is_made_is_not_kept(office: Office) -> None:
    takeout = actions.begin(asked(office).pk, 10)
    assert takeout is not None
    actions.drop(by=office["chen"], takeout=takeout)
    assert actions.finish(takeout, iter([b"x"]), hashlib.sha256(b"x")) is False
    assert not TakeoutPart.objects.exists()


def test_how_far_it_is_counts_the_copies_that_are_printed_first(office: Office) -> None:
    """A house whose papers were never printed has most of the work before the first member."""
    before = worker.about(office.estate)
    issued(office)
    (paper,) = Paper.objects.all()
    assert worker.about(office.estate) == before + 2 * len(paper.copies) > before
    made_so_far: list[int] = []
    members = archive(office.estate, io.BytesIO(), told=lambda: made_so_far.append(1))
    assert len(made_so_far) >= members + len(paper.copies) - 1
    assert worker.about(office.estate) == before + len(paper.copies)
