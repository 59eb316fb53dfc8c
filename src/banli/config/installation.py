"""One installation: its data folder, and the database that belongs to it.

The folder holds FORMAT (which layout this is), first-start, lock, secrets/, postgres/, static/, proved/ and logs/.
"""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

import psycopg

from banli.config.failures import StartFailure
from banli.config.postgres import Server, place_of_cluster

FORMAT = "1"
LOG_SIZE = 8 * 1024 * 1024  # bytes; a longer log is set aside at the next start


class Installation:
    """A data folder, opened: made when new, refused when another version of Banli wrote it."""

    def __init__(self, data: Path) -> None:
        self.data = data
        try:
            if not data.exists() or not any(data.iterdir()):
                data.mkdir(mode=0o711, parents=True, exist_ok=True)  # PostgreSQL's user may pass, not look
                (data / "logs").mkdir()
                (data / "FORMAT").write_text(f"{FORMAT}\n")
        except OSError as error:
            raise StartFailure(
                f"数据文件夹 {data} 无法写入：{error.strerror}。",
                f"{data} cannot be written: {error.strerror}.",
            ) from error
        self._check_format()
        os.environ["BANLI_DATA"] = str(data)

    def _check_format(self) -> None:
        note = self.data / "FORMAT"
        if not note.exists():
            raise StartFailure(
                f"{self.data} 里有别的文件，不是 Banli 的数据文件夹。",
                f"{self.data} holds other files and is not a data folder of Banli.",
            )
        if (theirs := note.read_text().strip()) != FORMAT:
            raise StartFailure(
                f"数据文件夹 {self.data} 是另一版本的 Banli 写的（格式 {theirs}，本版本为 {FORMAT}）。",
                f"{self.data} was written by another version of Banli (format {theirs}, this has {FORMAT}).",
            )

    @contextlib.contextmanager
    def locked(self, wait: bool = False) -> Iterator[None]:
        """Nobody else runs this folder's database meanwhile. The kernel ends the lock with us."""
        with (self.data / "lock").open("a+") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                lock.seek(0)
                holder = lock.read().strip()
                raise StartFailure(
                    f"数据文件夹 {self.data} 正由另一个 Banli（进程 {holder}）使用。",
                    f"{self.data} is in use by another Banli (process {holder}).",
                ) from None
            lock.truncate(0)
            lock.write(str(os.getpid()))
            lock.flush()
            yield

    def server(self) -> Server | None:
        """The embedded database; none when DATABASE_URL names one."""
        if "DATABASE_URL" in os.environ:
            return None
        log = self.data / "logs/postgres.log"
        if log.exists() and log.stat().st_size > LOG_SIZE:
            log.replace(log.with_suffix(".log.1"))
        return Server(place_of_cluster(self.data), log)

    @contextlib.contextmanager
    def database(self) -> Iterator[None]:
        """For a single command: the running embedded database, or one for as long as the command takes."""
        server = self.server()
        if server is None:
            check_reachable()
            yield
        elif server.running():
            with _address(server):
                yield
        else:
            with self.locked(wait=True), _address(server):
                server.start()
                try:
                    yield
                finally:
                    server.stop()


@contextlib.contextmanager
def _address(server: Server) -> Iterator[None]:
    os.environ["DATABASE_URL"] = server.url()
    try:
        yield
    finally:
        del os.environ["DATABASE_URL"]


def check_reachable() -> None:
    """DATABASE_URL leads to a PostgreSQL that lets us in; the sentence never repeats a password."""
    try:
        psycopg.connect(os.environ["DATABASE_URL"], connect_timeout=5).close()
    except psycopg.Error as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise StartFailure(
            f"DATABASE_URL 指向的数据库无法连接：{reason}",
            f"The database of DATABASE_URL cannot be reached: {reason}",
        ) from error
