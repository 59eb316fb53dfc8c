"""The browser that tests look through: Debian's, without windows where it is installed, else the whole one."""

import os
import shutil

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
    "--disable-sync",
]


def executable() -> str:
    """BANLI_CHROMIUM's, else what is found; both have the same engine, and only one draws windows for nobody."""
    found = (
        os.environ.get("BANLI_CHROMIUM")
        or shutil.which("chromium-headless-shell")
        or shutil.which("chromium")
    )
    assert found, "the tests of pages need Debian's chromium-headless-shell or chromium"
    return found


def looking_at(film: object) -> list[str]:
    """Flags of a browser whose camera sees a film (a file of Y4M or MJPEG)."""
    return [
        *FLAGS,
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={film}",
    ]
