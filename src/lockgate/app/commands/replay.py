"""`lockgate replay`: what a policy would change in recorded traffic."""

import asyncio
import os
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

from lockgate.app.options import AsJson, refuse, refuse_all

if TYPE_CHECKING:
    from lockgate.app.replay import Difference, Sums, Unreadable


def add(app: typer.Typer) -> None:
    app.command("replay", help="What a policy would change in recorded traffic: exit 1 when it would change anything.")(
        replay
    )


def replay(
    policy: Annotated[Path, typer.Argument(metavar="POLICY", help="A configuration; only its rules count.")],
    traffic: Annotated[Path, typer.Option("--traffic", metavar="FILE", help="JSON lines, one request each.")],
    *,
    against: Annotated[
        Path | None, typer.Option("--against", metavar="OLD", help="Another policy; else what the lines say happened.")
    ] = None,
    show: Annotated[bool, typer.Option("--show", help="Print texts that differ; else no text is printed.")] = False,
    json: AsJson = False,
) -> None:
    """No text of the traffic is printed without --show."""
    sums, found = asyncio.run(_replayed(policy, traffic, against))
    if json:
        print(msgspec.json.encode(_document(sums, found, show=show)).decode())
    else:
        _print(sums, found, show=show)
    raise typer.Exit(1 if sums.different or sums.unreadable else 0)


async def _replayed(policy: Path, traffic: Path, against: Path | None) -> "tuple[Sums, list[Difference | Unreadable]]":
    from lockgate.app.policy_file import NotValid, policy_file  # noqa: PLC0415  the automaton takes its time
    from lockgate.app.replay import Sums, replay  # noqa: PLC0415
    from lockgate.app.traffic import lines  # noqa: PLC0415
    from lockgate.transports.http import HttpTransport  # noqa: PLC0415

    transport, sums = HttpTransport(), Sums()
    try:
        with ExitStack() as stack:
            new, old = (
                None if path is None else stack.enter_context(policy_file(path, os.environ, transport, time.time()))
                for path in (policy, against)
            )
            assert new is not None
            file = stack.enter_context(traffic.open("rb"))
            return sums, [each async for each in replay(lines(file), new, old, sums)]
    except NotValid as error:
        refuse_all(error.mistakes, 2)
    except OSError as error:
        refuse(f"{traffic}: {error.strerror}", 2)
    finally:
        await transport.aclose()


def _print(sums: "Sums", found: "list[Difference | Unreadable]", *, show: bool) -> None:
    from lockgate.app.replay import Unreadable  # noqa: PLC0415

    for each in found:
        if isinstance(each, Unreadable):
            print(f"line {each.line}: cannot be replayed: {each.why}")
            continue
        places = ", ".join(dict.fromkeys(f"{f.label} at {f.place}" for f in each.findings if f.rule in each.rule))
        print(f"line {each.line} {each.side}: {each.what} by {each.rule or 'nobody'}{f' ({places})' if places else ''}")
        for name, before, now in each.texts if show else ():
            print(f"    {name}\n      - {before!r}\n      + {now!r}")
    names = sorted(set().union(*sums.found, *sums.blocked))
    if names:
        print(f"\n{'rule':24s}{'found before':>14s}{'found now':>14s}{'blocked before':>16s}{'blocked now':>14s}")
    for name in names:
        (old, new), (stopped, stops) = sums.found, sums.blocked
        print(f"{name:24s}{old[name]:14d}{new[name]:14d}{stopped[name]:16d}{stops[name]:14d}")
    unread = f", {sums.unreadable} could not be replayed" if sums.unreadable else ""
    print(f"\n{sums.read} exchanges, {len(sums.different)} would be different{unread}")


def _document(sums: "Sums", found: "list[Difference | Unreadable]", *, show: bool) -> dict[str, Any]:
    from lockgate.app.replay import Unreadable  # noqa: PLC0415

    lines = [each for each in found if not isinstance(each, Unreadable)]
    names = sorted(set().union(*sums.found, *sums.blocked))
    return {
        "read": sums.read,
        "different": sorted(sums.different),
        "unreadable": [each for each in found if isinstance(each, Unreadable)],
        "lines": lines if show else [msgspec.structs.replace(each, texts=()) for each in lines],
        "rules": {
            name: {
                "found": [counter[name] for counter in sums.found],
                "blocked": [counter[name] for counter in sums.blocked],
            }
            for name in names
        },
    }
