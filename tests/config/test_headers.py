"""What every answer carries."""

from django.conf import settings
from django.test import Client


def test_every_answer_has_a_strict_content_security_policy(client: Client) -> None:
    policy = dict(
        part.strip().split(" ", 1)
        for part in client.get("/healthz").headers["Content-Security-Policy"].split(";")
    )
    assert policy["script-src"] == "'self' 'wasm-unsafe-eval'"
    assert policy["style-src"] == "'self'"
    assert policy["object-src"] == policy["frame-ancestors"] == "'none'"
    assert "unsafe-inline" not in str(policy)


def test_no_page_is_framed_sniffed_or_told_to_others(client: Client) -> None:
    headers = client.get("/healthz").headers
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


def test_passwords_are_kept_with_argon2_only() -> None:
    assert settings.PASSWORD_HASHERS == ["django.contrib.auth.hashers.Argon2PasswordHasher"]
