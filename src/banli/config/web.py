"""The web server, a child of the supervisor: granian, whose workers are forked when everything is loaded.

python -m banli.config.web HOST PORT
"""

import gc
import os
import signal
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from django.template.loader import get_template
from django.urls import reverse
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

import banli
from banli.config.processes import die_with
from banli.config.wsgi import application
from banli.operation import traces

WORKERS = 2
THREADS = min(8, 2 * (os.cpu_count() or 1))  # per worker; each keeps one database connection


def main(host: str, port: int) -> None:
    """Serves until SIGTERM; a worker that dies is replaced."""
    load_everything()
    server = Granian(
        "banli.config.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=WORKERS,
        blocking_threads=THREADS,
        blocking_threads_idle_timeout=600,
        websockets=False,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        respawn_interval=0.1,
        workers_kill_timeout=5,
        process_name="banli-web",
    )
    server.serve(target_loader=partial(_application, os.getpid()), wrap_loader=False)


def load_everything() -> None:
    """Every address and template, before the workers are forked: they share it, and nobody waits for it.

    What is there now stays: so no worker ever stops to look through all of it for rubbish.
    """
    reverse("healthz")
    for template in Path(banli.__file__).parent.glob("*/templates/**/*.html"):
        get_template(template.as_posix().split("/templates/", 1)[1])
    gc.collect()
    gc.freeze()


def _application(server: int) -> Callable[..., Any]:
    """The first thing a worker does: one whose server was killed would hold on to the port."""
    die_with(server, signal.SIGKILL)
    traces.start("web")
    return application


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
