"""`banli serve`: starts PostgreSQL, web server and worker, and starts again whichever of them dies.

The children die with us, whatever kills us; bin/serve then starts us anew.
"""

import argparse
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from types import MappingProxyType

import psycopg

from banli.config import counting
from banli.config.failures import StartFailure, say
from banli.config.installation import Installation, check_reachable
from banli.config.postgres import Server, check_chinese_search
from banli.config.processes import SUPERVISOR, begin_as_child
from banli.config.reached import EVERYWHERE, origin, reached_at

PORT_FREE_WITHIN = 5.0  # seconds; a killed supervisor's web server needs a moment to let go
READY_WITHIN = 60.0
PREPARED_IN = 5  # attempts: the database may be killed again and again while the tables are looked at
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 10.0  # seconds before a dead child is started again
STEADY_AFTER = 30.0  # seconds alive: its next death is treated as the first
CLOCKS_STAND = "BANLI_CLOCKS_STAND"  # see settings.CLOCKS_STAND
STOP_SIGNALS = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}


def main(argv: list[str]) -> int:
    """Runs until told to stop; 0 when it stopped because it was told to."""
    parser = argparse.ArgumentParser("serve", description="运行 Banli / run Banli", allow_abbrev=False)
    parser.add_argument("--host", default="127.0.0.1", help="监听地址 / address to listen on (%(default)s)")
    parser.add_argument("--port", type=int, default=8000, help="端口 / port (%(default)s)")
    parser.add_argument(
        "--no-demo", action="store_true", help="首次启动不载入演示小区 / no demo estate on first start"
    )
    parser.add_argument(
        "--short-demo",
        action="store_true",
        help="演示小区只有一个上午 / a demo of one morning, without the year before it",
    )
    parser.add_argument("--data", metavar="DIR", help="数据文件夹 / data folder (data)")
    wanted = parser.parse_args(argv[1:])
    for number in STOP_SIGNALS:
        signal.signal(number, _interrupt)
    try:
        installation = Installation(Path(os.environ["BANLI_DATA"]))
        with installation.locked():
            house = House(installation, wanted.host, wanted.port)
            house.a_year = not wanted.short_demo
            house.run(with_demo=not wanted.no_demo)
    except KeyboardInterrupt:
        pass
    say("已停止", "Stopped")
    return 0


def _interrupt(number: int, frame: object) -> None:
    raise KeyboardInterrupt


