"""`banli backup FILE` and `banli restore FILE`."""

import argparse
import json
import os
import shutil
import sys
import time
from collections.abc import Iterator
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import django
from django.db import connections
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from banli.config import installation as house
from banli.config.failures import say
from banli.config.installation import Installation
from banli.config.new_file import must_be_new, written
from banli.config.postgres import check_chinese_search

from . import dump, members, passphrase
from .failures import BackupFailure, broken, newer
from .sealed import Reader, Writer

#: The data folder's own files that travel beside secrets/; everything else is made anew.
FILES = ("first-start", "demo-sign-ins.txt")


def main(argv: list[str]) -> int:
    """`argv[0]` says which of the two."""
    return {"backup": backup, "restore": restore}[argv[0]](argv)


def backup(argv: list[str]) -> int:
    """Write everything into FILE, under a passphrase, while people go on working."""
    asked = _parser("backup", "备份到文件 / everything into one encrypted file").parse_args(argv[1:])
    target = Path(asked.file).absolute()
    must_be_new(target)
    secret = passphrase.ask(asked.passphrase_file, new=True)
    with written(target) as out:
        _pack(members.Packer(Writer(out, secret), _Progress().tick))
    say(
        f"已备份到 {target}（{target.stat().st_size:,} 字节）",
        f"Backed up to {target} ({target.stat().st_size:,} bytes)",
    )
    return 0


def restore(argv: list[str]) -> int:
    """Bring FILE back into an empty data folder and database, upgrade it, audit it; 1 if the audit finds anything."""
    asked = _parser("restore", "从备份恢复 / bring a backup back into an empty place").parse_args(argv[1:])
    source, data = Path(asked.file), Path(os.environ["BANLI_DATA"])
    if data.exists() and any(data.iterdir()):
        raise BackupFailure(
            f"{data} 不是空的，没有恢复任何内容。", f"{data} is not empty; nothing was restored."
        )
    secret = passphrase.ask(asked.passphrase_file, new=False)
    say("检查备份文件", "Checking the backup")
    manifest, files = _checked(source, secret)
    say(f"备份于 {manifest['made_at']}", f"It was made at {manifest['made_at']}")
    there, undone = data.exists(), True
    try:
        installation = Installation(data)
        for name, content in files.items():
            _keep(data / name, content)
        with installation.database():
            _restore_database(source, secret, manifest)
            undone = False
            return _brought_up_to_date()
    finally:
        if undone:
            _take_back(data, there)


def _restore_database(source: Path, secret: str, manifest: dict[str, Any]) -> None:
    dump.check_empty()
    if (ours := dump.server_version()) < (theirs := manifest["postgres"]):
        raise BackupFailure(
            f"备份来自 PostgreSQL {theirs}，这里是 {ours}，请换用同版本或更新的服务器。",
            f"The backup is of PostgreSQL {theirs}, here is {ours}: use a server as new as that, or newer.",
        )
    check_chinese_search(os.environ["DATABASE_URL"])
    django.setup()  # not before: its settings would make the secrets that they do not find
    known = set(MigrationLoader(None).disk_migrations or ())
    if not {(app, name) for app, name in manifest["migrations"]} <= known:
        raise newer()
    say("恢复数据库", "Restoring the database")
    for name, blocks in _opened(source, secret):
        if name == members.DATABASE:
            dump.restored(blocks)


def _brought_up_to_date() -> int:
    say("升级数据库", "Bringing the database up to date")
    import_module("banli.config.prepare").migrate()
    say("核对", "Auditing")
    status: int = import_module("banli.cases.command").main(["audit"])
    connections.close_all()
    return status


def _take_back(data: Path, there: bool) -> None:
    """Nothing of a restore that failed stays: the next one finds the place as empty as this one did."""
    record = data / "postgres-place"
    if record.exists():
        shutil.rmtree(record.read_text().strip(), ignore_errors=True)
    for path in data.iterdir() if data.exists() else ():
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    if not there and data.exists():
        data.rmdir()


def _parser(name: str, about: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(f"banli {name}", description=about, allow_abbrev=False)
    parser.add_argument("file", metavar="FILE")
    parser.add_argument(
        "--passphrase-file", metavar="FILE", help="口令在这个文件里 / the passphrase is in this file"
    )
    return parser


def _pack(packer: members.Packer) -> None:
    data = Path(os.environ["BANLI_DATA"])
    manifest = {
        "banli": _version(),
        "data": house.FORMAT,
        "made_at": timezone.localtime().isoformat(timespec="seconds"),
        "postgres": dump.server_version(),
        "migrations": sorted(MigrationRecorder.Migration.objects.values_list("app", "name")),
    }
    packer.add(members.MANIFEST, [json.dumps(manifest).encode()])
    packer.add(members.DATABASE, dump.dumped())
    # After the database: a key is made before the first row that needs it.
    for file in sorted((data / "secrets").glob("[!.]*")):
        packer.add(f"secrets/{file.name}", [file.read_bytes()])
    for name in FILES:
        if (data / name).exists():
            packer.add(name, [(data / name).read_bytes()])
    packer.close()


def _version() -> str:
    try:
        return version("banli")
    except PackageNotFoundError:  # run from its folder
        return "0.1.0"


def _opened(source: Path, secret: str) -> Iterator[tuple[str, Iterator[bytes]]]:
    """The members of a backup, with progress on a terminal."""
    try:
        with source.open("rb") as file:
            yield from members.unpack(Reader(file, secret), _Progress().tick)
    except OSError as error:
        raise BackupFailure(
            f"读不了 {source}：{error.strerror}。", f"{source} cannot be read: {error.strerror}."
        ) from error


def _checked(source: Path, secret: str) -> tuple[dict[str, Any], dict[str, bytes]]:
    """The manifest and the files of a backup that was read to its end without a fault, and that this version knows."""
    manifest: dict[str, Any] = {}
    files: dict[str, bytes] = {}
    dumped = False
    for name, blocks in _opened(source, secret):
        if name == members.MANIFEST:
            manifest = json.loads(b"".join(blocks))
        elif name in FILES or _is_secret(name):
            files[name] = b"".join(blocks)
        elif name == members.DATABASE:
            dumped = True
        else:
            raise newer()
    if not manifest or not dumped:
        raise broken()
    if int(manifest["data"]) > int(house.FORMAT):
        raise newer()
    return manifest, files


def _is_secret(name: str) -> bool:
    folder, _, file = name.partition("/")
    return folder == "secrets" and bool(file) and "/" not in file and not file.startswith(".")


def _keep(path: Path, content: bytes) -> None:
    path.parent.mkdir(mode=0o700, exist_ok=True)
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


class _Progress:
    """How much was read or written, on a terminal; nothing where nobody watches."""

    PAUSE = 0.5  # seconds

    def __init__(self) -> None:
        self.bytes, self.shown, self.watched = 0, time.monotonic(), sys.stderr.isatty()

    def tick(self, count: int) -> None:
        self.bytes += count
        if self.watched and time.monotonic() - self.shown >= self.PAUSE:
            self.shown = time.monotonic()
            sys.stderr.write(f"\r\033[K… {self.bytes / 2**20:,.1f} MB\r")
            sys.stderr.flush()
