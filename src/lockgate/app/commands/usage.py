"""`lockgate usage`: what was used and spent, by key, team, user, model, upstream, day or month."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import msgspec
import typer

from lockgate.app.options import AsJson, ConfigFile, existing, refuse, refuse_all
from lockgate.app.outline import outline


def add(app: typer.Typer) -> None:
    app.command("usage", help="Show tokens and spending, from the audit log.")(usage)


_SAID = "a date like 2026-11-01, a time like 2026-11-01T08:00Z, or a length like 30d"


def usage(
    by: Annotated[
        str, typer.Option("--by", metavar="WORDS", help="key, team, user, model, upstream, day, month; with commas.")
    ] = "team,model",
    *,
    since: Annotated[str | None, typer.Option("--since", metavar="TIME", help=f"From {_SAID} ago.")] = None,
    until: Annotated[str | None, typer.Option("--until", metavar="TIME", help="Up to, and without.")] = None,
    zone: Annotated[str, typer.Option("--zone", metavar="NAME", help="Whose days these are.")] = "UTC",
    json: AsJson = False,
    config: ConfigFile = None,
) -> None:
    """Costs are exact; a request whose model has no price counts under `unpriced`, and never as nothing."""
    from lockgate.app.usage_rows import NUMBERS, UnclearError, rows, words  # noqa: PLC0415  only for this command

    try:
        named = words(by)
        there = outline(existing(config))
        if there.problems:
            refuse_all(there.problems)
        found = rows(there.data, named, since, until, zone)
    except UnclearError as error:
        refuse(f"--{error.option}{error.text}", 2)
    if json:
        print(msgspec.json.encode(found).decode())
    elif found:
        _print([*named, *NUMBERS], [*found, _total(named, found)], NUMBERS)
    else:
        print("nothing was used in this time")


def _total(words: list[str], rows: list[dict[str, Any]]) -> dict[str, Any]:
    from decimal import Decimal  # noqa: PLC0415  only for this command

    from lockgate.app.usage_rows import NUMBERS, dollars  # noqa: PLC0415

    whole: dict[str, Any] = dict.fromkeys(words, "")
    if words:
        whole[words[0]] = "all"
    for name in NUMBERS:
        whole[name] = dollars(sum(Decimal(row[name]) for row in rows))
    return whole


def _print(names: list[str], rows: list[Mapping[str, Any]], numbers: Sequence[str]) -> None:
    lines = [names, *([str(row[name]) or "-" for name in names] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        cells = (
            cell.rjust(width) if name in numbers else cell.ljust(width)
            for cell, width, name in zip(line, widths, names, strict=True)
        )
        print("  ".join(cells).rstrip())
