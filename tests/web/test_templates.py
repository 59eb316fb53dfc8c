"""Rules that every room's templates keep, so that the strict content security policy holds."""

import re
from pathlib import Path

import banli

SOURCE = Path(banli.__file__).parent
TEMPLATES = sorted(SOURCE.rglob("templates/**/*.html"))


def offending(pattern: str) -> list[str]:
    found = re.compile(pattern, re.IGNORECASE)
    return [
        f"{path.relative_to(SOURCE)}: {match.group(0)}"
        for path in TEMPLATES
        for match in found.finditer(path.read_text(encoding="utf-8"))
    ]


def test_there_are_templates() -> None:
    assert len(TEMPLATES) > 30


def test_no_template_styles_in_place() -> None:
    assert offending(r"\sstyle=|<style\b") == []


def test_no_template_scripts_in_place() -> None:
    assert (
        offending(
            r"<script\b(?![^>]*\bsrc=)[^>]*>|\son(click|change|submit|load|input)=|\bhx-on[:-]|javascript:"
        )
        == []
    )


def test_no_template_fetches_from_elsewhere() -> None:
    assert offending(r"""(src|href)=["'](https?:)?//""") == []
