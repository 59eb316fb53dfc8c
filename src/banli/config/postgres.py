"""The embedded PostgreSQL: a cluster in the data folder, reached by a socket, run as our child.

No TCP port, no password: the kernel says who is calling at the socket; root and the data's owner are let in.
"""

import contextlib
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import time
from functools import partial
from pathlib import Path
from urllib.parse import quote

import psycopg

from banli.config.binaries import NOBODY, Binaries, find_binaries, identity, reachable, reachable_home
from banli.config.failures import StartFailure, say
from banli.config.processes import begin_as_child

READY_WITHIN = 60.0  # seconds; crash recovery after a power cut may take a while
SOCKET_ROOM = 90  # bytes; a socket's whole path may have 107
HBA = "local all all peer map=banli\n"


def place_of_cluster(data: Path) -> Path:
    """The cluster's folder: <data>/postgres, or where <data>/postgres-place says.

    As root, when PostgreSQL's user cannot reach the data folder, a place under /var/lib/banli is made
    and recorded; a cluster that is in the data folder already (it was moved here) is taken along.
    """
    record = data / "postgres-place"
    if record.exists():
        place = Path(record.read_text().strip())
        if not place.exists():
            raise StartFailure(
                f"{record} 指向的数据库文件夹 {place} 不存在。",
                f"{place}, named by {record}, does not exist.",
            )
        return place / "postgres"
    if reachable(data):
        return data / "postgres"
    cluster = data / "postgres"
    _require_stopped(cluster)
    place = reachable_home() / secrets.token_hex(8)
    place.mkdir(mode=0o755)
    if cluster.exists():
        _take_along(cluster, place / "postgres")
    record.write_text(f"{place}\n")
    os.sync()  # the copy and its record are on disk before the original goes
    shutil.rmtree(cluster, ignore_errors=True)
    say(
        f"数据库用户无法进入 {data}，数据库改放在 {place}",
        f"PostgreSQL's user cannot reach {data}, so the database is kept in {place}",
    )
    return place / "postgres"


def _take_along(cluster: Path, place: Path) -> None:
    """Copies a stopped cluster. Whatever interrupts it, the original stays whole; a second start begins anew."""
    copied = subprocess.run(["cp", "-a", cluster, place], capture_output=True, text=True)
    if copied.returncode != 0:
        shutil.rmtree(place.parent, ignore_errors=True)
        raise StartFailure(
            f"无法把 {cluster} 移到 {place}：{copied.stderr.strip()}",
            f"{cluster} could not be moved to {place}: {copied.stderr.strip()}",
        )


def _require_stopped(cluster: Path) -> None:
    if _postmaster_of(cluster) is not None:
        raise StartFailure(
            f"{cluster} 的数据库还在运行，请先停止它再启动。",
            f"The database in {cluster} is still running; stop it before starting here.",
        )


def _postmaster_of(cluster: Path) -> int | None:
    """The process that runs this cluster, if one does."""
    with contextlib.suppress(OSError, ValueError):
        pid = int((cluster / "postmaster.pid").read_text().split("\n", 1)[0])
        if Path(f"/proc/{pid}/cwd").resolve() == cluster.resolve():
            return pid
    return None


