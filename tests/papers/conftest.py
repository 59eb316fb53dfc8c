from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction

from tests.people.cast import Office, open_office

KEPT = ("django_migrations", "django_content_type", "auth_permission")


@pytest.fixture
def office(db: None) -> Office:
    return open_office()


@pytest.fixture
def open_all_day(django_db_setup: None, django_db_blocker: Any) -> Iterator[Office]:
    """An office whose desks really commit, so that threads see each other's work; emptied afterwards.

    pytest-django's own way would have to TRUNCATE the journal, which refuses it; here the triggers sleep meanwhile.
    """
    with django_db_blocker.unblock():
        try:
            yield open_office()
        finally:
            tables = connection.introspection.django_table_names(only_existing=True)
            emptied = ", ".join(connection.ops.quote_name(name) for name in tables if name not in KEPT)
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SET LOCAL session_replication_role = replica")
                cursor.execute(f"TRUNCATE {emptied} CASCADE")
            connection.close()
