"""DATABASE_URL."""

import pytest

from banli.config.database import django_database


def test_an_address_becomes_djangos_settings() -> None:
    settings = django_database("postgresql://ban%20li:p%40ss@db.example.com:5433/banli_prod?sslmode=require")
    assert settings["NAME"] == "banli_prod"
    assert settings["USER"] == "ban li"
    assert settings["PASSWORD"] == "p@ss"
    assert (settings["HOST"], settings["PORT"]) == ("db.example.com", "5433")
    assert settings["OPTIONS"]["sslmode"] == "require"
    assert settings["CONN_HEALTH_CHECKS"] is True


def test_a_socket_is_named_by_its_folder() -> None:
    settings = django_database("postgres://banli@/banli?host=%2Frun%2Fbanli")
    assert settings["HOST"] == "/run/banli"
    assert "host" not in settings["OPTIONS"]


def test_statements_are_prepared_unless_a_pooler_forbids_it() -> None:
    assert django_database("postgres:///banli")["OPTIONS"]["prepare_threshold"] == 0
    told = django_database("postgres://pooler/banli?prepared=no")["OPTIONS"]
    assert told["prepare_threshold"] is None
    assert "prepared" not in told


@pytest.mark.parametrize("url", ["mysql://banli@db/banli", "sqlite:///banli.db", "banli"])
def test_another_database_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="must begin with postgres"):
        django_database(url)
