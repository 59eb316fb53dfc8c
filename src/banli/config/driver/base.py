"""The connection, as `django.db.backends` wants it named. See ENGINE in the settings."""

import select
import time

import psycopg
from django.db.backends.postgresql import base

#: After so long it is asked again, as something between us and the server may have forgotten it.
TRUSTED_FOR = 30.0  # seconds


class DatabaseWrapper(base.DatabaseWrapper):
    """A kept connection costs each request a round trip to be looked at: here only when there is reason to."""

    _answered_at = 0.0

    def is_usable(self) -> bool:
        """Whether the server still answers.

        One that went away has hung up: then there is something to read from its socket, where between two statements
        there is nothing. One that answered a moment ago, without an error since, is not asked again.
        """
        now = time.monotonic()
        if not self.errors_occurred and now - self._answered_at < TRUSTED_FOR and self._is_quiet():
            return True
        usable: bool = super().is_usable()
        self._answered_at = now if usable else 0.0
        return usable

    def _is_quiet(self) -> bool:
        if self.connection is None or self.connection.closed:
            return False
        try:
            socket = select.poll()
            socket.register(self.connection.fileno(), select.POLLIN | select.POLLPRI | select.POLLRDHUP)
            return not socket.poll(0)
        except (OSError, ValueError, psycopg.Error):
            return False
