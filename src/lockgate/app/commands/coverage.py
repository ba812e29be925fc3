"""`lockgate coverage`: which rule looks at what, in which dialect, in requests, answers and streams."""

import os
import sys
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from lockgate.app.load import load
from lockgate.app.options import AsJson

_SIGNS = {"looks": "yes", "does not look": "-", "no such slot": "", "OPEN": "OPEN"}


def add(app: typer.Typer) -> None:
    app.command(
        "coverage", help="Which rule looks at what, tried with a canary in each slot: exit 1 when one gets by."
    )(show)


def show(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The configuration.")],
    json: AsJson = False,
) -> None:
    """A table for each rule: `yes`, `-` where its `on` does not ask for it, nothing where the dialect has no such slot."""
    loaded = load(file, os.environ)
    if loaded.problems:
        for mistake in loaded.problems:
            print(mistake, file=sys.stderr)
        raise typer.Exit(2)
    from lockgate.app.coverage import coverage  # noqa: PLC0415  it needs the automaton

    cells = list(coverage(loaded.valid.rules))
    if json:
        print(msgspec.json.encode(cells).decode())
    elif not cells:
        print("there are no rules")
    else:
        _print([(c.rule, c.way, c.slot, c.dialect, _SIGNS[c.seen]) for c in cells])
    raise typer.Exit(1 if any(cell.seen == "OPEN" for cell in cells) else 0)


def _print(cells: list[tuple[str, str, str, str, str]]) -> None:
    dialects = list(dict.fromkeys(cell[3] for cell in cells))
    rows: dict[tuple[str, str, str], dict[str, str]] = {}
    for rule, way, slot, dialect, sign in cells:
        rows.setdefault((rule, way, slot), {})[dialect] = sign
    last = ""
    for (rule, way, slot), signs in rows.items():
        if rule != last:
            print(f"\n{rule}\n  {'':35s}{''.join(f'{name:20s}' for name in dialects)}".rstrip())
            last = rule
        shown = "".join(signs.get(name, "").ljust(20) for name in dialects)
        print(f"  {way:9s} {slot:25s}{shown}".rstrip())
