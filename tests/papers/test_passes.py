"""The code on the slip: ours or not, whole or altered."""

import random
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest
import segno
from pytest_django.fixtures import Settings

from banli.engine.refusals import Refusal
from banli.papers import passes

UNTIL = datetime(2026, 5, 1, 15, 59, tzinfo=UTC)


@pytest.fixture(autouse=True)
def own_keys(settings: Settings, tmp_path: Path) -> None:
    settings.BANLI_SECRETS = tmp_path / "secrets"


def a_pass() -> str:
    return passes.new_token(estate_id=3, paper_id=123456, valid_until=UNTIL)


def refused(text: str) -> str:
    with pytest.raises(Refusal) as why:
        passes.check_token(text)
    return why.value.code


def test_a_pass_says_what_it_was_made_for() -> None:
    told = passes.check_token(a_pass())
    assert (told.estate_id, told.paper_id, told.valid_until) == (3, 123456, UNTIL)
    assert passes.check_token(passes.new_token(estate_id=1, paper_id=1, valid_until=None)).valid_until is None


def test_the_whole_address_the_bare_code_and_small_letters_are_the_same_pass() -> None:
    token = a_pass()
    for text in (
        token,
        token.lower(),
        f" {token}\n",
        f"/g/{token}",
        f"https://banli.example/g/{token.lower()}/",
    ):
        assert passes.check_token(text).token == token
    assert passes.check_token(passes.address(token, "https://banli.example")).token == token
    assert passes.address(token, "") == token


def test_the_code_is_small_enough_to_be_scanned_in_the_rain() -> None:
    code = segno.make(
        passes.address(a_pass(), "https://banli.example.com"), error="m", micro=False, boost_error=False
    )
    assert int(code.version) <= 7
    assert code.mode == "alphanumeric"


def test_no_two_passes_are_alike() -> None:
    assert len({a_pass() for _ in range(50)}) == 50


def test_an_altered_character_is_found_wherever_it_is() -> None:
    token = a_pass()
    chance = random.Random(1)
    for place in range(len(token)):
        other = chance.choice([c for c in "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567" if c != token[place]])
        assert refused(token[:place] + other + token[place + 1 :]) in ("pass_forged", "pass_malformed")


def test_a_pass_written_by_somebody_else_is_forged(settings: Settings, tmp_path: Path) -> None:
    settings.BANLI_SECRETS = tmp_path / "others"
    theirs = a_pass()
    settings.BANLI_SECRETS = tmp_path / "secrets"
    a_pass()
    assert refused(theirs) == "pass_forged"


def test_a_pass_under_an_unknown_key_is_forged(settings: Settings, tmp_path: Path) -> None:
    token = a_pass()
    settings.BANLI_SECRETS = tmp_path / "empty"
    assert refused(token) == "pass_forged"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "FX-2026-000123",
        "https://example.com/",
        "A" * 137,
        "A" * 139,
        "0" * 138,
        "\0" * 138,
        "字" * 138,
        "A" * 5000,
    ],
)
def test_what_is_no_pass_is_called_so(text: str) -> None:
    assert refused(text) == "pass_malformed"


def test_a_new_key_signs_and_the_old_passes_still_hold(settings: Settings, tmp_path: Path) -> None:
    old = a_pass()
    key = tmp_path / "secrets/pass-1"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    (tmp_path / "secrets/pass-2").write_bytes(b"2" * 32)
    new = a_pass()
    assert passes.check_token(old).paper_id == passes.check_token(new).paper_id
    (tmp_path / "secrets/pass-2").write_bytes(b"3" * 32)
    assert refused(new) == "pass_forged"
    assert passes.check_token(old).paper_id == 123456
