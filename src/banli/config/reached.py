"""Where other machines reach the web server: what stands in the QR codes when nobody has set BANLI_ORIGIN.

Never taken from a request: with every host name allowed, whoever asks for a print would choose where a sealed
paper sends the guard's phone.
"""

import ipaddress
import socket

EVERYWHERE = ("0.0.0.0", "::")
#: Addresses that are nobody's (RFC 5737, RFC 3849): asked only for the way out, nothing is sent there.
_SOMEWHERE = {socket.AF_INET: "192.0.2.1", socket.AF_INET6: "2001:db8::1"}


def reached_at(host: str, port: int) -> str:
    """The origin of a server that listens on ``host``, for other machines; empty where only this one gets there."""
    if host in EVERYWHERE:
        host = _own_address(socket.AF_INET6 if ":" in host else socket.AF_INET)
    if not host or _is_only_here(host):
        return ""
    return origin(host, port)


def origin(host: str, port: int) -> str:
    """The http origin of a host and port."""
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


def _is_only_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _own_address(family: socket.AddressFamily) -> str:
    """This machine's address on its way out; empty where there is no network."""
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((_SOMEWHERE[family], 9))
            return str(probe.getsockname()[0])
    except OSError:
        return _own_address(socket.AF_INET) if family == socket.AF_INET6 else ""
