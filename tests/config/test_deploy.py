"""The files under deploy/, tried with the programs they are for, where these are installed."""

import re
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import httpx
import pytest
from django.core.handlers.wsgi import WSGIRequest
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.test import Client
from ruamel.yaml import YAML

from banli.operation import metrics
from banli.operation.proxies import Proxies, networks

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
NGINX = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")
SYSTEMD = shutil.which("systemd-analyze")
NAME = "banli.example.com"


@pytest.mark.skipif(SYSTEMD is None, reason="systemd-analyze is not installed")
def test_systemd_understands_the_unit_and_finds_it_well_shut(tmp_path: Path):
    unit = tmp_path / "banli.service"
    unit.write_text((DEPLOY / "banli.service").read_text().replace("/srv/banli/", f"{ROOT}/"))
    told = subprocess.run([str(SYSTEMD), "verify", unit], capture_output=True, text=True, timeout=60)
    assert (told.returncode, told.stderr) == (0, "")


@pytest.mark.django_db
def test_every_alert_asks_for_something_that_metrics_tells():
    metrics._counted = None
    told = Client().get("/metrics", headers={"host": "localhost"}).content.decode()
    known = set(re.findall(r"^# TYPE (\S+)", told, re.MULTILINE))
    known |= {f"{name}_bucket" for name in known} | {
        "banli_oldest_job_seconds",
        "banli_worker_heartbeat_seconds",
    }
    known |= {"banli_clock_lag_seconds"}  # told where there is a job, a worker, a clock
    rules = YAML(typ="safe").load(DEPLOY / "alerts.yml")["groups"][0]["rules"]
    guide = (ROOT / "docs/operating.md").read_text()
    for rule in rules:
        assert set(re.findall(r"\bbanli_\w+", rule["expr"])) <= known, rule["alert"]
        assert rule["alert"] in guide


class Quiet(WSGIRequestHandler):
    def log_message(self, *args: Any) -> None:
        """The test asserts what came."""


def who(request: HttpRequest) -> HttpResponse:
    """What the house takes the client to be."""
    told = {"client": request.META["REMOTE_ADDR"], "secure": request.is_secure(), "host": request.get_host()}
    return JsonResponse({**told, "id": request.headers.get("X-Request-ID", "")})


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def house(settings: Any) -> Iterator[WSGIServer]:
    """The house as behind an nginx on this machine, with one more address that tells who is asking."""
    settings.BANLI_PROXIES = networks("127.0.0.1")
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.SECURE_HSTS_SECONDS = 3600
    settings.ALLOWED_HOSTS = [NAME]
    django, proxies = get_wsgi_application(), Proxies(who)

    def application(environ: dict[str, Any], start: Any) -> Any:
        if environ["PATH_INFO"] != "/who":
            return django(environ, start)
        answer = proxies(WSGIRequest(environ))
        start("200 OK", list(answer.items()))
        return [answer.content]

    server = make_server("127.0.0.1", 0, application, handler_class=Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join(10)


@pytest.fixture
def nginx(house: WSGIServer, tmp_path: Path) -> Iterator[int]:
    """A real nginx with our file: only ports, the certificate and the machine behind it are others."""
    plain, secure = free_port(), free_port()
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", f"/CN={NAME}", "-keyout", tmp_path / "key", "-out", tmp_path / "cert"],
        check=True, capture_output=True, timeout=60,
    )  # fmt: skip
    site = (DEPLOY / "nginx.conf").read_text()
    for old, new in (
        ("listen [::]:80;", ""), ("listen [::]:443 ssl http2;", ""), ("listen 80;", f"listen 127.0.0.1:{plain};"),
        ("listen 443 ssl http2;", f"listen 127.0.0.1:{secure} ssl http2;"),
        (f"/etc/letsencrypt/live/{NAME}/fullchain.pem", f"{tmp_path}/cert"),
        (f"/etc/letsencrypt/live/{NAME}/privkey.pem", f"{tmp_path}/key"),
        ("server 127.0.0.1:8000", f"server 127.0.0.1:{house.server_port}"),
    ):  # fmt: skip
        assert old in site
        site = site.replace(old, new)
    (tmp_path / "site.conf").write_text(site)
    kept = " ".join(f"{kind}_temp_path {tmp_path}/{kind};" for kind in ("proxy", "fastcgi", "uwsgi", "scgi"))
    (tmp_path / "nginx.conf").write_text(
        f"daemon off; pid {tmp_path}/pid; error_log {tmp_path}/error.log; worker_processes 1; events {{}}\n"
        f"http {{ client_body_temp_path {tmp_path}/body; {kept} include {tmp_path}/site.conf; }}\n"
    )
    tested = subprocess.run(
        [str(NGINX), "-t", "-c", tmp_path / "nginx.conf"], capture_output=True, text=True, timeout=30
    )
    assert tested.returncode == 0, tested.stderr
    running = subprocess.Popen([str(NGINX), "-c", tmp_path / "nginx.conf"])
    deadline = time.monotonic() + 20
    while socket.socket().connect_ex(("127.0.0.1", secure)):
        assert running.poll() is None and time.monotonic() < deadline, (tmp_path / "error.log").read_text()
        time.sleep(0.05)
    yield secure
    running.terminate()
    running.wait(20)


@pytest.mark.skipif(
    NGINX is None or shutil.which("openssl") is None, reason="nginx or openssl is not installed"
)
@pytest.mark.django_db
def test_nginx_in_front_passes_on_who_asks_and_what_protects(nginx: int):
    client = httpx.Client(verify=False, trust_env=False, headers={"Host": NAME}, timeout=20)
    forged = {"X-Forwarded-For": "8.8.8.8", "X-Forwarded-Proto": "http", "X-Request-ID": "forged-by-a-client"}
    told = client.get(f"https://127.0.0.1:{nginx}/who", headers={**forged, "Forwarded": "for=8.8.8.8"}).json()
    assert (told["client"], told["secure"], told["host"]) == ("127.0.0.1", True, NAME)
    assert re.fullmatch("[0-9a-f]{32}", told["id"])
    answer = client.get(f"https://127.0.0.1:{nginx}/healthz")
    assert answer.status_code == 200
    assert answer.headers["Strict-Transport-Security"] == "max-age=3600"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    assert re.fullmatch("[0-9a-f]{32}", answer.headers["X-Request-ID"])
    assert client.get(f"https://127.0.0.1:{nginx}/metrics").status_code == 404
