"""Whose word counts on who the client is: the peer's own address, unless the peer is one of our proxies.

BANLI_PROXIES names them, by address or network. From everybody else the headers of forwarding are thrown away, so
that nobody can give themselves another address, or plain HTTP the look of HTTPS.
"""

from collections.abc import Callable, Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest, HttpResponse

Network = IPv4Network | IPv6Network
Answering = Callable[[HttpRequest], HttpResponse]
FORWARDED = ("HTTP_FORWARDED", "HTTP_VIA", "HTTP_X_REAL_IP", "HTTP_X_REQUEST_ID", "HTTP_TRACEPARENT")
#: Set where the request came through a proxy of ours.
PROXIED = "banli.proxied"


def networks(text: str) -> list[Network]:
    """The addresses and networks of a list with commas. Raises ValueError for what is none."""
    return [ip_network(part.strip()) for part in text.split(",") if part.strip()]


class Proxies:
    """Middleware, the first of all: REMOTE_ADDR is the client from here on."""

    def __init__(self, get_response: Answering) -> None:
        self.get_response = get_response
        self.trusted: list[Network] = settings.BANLI_PROXIES

    def __call__(self, request: HttpRequest) -> HttpResponse:
        meta = request.META
        if self._trusts(meta.get("REMOTE_ADDR", "")):
            meta[PROXIED] = any(name.startswith("HTTP_X_FORWARDED_") or name in FORWARDED for name in meta)
            meta["REMOTE_ADDR"] = self._client(meta["REMOTE_ADDR"], meta.get("HTTP_X_FORWARDED_FOR", ""))
        else:
            for name in [n for n in meta if n.startswith("HTTP_X_FORWARDED_") or n in FORWARDED]:
                del meta[name]
                meta[PROXIED] = True
        return self.get_response(request)

    def _client(self, peer: str, forwarded: str) -> str:
        """The last address that is no proxy of ours: each proxy appends whom it heard from."""
        for told in reversed(forwarded.split(",")):
            address = _address(told)
            if address is None:
                return peer
            peer = str(address)
            if not self._trusts(peer):
                return peer
        return peer

    def _trusts(self, address: str) -> bool:
        known = _address(address)
        return known is not None and _within(known, self.trusted)


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(text.strip())
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _within(address: IPv4Address | IPv6Address, trusted: Iterable[Network]) -> bool:
    return any(address.version == network.version and address in network for network in trusted)
