"""A kept connection is looked at before it is used again, and asked only where there is reason to."""

import pytest
from django.db import connection, connections
from django.db.backends.postgresql import base

from banli.config import driver
from banli.config.driver.base import DatabaseWrapper

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def kept() -> DatabaseWrapper:
    """A connection of its own beside the test's."""
    own = connections.create_connection("default")
    own.ensure_connection()
    yield own
    own.close()


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """One entry for each time that the server was asked."""
    times: list[str] = []
    asking = base.DatabaseWrapper.is_usable

    def noted(self: base.DatabaseWrapper) -> bool:
        times.append(self.alias)
        return asking(self)

    monkeypatch.setattr(base.DatabaseWrapper, "is_usable", noted)
    return times


def hang_up(kept: DatabaseWrapper) -> None:
    """The server ends the connection, as it does when it is stopped."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [kept.connection.info.backend_pid])
        assert cursor.fetchone() == (True,)


def test_it_is_the_connection_of_the_house() -> None:
    assert connection.settings_dict["ENGINE"] == driver.__name__
    assert isinstance(connections["default"], DatabaseWrapper) and connection.vendor == "postgresql"


def test_a_connection_that_answered_a_moment_ago_is_not_asked_again(kept, asked) -> None:
    assert [kept.is_usable() for _ in range(5)] == [True] * 5
    assert asked == ["default"]


def test_one_that_answered_long_ago_is_asked(kept, asked, monkeypatch) -> None:
    monkeypatch.setattr("banli.config.driver.base.TRUSTED_FOR", 0.0)
    assert kept.is_usable() and kept.is_usable()
    assert asked == ["default"] * 2


def test_after_an_error_it_is_asked(kept, asked) -> None:
    assert kept.is_usable()
    kept.errors_occurred = True
    assert kept.is_usable()
    assert asked == ["default"] * 2


def test_a_server_that_hung_up_is_noticed_before_anything_is_sent(kept, asked) -> None:
    assert kept.is_usable()
    hang_up(kept)
    assert not kept.is_usable()
    assert asked == ["default"] * 2


def test_the_next_request_has_a_new_connection(kept) -> None:
    assert kept.is_usable()
    before = kept.connection.info.backend_pid
    hang_up(kept)
    kept.close_if_unusable_or_obsolete()  # what the end of a request does
    with kept.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)
    assert kept.connection.info.backend_pid != before


def test_one_that_is_closed_is_of_no_use(kept) -> None:
    assert kept.is_usable()
    kept.connection.close()
    assert not kept.is_usable()
