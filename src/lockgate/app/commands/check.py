"""`lockgate check`: is this configuration valid, and if not, why."""

import os
import sys
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from lockgate.app.load import load
from lockgate.app.options import AsJson


def add(app: typer.Typer) -> None:
    app.command("check", help="Check a configuration: exit 0 when it is valid, 1 when not.")(check)


def check(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The configuration.")],
    json: AsJson = False,
) -> None:
    """Everything that is wrong, each with file, line, path, what was found and what was expected."""
    loaded = load(file, os.environ)
    if json:
        answer = {"valid": not loaded.problems, "errors": loaded.problems}
        print(msgspec.json.encode(answer).decode())
    else:
        for mistake in loaded.problems:
            print(mistake)
        print(_summary(file, len(loaded.problems)), file=sys.stderr if loaded.problems else sys.stdout)
    raise typer.Exit(1 if loaded.problems else 0)


def _summary(file: Path, count: int) -> str:
    if not count:
        return f"{file} is valid"
    return f"{file}: {count} mistake{'s' if count > 1 else ''}"
