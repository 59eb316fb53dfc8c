"""``banli check [PACK…]`` and ``banli draw [PACK…] [--check]``: what a pack's author calls.

A pack is a folder, or the name of one in the folder of packs (BANLI_PACKS, else ``packs/`` of this copy of Banli).
"""

import argparse
import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from banli.engine.check import Report, examine
from banli.engine.drawings import drawings
from banli.engine.faults import Faulty
from banli.engine.load import LoadedPack, load
from banli.engine.reference import reference
from banli.engine.rota import said
from banli.engine.schema import schemas

ROOT = Path(__file__).resolve().parents[3]


def main(argv: list[str]) -> int:
    """Runs the subcommand ``argv[0]``. 0: sound, drawn or up to date; 1: not; 2: called wrongly."""
    if argv[:1] == ["check"]:
        return check(argv[1:])
    if argv[:1] == ["draw"]:
        return draw(argv[1:])
    return 2


def check(argv: list[str]) -> int:
    """Print every fault of the packs, or how much was proved."""
    words = argparse.ArgumentParser("banli check", description="检查流程文件 / prove the packs sound")
    words.add_argument(
        "pack", nargs="*", help="包的文件夹或名字，不写为全部 / a folder or a name; all unless given"
    )
    faulty = list(map(_checked, _folders(words.parse_args(argv).pack, words)))
    return 1 if any(faulty) else 0


def draw(argv: list[str]) -> int:
    """Write the drawings, handbook pages, BPMN files and schemas; with ``--check`` only compare."""
    words = argparse.ArgumentParser("banli draw", description="画流程图 / draw the procedures")
    words.add_argument(
        "pack", nargs="*", help="包的文件夹或名字，不写为全部 / a folder or a name; all unless given"
    )
    words.add_argument("--check", action="store_true", help="只比较，不写 / compare, do not write")
    words.add_argument("--to", type=Path, default=ROOT / "docs", help="写到哪里 / where to")
    asked = words.parse_args(argv)
    wanted: dict[Path, str] = {}
    for folder in _folders(asked.pack, words):
        try:
            loaded = load(folder)
        except Faulty as why:
            print(why)
            return 1
        wanted |= {asked.to / "procedures" / name: text for name, text in drawings(loaded).items()}
    wanted |= {asked.to / "schema" / name: text for name, text in schemas().items()}
    wanted[asked.to / "reference.md"] = reference()
    stale = [path for path, text in wanted.items() if not path.exists() or path.read_text("utf-8") != text]
    if asked.check:
        left = _left_over(wanted, asked.to) if not asked.pack else []
        for path in (*stale, *left):
            print(
                f"{_shown(path)}: 与流程文件不符，请执行 banli draw / differs from its file; run banli draw"
            )
        return 1 if stale or left else 0
    for path in stale:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(wanted[path], "utf-8")
        print(_shown(path))
    return 0


def _left_over(wanted: Iterable[Path], to: Path) -> list[Path]:
    """Drawings of procedures that are no longer there."""
    there = [
        path for part in ("procedures", "schema") for path in sorted((to / part).rglob("*")) if path.is_file()
    ]
    return [path for path in there if path not in set(wanted)]


def _shown(path: Path) -> str:
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)


def _folders(named: list[str], words: argparse.ArgumentParser) -> Iterator[Path]:
    """The packs that were named, or all."""
    packs = Path(os.environ.get("BANLI_PACKS", ROOT / "packs"))
    if not named:
        yield from sorted(path.parent for path in packs.glob("*/pack.yaml"))
        return
    for name in named:
        found = next((path for path in (packs / name, Path(name)) if path.is_dir()), None)
        if found is None:
            words.error(f"没有这个包 / there is no such pack: {name}")
        yield found.resolve()


def _checked(folder: Path) -> bool:
    """Whether a pack has faults; prints them, or what was proved of each procedure."""
    try:
        loaded = load(folder)
        report = examine(loaded, _others(folder))
    except Faulty as why:
        report = Report(faults=why.faults)
    for fault in report.faults:
        print(fault)
    if report.faults:
        count = len(report.faults)
        print(f"{folder.name}: {count} 处错误 / {count} fault{'s' if count > 1 else ''}", file=sys.stderr)
        return True
    for line in _proved(loaded, report):
        print(line)
    print(f"{folder.name}: 可行 / sound")
    return False


def _others(folder: Path) -> Iterator[LoadedPack]:
    """The packs beside it, whose procedures it may start; one that cannot be read is its own author's fault."""
    for path in sorted(folder.parent.glob("*/pack.yaml")):
        if path.parent != folder:
            try:
                yield load(path.parent)
            except Faulty:
                continue


def _proved(loaded: LoadedPack, report: Report) -> Iterator[str]:
    for name, procedure in loaded.pack.procedures.items():
        walked, played = report.walked[name], report.played[name]
        steps = sum(1 for _ in procedure.each_step())
        many = walked.situations, walked.with_overrides
        yield (
            f"{loaded.folder.name}/{name}: {steps} 步，{many[0]} 种局面（含干预 {many[1]}），{played.stories} 个例子"
            f" / {steps} steps, {many[0]} situations ({many[1]} with interventions), {played.stories} scenarios"
        )
    for name, routine in loaded.pack.routines.items():
        when, checks = said(routine.when), len(routine.checks)
        yield f"{loaded.folder.name}/{name}: {when.zh}，{checks} 项 / {when.en}, {checks} checks"