class Server:
    """One cluster and, when started, its postmaster."""

    def __init__(self, cluster: Path, log: Path, durable: bool = True) -> None:
        self.cluster, self.log, self.durable = cluster, log, durable
        self.binaries: Binaries = find_binaries()
        self.process: subprocess.Popen[bytes] | None = None

    def url(self, database: str = "banli", role: str = "banli") -> str:
        return f"postgres://{role}@/{database}?host={quote(str(self._socket_folder()), safe='')}"

    def prepare(self) -> None:
        """Makes the cluster on first use; refuses one of another major version."""
        version = self.cluster / "PG_VERSION"
        if not version.exists():
            self._initialise()
        elif int(version.read_text()) != self.binaries.major:
            theirs, ours = version.read_text().strip(), self.binaries.major
            raise StartFailure(
                f"{self.cluster} 是 PostgreSQL {theirs} 的数据，现有程序是 {ours} 版。",
                f"{self.cluster} was written by PostgreSQL {theirs}, the programs here are version {ours}.",
            )

    def spawn(self) -> subprocess.Popen[bytes]:
        """Starts the postmaster in the foreground. It stops, quickly and cleanly, when this process dies."""
        folder = self._socket_folder()
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(folder),
            "max_connections": "100",
            "timezone": "UTC",
            "log_checkpoints": "off",
        }
        if not self.durable:
            settings |= {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [self.binaries / "postgres", "-D", str(self.cluster), *options],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=partial(begin_as_child, os.getpid(), signal.SIGINT),
                **identity(),
            )
        return self.process

    def start(self) -> None:
        """Prepares, ends a leftover of a killed supervisor, starts, and waits until it answers."""
        self.prepare()
        self.end_leftover()
        deadline = time.monotonic() + READY_WITHIN
        while not self._answers():
            if self.process is None or self.process.poll() is not None:
                self.spawn()  # again while the shared memory of a killed one is still in use
            if time.monotonic() > deadline:
                self.stop()
                raise StartFailure(
                    f"PostgreSQL 未能启动，见 {self.log}：{self._last_line()}",
                    f"PostgreSQL did not start, see {self.log}: {self._last_line()}",
                )
            time.sleep(0.1)
        self._make_database()

    def stop(self) -> None:
        """A fast shutdown: open transactions are rolled back, everything committed is on disk."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(READY_WITHIN)

    def running(self) -> bool:
        """Whether a postmaster, anybody's, answers at this cluster's socket."""
        return (self.cluster / "postmaster.pid").exists() and self._answers()

    def end_leftover(self) -> None:
        """Ends a postmaster that a killed supervisor left here. The data folder's lock is ours by now."""
        pid = _postmaster_of(self.cluster)
        if pid is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGINT)
            _wait_for_end(pid)

    def _socket_folder(self) -> Path:
        """The cluster itself, or a short folder recorded there when its path is too long for a socket."""
        if len(os.fsencode(self.cluster)) <= SOCKET_ROOM:
            return self.cluster
        link = self.cluster / "socket-folder"
        if not (link.is_symlink() and link.exists()):
            folder = Path("/tmp", f"banli-{secrets.token_hex(8)}")
            folder.mkdir(mode=0o700)
            if os.geteuid() == 0:
                os.chown(folder, NOBODY, NOBODY)
            link.unlink(missing_ok=True)
            link.symlink_to(folder)
        return link.readlink()

    def _initialise(self) -> None:
        draft = self.cluster.with_name(
            f"{self.cluster.name}.new"
        )  # a half-made cluster is never taken for one
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700, parents=True)
        if os.geteuid() == 0:
            os.chown(draft, NOBODY, NOBODY)
        locale = ["--locale=C.UTF-8"]
        if (
            self.binaries.major >= 17
        ):  # plain C finds no trigram in Chinese; no library's locale changes under us
            locale = [
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                "--locale=C",
                "--lc-ctype=C.UTF-8",
            ]
        command = [
            self.binaries / "initdb",
            "-D",
            str(draft),
            "-U",
            "postgres",
            "-E",
            "UTF8",
            "-A",
            "peer",
            *locale,
        ]
        made = subprocess.run(command, capture_output=True, text=True, **identity())
        if made.returncode != 0:
            raise StartFailure(
                f"无法建立数据库：{made.stderr.strip()}",
                f"The database could not be made: {made.stderr.strip()}",
            )
        (draft / "pg_hba.conf").write_text(HBA)
        callers = {pwd.getpwuid(uid).pw_name for uid in (os.geteuid(), draft.stat().st_uid)}
        (draft / "pg_ident.conf").write_text(
            "".join(f"banli {name} {role}\n" for name in sorted(callers) for role in ("postgres", "banli"))
        )
        draft.rename(self.cluster)

    def _answers(self) -> bool:
        try:
            with psycopg.connect(self.url("postgres", "postgres"), connect_timeout=2):
                return True
        except psycopg.OperationalError:
            return False

    def _make_database(self) -> None:
        """The role of the application owns its database and is no superuser."""
        with psycopg.connect(self.url("postgres", "postgres"), autocommit=True) as connection:
            if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = 'banli'").fetchone():
                connection.execute("CREATE ROLE banli LOGIN CREATEDB")
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = 'banli'").fetchone():
                connection.execute("CREATE DATABASE banli OWNER banli")

    def _last_line(self) -> str:
        return self.log.read_text(errors="replace").strip().rsplit("\n", 1)[-1]


def check_chinese_search(url: str) -> None:
    """A locale that splits no Chinese finds nothing and says nothing: better not to start."""
    with psycopg.connect(url) as connection:
        connection.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        found = connection.execute("SELECT cardinality(show_trgm('电梯'))").fetchone()
    if not found or not found[0]:
        raise StartFailure(
            "该数据库的区域设置不能检索中文，请用 C.UTF-8 或 zh_CN.UTF-8 重建。",
            "This database's locale cannot search Chinese: create it with C.UTF-8 or zh_CN.UTF-8.",
        )


def _wait_for_end(pid: int) -> None:
    """A postmaster still there ten seconds after a fast shutdown is killed: nothing committed is lost."""
    for attempt in range(200):
        if not os.path.exists(f"/proc/{pid}/cwd"):  # gone, or a zombie
            return
        if attempt == 100:
            os.kill(pid, signal.SIGKILL)
        time.sleep(0.1)
