"""The third-party parts: everything local, licensed, and every icon that is named is there."""

import re
from pathlib import Path

import banli

SOURCE = Path(banli.__file__).parent
VENDOR = SOURCE / "web/static/vendor"
ICONS = set(
    re.findall(r'<symbol id="([^"]+)"', (VENDOR / "tabler-icons/sprite.svg").read_text(encoding="utf-8"))
)


def test_every_part_has_its_licence_and_its_version() -> None:
    folders = sorted(path for path in VENDOR.iterdir() if path.is_dir())
    assert folders
    for folder in folders:
        assert (folder / "LICENSE").stat().st_size > 500, folder.name
    assert len((VENDOR / "VERSIONS").read_text(encoding="utf-8").splitlines()) == len(folders)


def test_no_part_fetches_anything_from_elsewhere() -> None:
    for path in VENDOR.rglob("*"):
        if path.suffix in (".js", ".css"):
            text = path.read_text(encoding="utf-8")
            assert "sourceMappingURL" not in text, path.name
            assert not re.search(r"jsdelivr|unpkg|cdnjs|googleapis", text), path.name


def test_the_parts_stay_small() -> None:
    assert sum(path.stat().st_size for path in VENDOR.rglob("*") if path.is_file()) < 3_000_000


def test_every_icon_on_the_list_is_in_the_sprite() -> None:
    lines = (SOURCE / "web/icons.txt").read_text(encoding="utf-8").splitlines()
    assert {line for line in lines if line and not line.startswith("#")} == ICONS


def test_every_icon_a_template_or_module_names_is_in_the_sprite() -> None:
    named: dict[str, str] = {}
    for path in SOURCE.rglob("templates/**/*.html"):
        text = path.read_text(encoding="utf-8")
        for tag in re.findall(r"<c-[\w.-]+\s[^>]*>", text):
            for name in re.findall(r"""(?<![:\w])icon(?:_end)?="([a-z0-9-]+)\"""", tag):
                named[name] = path.name
        for name in re.findall(r'<c-icon name="([a-z0-9-]+)"', text):
            named[name] = path.name
    for path in SOURCE.rglob("*.py"):
        for name in re.findall(r"""["']icon["']:\s*["']([a-z0-9-]+)["']""", path.read_text(encoding="utf-8")):
            named[name] = path.name
    from banli.web.states import STATES

    named |= {state.icon: "states.py" for state in STATES.values()}
    assert {name: where for name, where in named.items() if name not in ICONS} == {}
