"""The bench's own house: a fresh data folder with its own durable PostgreSQL and the demo estate, gone afterwards."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from banli.config.installation import Installation
from banli.config.postgres import Server
from banli.config.prepare import prepare

PLACE = Path("/var/tmp")  # on a disk; /tmp may be memory, where writing durably costs nothing


@contextmanager
def house(place: Path = PLACE) -> Iterator[Server]:
    """The running database of a house with the demo estate. Whatever DATABASE_URL names is left alone."""
    os.environ.pop("DATABASE_URL", None)
    folder = Path(tempfile.mkdtemp(prefix="banli-bench-", dir=place))
    folder.chmod(0o755)  # as root, PostgreSQL runs as nobody
    server = None
    try:
        installation = Installation(folder / "data")
        with installation.locked():
            server = installation.server()
            assert server is not None
            server.start()
            os.environ["DATABASE_URL"] = server.url()
            prepare(with_demo=True)
            yield server
    finally:
        if server is not None:
            server.stop()
            shutil.rmtree(
                server.cluster.parent if server.cluster.parent != folder / "data" else server.cluster
            )
        shutil.rmtree(folder, ignore_errors=True)
