"""DATABASE_URL, as Django's database settings."""

import os
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit


def django_database(url: str) -> dict[str, Any]:
    """The settings that an address stands for; `?host=` names a socket's folder, the rest are libpq options.

    Statements that are run all the time are prepared (banli.journal.statement); `?prepared=no` is for a pooler
    in front of the database that cannot keep them apart.
    A database that is not PostgreSQL is refused: Banli has one dialect.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("postgres", "postgresql"):
        raise ValueError(f"DATABASE_URL must begin with postgres://, not {parts.scheme or 'nothing'}://")
    options = dict(parse_qsl(parts.query))
    prepared = options.pop("prepared", "yes") != "no"
    return {
        "ENGINE": "banli.config.driver",
        "NAME": unquote(parts.path.lstrip("/")) or "banli",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "OPTIONS": {"connect_timeout": 5, "prepare_threshold": 0 if prepared else None, **options},
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "TEST": {"NAME": os.environ.get("BANLI_TEST_DB")},
    }
