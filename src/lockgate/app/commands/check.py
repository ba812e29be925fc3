"""`lockgate check`: is this configuration valid, and if not, why."""

import os
import sys
import time
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from lockgate.app.certificate_ends import ends, soon
from lockgate.app.doubts import doubts, prices_of
from lockgate.app.in_the_clear import in_the_clear
from lockgate.app.load import Loaded, load
from lockgate.app.options import AsJson
from lockgate.app.watch_files import signature


def add(app: typer.Typer) -> None:
    app.command("check", help="Check a configuration: exit 0 when it is valid, 1 when not, 2 when there is none.")(
        check
    )


def check(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The configuration.")],
    json: AsJson = False,
) -> None:
    """Everything that is wrong, each with file, line, path, what was found and what was expected; and what soon will be."""
    loaded = load(file, os.environ)
    warnings = () if loaded.problems else _warnings(loaded)
    if json:
        answer: dict[str, Any] = {"valid": not loaded.problems, "errors": loaded.problems}
        answer |= {"warnings": warnings} if warnings else {}
        print(msgspec.json.encode(answer).decode())
    else:
        for mistake in loaded.problems:
            print(mistake)
        for text in warnings:
            print(f"warning: {text}", file=sys.stderr)
        print(_summary(file, len(loaded.problems)), file=sys.stderr if loaded.problems else sys.stdout)
    if not any(signature(file)):
        raise typer.Exit(2)  # there is nothing to say yes or no to
    raise typer.Exit(1 if loaded.problems else 0)


def _warnings(loaded: Loaded) -> tuple[str, ...]:
    return (
        *in_the_clear(loaded, os.environ),
        *doubts(loaded, prices_of(loaded)),
        *(text for _, text in soon(ends(loaded), time.time())),
    )


def _summary(file: Path, count: int) -> str:
    if not count:
        return f"{file} is valid"
    return f"{file}: {count} mistake{'s' if count > 1 else ''}"
