"""The two languages of the screens: Chinese is what the source says, English stands in `locale/en`.

`compile_all` makes the catalogues gettext reads; `missing` names what has no English yet.
"""

import ast
import os
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

import polib

SOURCE = Path(__file__).resolve().parents[1]
LOCALE = Path(__file__).resolve().parent / "locale"
ENGLISH = LOCALE / "en/LC_MESSAGES/django.po"

#: Function → which of its arguments are texts to translate.
CALLS = {
    "_": (0,),
    "gettext": (0,),
    "gettext_lazy": (0,),
    "gettext_noop": (0,),
    "noop": (0,),
    "ngettext": (0, 1),
    "ngettext_lazy": (0, 1),
    "pgettext": (1,),
    "pgettext_lazy": (1,),
}
_TRANSLATE = re.compile(r"""\{%\s*(?:translate|trans)\s+(?:"([^"]*)"|'([^']*)')""")
_FILTER = re.compile(r"""_\(\s*(?:"([^"]*)"|'([^']*)')\s*\)""")
_BLOCK = re.compile(
    r"\{%\s*block(?:translate|trans)\b([^%]*)%\}(.*?)\{%\s*endblock(?:translate|trans)\s*%\}", re.DOTALL
)
_PLURAL = re.compile(r"\{%\s*plural\s*%\}")
_VARIABLE = re.compile(r"\{\{\s*(\w+)[^}]*\}\}")


def compile_all() -> None:
    """Write every catalogue's binary form beside it."""
    for po in LOCALE.rglob("*.po"):
        _compile(po)


def compile_stale() -> None:
    """Write the binary form of each catalogue that changed since; cheap enough for every start."""
    for po in LOCALE.rglob("*.po"):
        mo = po.with_suffix(".mo")
        if not mo.exists() or mo.stat().st_mtime_ns < po.stat().st_mtime_ns:
            _compile(po)


def _compile(po: Path) -> None:
    """Write aside, then put in place: web and worker start at the same moment and both may compile."""
    content = polib.pofile(str(po)).to_binary()
    handle, aside = tempfile.mkstemp(dir=po.parent, suffix=".part")
    with os.fdopen(handle, "wb") as written:
        written.write(content)
    os.chmod(aside, 0o644)
    os.replace(aside, po.with_suffix(".mo"))


def missing() -> dict[str, list[str]]:
    """Text without English → the files that say it. Empty when English is complete."""
    told = {
        entry.msgid
        for entry in polib.pofile(str(ENGLISH))
        if not entry.obsolete
        and "fuzzy" not in entry.flags
        and (entry.msgstr or (entry.msgstr_plural and all(entry.msgstr_plural.values())))
    }
    gaps: dict[str, list[str]] = {}
    for text, path in said():
        if text not in told:
            gaps.setdefault(text, []).append(str(path.relative_to(SOURCE)))
    return gaps


def said() -> Iterator[tuple[str, Path]]:
    """Every text of the source that is shown to somebody, with the file it stands in."""
    for path in sorted(SOURCE.rglob("*.py")):
        yield from ((text, path) for text in in_python(path.read_text(encoding="utf-8")))
    for path in sorted(SOURCE.rglob("templates/**/*.*")):
        yield from ((text, path) for text in in_template(path.read_text(encoding="utf-8")))


def in_python(source: str) -> Iterator[str]:
    """The texts given to gettext and its kin. A text put together at run time cannot be found, so it is refused."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        for index in CALLS.get(name, ()):
            if index < len(node.args):
                argument = node.args[index]
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    yield argument.value
                elif isinstance(argument, ast.JoinedStr):
                    raise ValueError(
                        f'line {node.lineno}: {name}(f"…") cannot be translated; fill it in afterwards'
                    )


def in_template(source: str) -> Iterator[str]:
    """The texts of {% translate %}, {% blocktranslate %} and _("…")."""
    for pattern in (_TRANSLATE, _FILTER):
        for match in pattern.finditer(source):
            yield match.group(1) if match.group(1) is not None else match.group(2)
    for match in _BLOCK.finditer(source):
        trimmed = " trimmed" in f" {match.group(1)}"
        for part in _PLURAL.split(match.group(2)):
            text = _VARIABLE.sub(r"%(\1)s", part)
            yield " ".join(line.strip() for line in text.strip().splitlines()) if trimmed else text
