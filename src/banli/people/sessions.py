"""Who is signed in, as rows: what every request asks first, so its statement is prepared."""

from typing import Any

from django.contrib.sessions.backends import db
from django.utils import timezone

from banli.journal import statement

_KNOWN = "SELECT session_data FROM django_session WHERE session_key = %(key)s AND expire_date > %(now)s"


class SessionStore(db.SessionStore):
    """Django's sessions in the database, read by hand: everything else about them stays Django's."""

    def load(self) -> dict[str, Any]:
        """What the session holds; nothing, and a new key, where there is none or it is over."""
        key = self.session_key or ""
        if key.isascii() and key.isalnum():
            found = statement.row(_KNOWN, {"key": key, "now": timezone.now()})
            if found:
                return self.decode(found[0])
        self._session_key = None
        return {}
