"""Options that several commands share, and how a command says no."""

import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from lockgate.app.find_config import find_config


def _address(value: str | None) -> str | None:
    from lockgate.core.address import listen  # noqa: PLC0415  only where a command has such an option

    try:
        if value is not None:
            listen(value)
    except ValueError as error:
        raise typer.BadParameter(f"{value!r} is not {error}") from None
    return value


ConfigFile = Annotated[
    Path | None, typer.Option("--config", "-c", help="The configuration; else LOCKGATE_CONFIG, then ./lockgate.yaml.")
]
ListenAt = Annotated[
    str | None,
    typer.Option("--listen", metavar="HOST:PORT", help="The data plane, instead of the file's.", callback=_address),
]
AdminAt = Annotated[
    str | None,
    typer.Option("--admin", metavar="HOST:PORT", help="The admin listener, instead of the file's.", callback=_address),
]
Workers = Annotated[int | None, typer.Option("--workers", min=1, max=256, help="Processes that serve.")]
AsJson = Annotated[bool, typer.Option("--json", help="For programs.")]


def existing(given: Path | None) -> Path:
    """The configuration that is meant. Ends the command with advice when none was named and none is here."""
    path = find_config(given, os.environ)
    if not path.exists():
        named = given is not None or os.environ.get("LOCKGATE_CONFIG")
        else_ = "write one" if named else "give --config FILE, set LOCKGATE_CONFIG, or write one"
        refuse(f"there is no {path}{'' if named else ' here'}; {else_} with `lockgate up`", 2)
    return path


def refuse(text: str, code: int = 1) -> NoReturn:
    """Says no on stderr, and ends the command."""
    print(f"lockgate: {text}", file=sys.stderr)
    raise typer.Exit(code)


def refuse_all(mistakes: Iterable[object], code: int = 1) -> NoReturn:
    """Prints every mistake on a line of its own on stderr, and ends the command."""
    for mistake in mistakes:
        print(mistake, file=sys.stderr)
    raise typer.Exit(code)
