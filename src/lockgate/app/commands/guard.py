"""`lockgate guard test`: what a policy finds in a text, and what would be sent."""

import asyncio
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, get_args

import msgspec
import typer

from lockgate.app.options import AsJson, refuse, refuse_all
from lockgate.core.dialect import Place
from lockgate.core.guard import Direction

if TYPE_CHECKING:
    from lockgate.app.try_text import Tried

PLACES: tuple[str, ...] = get_args(Place)
LONGEST = 10 * 1024 * 1024


def add(app: typer.Typer) -> None:
    group = typer.Typer(help="Try the rules of a configuration.", no_args_is_help=True)
    group.callback()(_group)
    group.command("test", help="What the rules find in a text, and what would be sent: exit 1 when it is blocked.")(
        try_texts
    )
    app.add_typer(group, name="guard")


def _group() -> None:
    """Try the rules of a configuration."""


def try_texts(
    policy: Annotated[Path, typer.Argument(metavar="POLICY", help="A configuration; only its rules count.")],
    texts: Annotated[list[str] | None, typer.Argument(metavar="TEXT", help="Else standard input is one text.")] = None,
    *,
    place: Annotated[str, typer.Option("--place", help=f"Whose it is: {', '.join(PLACES)}.")] = "user",
    answer: Annotated[bool, typer.Option("--answer", help="It comes from the model.")] = False,
    model: Annotated[str | None, typer.Option("--model", help="For rules of some models; else all hold.")] = None,
    team: Annotated[str, typer.Option("--team", help="For rules of some teams; else all hold.")] = "",
    key: Annotated[str, typer.Option("--key", help="For rules of some keys; else all hold.")] = "",
    json: AsJson = False,
) -> None:
    """In colour on a terminal, without where NO_COLOR is set."""
    if place not in PLACES:
        refuse(f"--place knows {', '.join(PLACES)}, and not {place!r}", 2)
    given = texts or [_stdin()]
    tried = asyncio.run(_tried(policy, (team, key), given, (place, "response" if answer else "request", model)))
    if json:
        print(msgspec.json.encode([_document(each) for each in tried]).decode())
    else:
        from lockgate.app.show_text import show  # noqa: PLC0415  only for people

        show(tried)
    raise typer.Exit(1 if any(each.sent is None for each in tried) else 0)


async def _tried(
    policy: Path, who: tuple[str, str], texts: Sequence[str], where: tuple[str, Direction, str | None]
) -> "list[Tried]":
    from lockgate.app.policy_file import NotValid, policy_file  # noqa: PLC0415  the automaton takes its time
    from lockgate.app.try_text import Stand, try_text  # noqa: PLC0415
    from lockgate.transports.http import HttpTransport  # noqa: PLC0415

    transport = HttpTransport()
    try:
        with policy_file(policy, os.environ, transport, time.time()) as ready:
            caller = ready.caller(*who)
            return [await try_text(ready, caller, text, Stand(*where)) for text in texts]
    except NotValid as error:
        refuse_all(error.mistakes, 2)
    finally:
        await transport.aclose()


def _stdin() -> str:
    raw = sys.stdin.buffer.read(LONGEST + 1)
    if len(raw) > LONGEST:
        refuse(f"the text is longer than {LONGEST} bytes", 2)
    try:
        return raw.decode()
    except UnicodeDecodeError:
        refuse("the text is not UTF-8", 2)


def _document(tried: "Tried") -> dict[str, object]:
    return {
        "place": tried.place,
        "outcome": tried.outcome,
        "why": tried.why,
        "findings": tried.spots,
        "undecided": tried.undecided,
        "sent": tried.sent,
    }
