"""Whose word on the client's address counts."""

from ipaddress import ip_network
from itertools import count
from typing import Any

import pytest
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.test import Client

from banli.operation.proxies import PROXIED, Proxies, networks
from tests.office import Office

_names = count(1)


def seen(trusted: str, peer: str, **headers: str) -> dict[str, Any]:
    """The META that views see."""
    request = HttpRequest()
    request.META.update({"REMOTE_ADDR": peer, **headers})
    proxies = Proxies(lambda request: HttpResponse())
    proxies.trusted = networks(trusted)
    proxies(request)
    return request.META


@pytest.mark.parametrize(
    ("trusted", "peer", "forwarded", "client"),
    [
        ("127.0.0.1", "127.0.0.1", "203.0.113.9", "203.0.113.9"),
        (
            "127.0.0.1",
            "127.0.0.1",
            "8.8.8.8, 203.0.113.9",
            "203.0.113.9",
        ),  # what the client claims comes first
        ("127.0.0.1,10.0.0.0/8", "127.0.0.1", "8.8.8.8, 203.0.113.9, 10.1.2.3", "203.0.113.9"),
        ("127.0.0.1", "203.0.113.9", "8.8.8.8", "203.0.113.9"),
        ("", "127.0.0.1", "8.8.8.8", "127.0.0.1"),
        ("127.0.0.1", "127.0.0.1", "", "127.0.0.1"),
        ("127.0.0.1", "127.0.0.1", "nonsense", "127.0.0.1"),
        ("127.0.0.1", "::ffff:127.0.0.1", "2001:db8::7", "2001:db8::7"),
        ("::1", "::1", "203.0.113.9", "203.0.113.9"),
        ("10.0.0.0/8", "10.0.0.1", "10.0.0.2, 10.0.0.3", "10.0.0.2"),
    ],
)
def test_the_client_is_the_last_one_that_is_no_proxy_of_ours(trusted, peer, forwarded, client):
    assert seen(trusted, peer, HTTP_X_FORWARDED_FOR=forwarded)["REMOTE_ADDR"] == client


def test_from_a_stranger_no_header_of_forwarding_is_believed():
    told = seen(
        "10.0.0.0/8", "203.0.113.9", HTTP_X_FORWARDED_FOR="8.8.8.8", HTTP_X_FORWARDED_PROTO="https",
        HTTP_X_REQUEST_ID="chosen-by-them", HTTP_HOST="banli.example.com",
    )  # fmt: skip
    assert [name for name in told if name.startswith("HTTP_X")] == []
    assert (told["HTTP_HOST"], told[PROXIED]) == ("banli.example.com", True)


def test_a_network_that_is_none_is_refused():
    with pytest.raises(ValueError, match="nowhere"):
        networks("127.0.0.1, nowhere")


def wrong_passwords(times: int, forwarded: str) -> int:
    """The last answer. Each time it is another name: wrong passwords are counted by name, too."""
    for _ in range(times):
        name = f"nobody{next(_names)}"
        told = Client().post(
            "/sign-in/", {"login": name, "password": "wrong"}, headers={"x-forwarded-for": forwarded}
        )
    return told.status_code


def test_wrong_passwords_are_counted_for_the_client_and_not_for_the_proxy(office: Office, monkeypatch):
    cache.clear()
    monkeypatch.setattr("django.conf.settings.BANLI_PROXIES", [ip_network("127.0.0.1")])
    assert wrong_passwords(31, "203.0.113.9") == 429
    assert wrong_passwords(1, "203.0.113.10") == 200
    assert (
        wrong_passwords(1, "198.51.100.1, 203.0.113.9") == 429
    )  # what the client itself claims is not believed
    cache.clear()


def test_the_proxy_gives_a_request_its_number_and_nobody_else_does(client: Client, monkeypatch):
    number = "0123456789abcdef0123456789abcdef"
    assert client.get("/healthz", headers={"x-request-id": number})["X-Request-ID"] != number
    monkeypatch.setattr("django.conf.settings.BANLI_PROXIES", [ip_network("127.0.0.1")])
    told = Client().get("/healthz", headers={"x-request-id": number})
    assert told["X-Request-ID"] == number
    bad = Client().get("/healthz", headers={"x-request-id": "<script>alert(1)</script>"})
    assert bad["X-Request-ID"].isalnum()
