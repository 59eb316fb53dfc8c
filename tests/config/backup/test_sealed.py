"""A backup file is whole or refused: every byte of it counts."""

import io
from itertools import pairwise

import pytest

from banli.config.backup import members, passphrase, sealed
from banli.config.backup.failures import BackupFailure

SECRET = "correct horse battery"


@pytest.fixture(autouse=True)
def quick_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """scrypt as in use, with little work: hundreds of files are opened here."""
    monkeypatch.setattr(sealed, "LOG_N", 4)


def packed(*contents: bytes) -> bytes:
    out = io.BytesIO()
    packer = members.Packer(sealed.Writer(out, SECRET), lambda count: None)
    for number, content in enumerate(contents):
        packer.add(f"secrets/{number}", [content])
    packer.close()
    return out.getvalue()


def unpacked(file: bytes, secret: str = SECRET) -> list[bytes]:
    reader = sealed.Reader(io.BytesIO(file), secret)
    return [b"".join(blocks) for _, blocks in members.unpack(reader, lambda count: None)]


@pytest.mark.parametrize("size", [0, 1, 65_000, 65_535, 65_536, 65_537, 300_000])
def test_what_was_packed_is_unpacked(size: int) -> None:
    contents = [bytes(range(256)) * (size // 256) + bytes(size % 256), b"", b"key"]
    assert unpacked(packed(*contents)) == contents


def test_a_chunk_that_ends_exactly_is_the_last_one() -> None:
    for size in range(65_536 - 200, 65_536):
        assert unpacked(packed(bytes(size))) == [bytes(size)]


def test_every_flipped_byte_is_refused() -> None:
    file = packed(b"a secret", b"another")
    for place in range(len(file)):
        changed = bytearray(file)
        changed[place] ^= 1
        with pytest.raises(BackupFailure):
            unpacked(bytes(changed))


def test_every_cut_is_refused() -> None:
    file = packed(b"a secret", b"another")
    for size in range(len(file)):
        with pytest.raises(BackupFailure):
            unpacked(file[:size])


def test_chunks_cannot_be_left_out_exchanged_or_added() -> None:
    file = packed(bytes(200_000))
    step = sealed.CHUNK + sealed.TAG
    head = file[: sealed.HEADER]
    chunks = [file[at : at + step] for at in range(sealed.HEADER, len(file), step)]
    assert len(chunks) == 4
    for wrong in (
        chunks[1:], chunks[:-1], [chunks[1], chunks[0], *chunks[2:]], [*chunks, chunks[-1]], [chunks[0], chunks[3]],
    ):  # fmt: skip
        with pytest.raises(BackupFailure, match="cut or was changed"):
            unpacked(head + b"".join(wrong))


def test_another_passphrase_another_version_and_another_file_are_told_apart() -> None:
    file = packed(b"a secret")
    with pytest.raises(BackupFailure, match="passphrase is wrong"):
        unpacked(file, "wrong horse battery")
    newer = bytearray(file)
    newer[len(sealed.MAGIC)] = sealed.VERSION + 1
    with pytest.raises(BackupFailure, match="newer version"):
        unpacked(bytes(newer))
    with pytest.raises(BackupFailure, match="not a backup"):
        unpacked(b"PK\x03\x04" + file)


def test_nothing_of_the_content_or_passphrase_can_be_read_and_no_two_files_are_alike() -> None:
    one, other = packed(b"a secret" * 20), packed(b"a secret" * 20)
    assert b"secret" not in one and SECRET.encode() not in one
    begun = len(sealed.MAGIC) + 4
    assert not any(a == b for a, b in pairwise([one[begun:], other[begun:]]))


def test_the_passphrase_is_typed_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BANLI_PASSPHRASE", raising=False)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    typed = iter([SECRET, SECRET, SECRET, "another passphrase", "short", "short", SECRET])
    monkeypatch.setattr("getpass.getpass", lambda prompt: next(typed))
    assert passphrase.ask(None, new=True) == SECRET
    with pytest.raises(BackupFailure, match="differ"):
        passphrase.ask(None, new=True)
    with pytest.raises(BackupFailure, match="at least 12"):
        passphrase.ask(None, new=True)
    assert passphrase.ask(None, new=False) == SECRET
    assert next(typed, None) is None
