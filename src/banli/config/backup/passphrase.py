"""The passphrase: from a file, from BANLI_PASSPHRASE, or typed. Never from the command line, where others read it."""

import getpass
import os
import sys
from pathlib import Path

from .failures import BackupFailure

SHORTEST = 12  # characters


def ask(file: str | None, *, new: bool) -> str:
    """The passphrase; a new one is typed twice, and must have twelve characters."""
    if file is not None:
        try:
            told = Path(file).read_text("utf-8").removesuffix("\n")
        except (OSError, UnicodeDecodeError) as error:
            raise BackupFailure(
                f"读不了口令文件 {file}：{error}", f"{file} cannot be read: {error}"
            ) from error
    elif "BANLI_PASSPHRASE" in os.environ:
        told = os.environ["BANLI_PASSPHRASE"]
    elif sys.stdin.isatty():
        told = getpass.getpass("口令 / Passphrase: ")
        if new and getpass.getpass("再输一次 / Again: ") != told:
            raise BackupFailure("两次输入的口令不同。", "The two passphrases differ.")
    else:
        raise BackupFailure(
            "没有终端：请用 --passphrase-file 或 BANLI_PASSPHRASE 给出口令。",
            "There is no terminal: give the passphrase with --passphrase-file or BANLI_PASSPHRASE.",
        )
    if new and len(told) < SHORTEST:
        raise BackupFailure(
            f"口令至少要 {SHORTEST} 个字符。", f"A passphrase has at least {SHORTEST} characters."
        )
    return told