class Child:
    """One process that shall always run."""

    def __init__(self, name: str, spawn: Callable[[], "subprocess.Popen[bytes]"], stop_within: float) -> None:
        self.name, self.spawn, self.stop_within = name, spawn, stop_within
        self.process: subprocess.Popen[bytes] | None = None
        self.started = 0.0
        self.pause = FIRST_PAUSE
        self.start_at = 0.0

    def look(self, now: float) -> None:
        """Notices a death, and starts when it is time to."""
        if self.process is not None and self.process.poll() is not None:
            if now - self.started > STEADY_AFTER:
                self.pause = FIRST_PAUSE
            say(
                f"{self.name} 已退出（{self.process.returncode}），{self.pause:g} 秒后重新启动",
                f"{self.name} ended ({self.process.returncode}); starting it again in {self.pause:g} s",
            )
            self.process, self.start_at = None, now + self.pause
            self.pause = min(self.pause * 2, LONGEST_PAUSE)
        if self.process is None and now >= self.start_at:
            self.process, self.started = self.spawn(), now

    def stop(self, number: int = signal.SIGTERM) -> None:
        """Asks it to end, waits, and kills what does not."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(number)
        try:
            self.process.wait(self.stop_within)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class House:
    """Everything that runs for one installation. ``a_year``: a demo comes with the year before."""

    a_year = False
    year: Child | None = None

    def __init__(self, installation: Installation, host: str, port: int) -> None:
        self.installation, self.host, self.port = installation, host, port
        shown = "127.0.0.1" if host in EVERYWHERE else host
        self.address = origin(shown, port)
        self.reached_at = reached_at(host, port)
        os.environ["BANLI_HOST"], os.environ["BANLI_REACHED_AT"] = host, self.reached_at

    def run(self, with_demo: bool) -> None:
        self._await_port()
        counting.begin(self.installation.data)
        os.environ[SUPERVISOR] = str(os.getpid())
        server = self.installation.server()
        try:
            if server is None:
                check_reachable()
            else:
                say("启动数据库", "Starting the database")
                server.start()
                os.environ["DATABASE_URL"] = server.url()
            sign_ins = self._prepare(server, with_demo)
            self._supervise(server, sign_ins)
        finally:
            if server is not None:
                server.stop()
            counting.end(self.installation.data)

    def _prepare(self, server: Server | None, with_demo: bool) -> list[tuple[str, str, str]]:
        """Makes everything ready, again when the database was killed meanwhile; the demo's sign-ins."""
        from django.db import InterfaceError, OperationalError, connections

        from banli.config.prepare import demo_sign_ins, prepare

        for left in reversed(range(PREPARED_IN)):
            try:
                check_chinese_search(os.environ["DATABASE_URL"])
                prepare(with_demo, self.a_year)
                break
            except (OperationalError, InterfaceError, psycopg.OperationalError) as why:
                reason = " ".join(str(why).split())
                if not left or server is None:
                    raise StartFailure(
                        f"准备时数据库中断：{reason}",
                        f"The database failed while everything was made ready: {reason}",
                    ) from why
                say(f"数据库中断，重来：{reason}", f"The database went away; once more: {reason}")
                connections.close_all()  # what was open before the crash stays broken
                server.start()
        return demo_sign_ins()

    def _supervise(self, server: Server | None, sign_ins: list[tuple[str, str, str]]) -> None:
        worker = Child("worker", self._spawn_worker, 15.0)
        children = [Child("web", self._spawn_web, 15.0), worker]
        from banli.config.prepare import year_wanted

        self.year = Child("demo", self._spawn_year, 15.0) if year_wanted() else None
        if server is not None:
            postgres = Child("postgres", server.spawn, 60.0)
            postgres.process, postgres.started = server.process, time.monotonic()
            children.insert(0, postgres)
        watched = STOP_SIGNALS | {signal.SIGCHLD}
        signal.pthread_sigmask(signal.SIG_BLOCK, watched)
        deadline: float | None = time.monotonic() + READY_WITHIN
        try:
            while True:
                for child in children:
                    child.look(time.monotonic())
                if self.year is not None:
                    self._look_at_the_year(self.year, worker)
                if deadline is not None and (self._ready() or time.monotonic() > deadline):
                    self._announce(sign_ins, late=time.monotonic() > deadline)
                    deadline = None
                received = signal.sigtimedwait(watched, 0.2 if deadline is not None else 1.0)
                if received is not None and received.si_signo in STOP_SIGNALS:
                    return
        finally:
            say("正在停止", "Stopping")
            for child in reversed([*children, *([self.year] if self.year else [])]):
                child.stop(signal.SIGINT if child.name == "postgres" else signal.SIGTERM)

    def _look_at_the_year(self, year: Child, worker: Child) -> None:
        """The demo's past is entered beside the house, once; until then the clocks stand still."""
        if year.process is None or year.process.poll() != 0:
            year.look(time.monotonic())
            return
        self.year = None
        worker.stop()
        worker.process = None

    def _spawn_year(self) -> "subprocess.Popen[bytes]":
        return self._spawn(["-m", "banli.config.command", "demo"])

    def _spawn_web(self) -> "subprocess.Popen[bytes]":
        return self._spawn(["-m", "banli.config.web", self.host, str(self.port)])

    def _spawn_worker(self) -> "subprocess.Popen[bytes]":
        still = {CLOCKS_STAND: "yes"} if self.year is not None else {}
        return self._spawn(["-m", "banli.config.command", "worker"], still)

    def _spawn(
        self, arguments: list[str], more: Mapping[str, str] = MappingProxyType({})
    ) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            [sys.executable, *arguments],
            env={**os.environ, **more},
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=partial(
                begin_as_child, os.getpid(), signal.SIGKILL
            ),  # the next supervisor needs the port
        )

    def _ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.address}/readyz", timeout=2):
                return True
        except (urllib.error.URLError, OSError):
            return False

    def _announce(self, sign_ins: list[tuple[str, str, str]], late: bool) -> None:
        if late:
            say("服务尚未就绪，仍在尝试", "Not ready yet; still trying")
        print(f"\nBanli 办理  {self.address}", flush=True)
        if self.reached_at not in ("", self.address):
            print(f"手机、其他电脑 / phones, other computers  {self.reached_at}", flush=True)
        for username, password, who in sign_ins:
            print(f"  {username:12}{password:20}{who}", flush=True)
        if self.year is not None:
            print(
                "演示小区过去一年的办件正在载入，载完前看到的不全 / the demo's past year is being entered",
                flush=True,
            )
        print("按 Ctrl-C 停止 / Ctrl-C stops it\n", flush=True)

    def _await_port(self) -> None:
        """Refuses a port that somebody listens on. Granian itself would share it."""
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        deadline = time.monotonic() + PORT_FREE_WITHIN
        while True:
            with socket.socket(family, socket.SOCK_STREAM) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind((self.host, self.port))
                    return
                except (OSError, OverflowError) as error:
                    reason = error
            if time.monotonic() > deadline:
                raise StartFailure(
                    f"无法监听 {self.host}:{self.port}（{reason}），请用 --port 换一个端口。",
                    f"Cannot listen on {self.host}:{self.port} ({reason}); choose another port with --port.",
                )
            time.sleep(0.2)
