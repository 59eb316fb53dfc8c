"""The office's seal: real, whole, and the office's own."""

import random
import stat
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from pyhanko.sign import signers
from pytest_django.fixtures import Settings

from banli.papers import render, seal
from tests.papers.slips import GOODS, definition, printed, words

SLIP = definition("goods-release-slip")
CUIHU, SONGFENG = seal.Office("cuihu", "翠湖花园"), seal.Office("songfeng", "松风里")
PUT = seal.Put("陈主任", datetime(2026, 5, 1, 10, 2), "FX-2026-000123")


@cache
def plain() -> bytes:
    return render.render(SLIP, printed("goods-release-slip", GOODS), "original")


def sealed(office: seal.Office = CUIHU) -> bytes:
    place = render.seal_place(SLIP, printed("goods-release-slip", GOODS), "original")
    return seal.put_seal(plain(), office=office, place=place, put=PUT)


def test_the_seal_says_who_put_it_on_and_when() -> None:
    found = seal.verify(sealed(), CUIHU)
    assert found.good
    assert found.signer == "翠湖花园管理处"
    assert found.reason == "陈主任 于 2026-05-01 10:02 用印，FX-2026-000123"


def test_the_longest_name_finds_room_and_the_key_is_used_once_for_each_seal(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    used: list[int] = []
    sign = signers.SimpleSigner.sign_raw
    monkeypatch.setattr(signers.SimpleSigner, "sign_raw", lambda *told: (used.append(1), sign(*told))[1])
    office = seal.Office("long", "翠" * 70)
    assert seal.verify(sealed(office), office).good
    assert len(used) == 1


def test_one_thread_at_a_time_is_at_the_seals(monkeypatch: pytest.MonkeyPatch) -> None:
    """asn1crypto's classes are made ready on first use; two threads at it once left a paper without its files."""
    inside: list[int] = []
    many: list[int] = []
    apart = seal._apart

    def watched(call: Callable[[], Any]) -> Any:
        inside.append(1)
        many.append(len(inside))
        time.sleep(0.05)  # long enough for whoever is not kept out
        inside.pop()
        return apart(call)

    pdf = sealed()
    monkeypatch.setattr(seal, "_apart", watched)
    with ThreadPoolExecutor(4) as threads:
        put = [threads.submit(sealed) for _ in range(2)]
        looked_at = [threads.submit(seal.verify, pdf, CUIHU) for _ in range(2)]
    assert all(seal.verify(one.result(), CUIHU).good for one in put)
    assert all(one.result().good for one in looked_at)
    assert set(many) == {1}


def test_the_slips_words_stay_as_they_were() -> None:
    assert words(sealed()).startswith(words(plain()))


@pytest.mark.parametrize("seed", range(3))
def test_one_altered_byte_is_found_wherever_it_is(seed: int) -> None:
    pdf = sealed()
    for place in random.Random(seed).sample(range(len(pdf)), 12):
        altered = bytearray(pdf)
        altered[place] ^= 1
        assert not seal.verify(bytes(altered), CUIHU).good


def test_something_added_behind_the_seal_is_found() -> None:
    pdf = sealed()
    assert not seal.verify(pdf + b"\n1 0 obj\n<<>>\nendobj\n", CUIHU).good
    assert not seal.verify(pdf + pdf[-200:], CUIHU).good


def test_another_estates_seal_is_not_ours() -> None:
    found = seal.verify(sealed(SONGFENG), CUIHU)
    assert found.sealed and not found.ours and not found.good
    assert found.signer == "松风里管理处"


def test_a_paper_without_a_seal_is_not_taken_for_a_sealed_one() -> None:
    assert seal.verify(plain(), CUIHU) == seal.Verified(sealed=False)


@pytest.mark.parametrize("pdf", [b"", b"no PDF", b"%PDF-1.7\n"])
def test_rubbish_is_never_good(pdf: bytes) -> None:
    assert not seal.verify(pdf, CUIHU).good


def test_the_key_is_made_once_and_only_its_owner_can_read_it(settings: Settings, tmp_path: Path) -> None:
    settings.BANLI_SECRETS = tmp_path / "secrets"
    first = sealed()
    key = tmp_path / "secrets/seal-cuihu.pem"
    made = key.read_bytes()
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert seal.verify(sealed(), CUIHU).good and seal.verify(first, CUIHU).good
    assert key.read_bytes() == made
    assert sorted(file.name for file in key.parent.iterdir()) == ["seal-cuihu.pem"]


def test_a_long_slip_is_sealed_on_its_last_page() -> None:
    goods = [{"name": f"纸箱{n}", "count": 1, "remark": None} for n in range(60)]
    values = printed("goods-release-slip", {**GOODS, "form.goods": goods})
    place = render.seal_place(SLIP, values, "original")
    pdf = seal.put_seal(render.render(SLIP, values, "original"), office=CUIHU, place=place, put=PUT)
    assert place.page > 1
    assert seal.verify(pdf, CUIHU).good
