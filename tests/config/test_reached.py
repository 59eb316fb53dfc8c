"""Where phones reach the server: the address in the QR codes of an office that has set none."""

import socket

import pytest
from django.conf import settings

from banli.config import reached


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.1.1", "::1", "localhost", "banli.localhost"])
def test_what_only_this_machine_reaches_is_no_address_for_a_phone(host: str):
    assert reached.reached_at(host, 8000) == ""


@pytest.mark.parametrize(
    ("host", "told"),
    [
        ("192.168.7.5", "http://192.168.7.5:8000"),
        ("banli.office", "http://banli.office:8000"),
        ("fd00::5", "http://[fd00::5]:8000"),
    ],
)
def test_an_address_that_was_given_is_the_one(host: str, told: str):
    assert reached.reached_at(host, 8000) == told


@pytest.mark.parametrize("host", reached.EVERYWHERE)
def test_listening_everywhere_it_is_the_address_on_the_way_out(host: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(socket.socket, "connect", lambda probe, to: None)
    monkeypatch.setattr(socket.socket, "getsockname", lambda probe: ("192.168.7.5", 1))
    assert reached.reached_at(host, 8000) == "http://192.168.7.5:8000"


@pytest.mark.parametrize("host", reached.EVERYWHERE)
def test_without_a_network_there_is_none(host: str, monkeypatch: pytest.MonkeyPatch):
    def no_way(probe: socket.socket, to: tuple[str, int]) -> None:
        raise OSError("Network is unreachable")

    monkeypatch.setattr(socket.socket, "connect", no_way)
    assert reached.reached_at(host, 8000) == ""


def test_where_nothing_is_known_the_setting_is_empty():
    assert settings.BANLI_PASS_ORIGIN == ""
