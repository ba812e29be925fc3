"""`lockgate usage`: what was used and spent, by key, team, user, model, upstream, day or month."""

import time
from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from typing import Annotated, Any

import msgspec
import typer

from lockgate.app.options import AsJson, ConfigFile, existing, refuse, refuse_all
from lockgate.app.outline import outline
from lockgate.app.zone import zone as zone_of
from lockgate.core.duration import seconds


def add(app: typer.Typer) -> None:
    app.command("usage", help="Show tokens and spending, from the audit log.")(usage)


_NUMBERS = ("requests", "input", "output", "cached", "cost_usd", "unpriced", "estimated", "unfinished")
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
    from lockgate.app.spend import GROUPS, columns, read, summed  # noqa: PLC0415  only for this command
    from lockgate.audit.segments import FOLDER  # noqa: PLC0415

    words = [word.strip() for word in by.split(",") if word.strip()]
    if unknown := [word for word in words if word not in GROUPS]:
        refuse(f"--by knows {', '.join(GROUPS)}, and not {unknown[0]!r}", 2)
    try:
        where = zone_of(zone)
    except ValueError as error:
        refuse(f"--zone: {error}", 2)
    start, end = _stamp("--since", since, where, ""), _stamp("--until", until, where, "~")
    there = outline(existing(config))
    if there.problems:
        refuse_all(there.problems)
    sums = summed(read(there.data / FOLDER), columns(words, where), start, end)
    rows = [{**dict(zip(words, key, strict=True)), **_numbers(each)} for key, each in sums.items()]
    if json:
        print(msgspec.json.encode(rows).decode())
    elif rows:
        _print([*words, *_NUMBERS], [*rows, _total(words, rows)])
    else:
        print("nothing was used in this time")


def _numbers(each: Any) -> dict[str, Any]:
    return {name: _dollars(each.usd) if name == "cost_usd" else getattr(each, name) for name in _NUMBERS}


def _dollars(amount: Any) -> str:
    """Without an exponent, and without zeros at the end."""
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _total(words: list[str], rows: list[dict[str, Any]]) -> dict[str, Any]:
    from decimal import Decimal  # noqa: PLC0415  only for this command

    whole: dict[str, Any] = dict.fromkeys(words, "")
    if words:
        whole[words[0]] = "all"
    for name in _NUMBERS:
        whole[name] = _dollars(sum(Decimal(row[name]) for row in rows))
    return whole


def _print(names: list[str], rows: list[Mapping[str, Any]]) -> None:
    lines = [names, *([str(row[name]) or "-" for name in names] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        cells = (
            cell.rjust(width) if name in _NUMBERS else cell.ljust(width)
            for cell, width, name in zip(line, widths, names, strict=True)
        )
        print("  ".join(cells).rstrip())


def _stamp(option: str, text: str | None, where: tzinfo, otherwise: str) -> str:
    """A moment as the log writes it."""
    if text is None:
        return otherwise
    try:
        moment = datetime.fromtimestamp(time.time() - seconds(text), UTC)
    except ValueError:
        try:
            written = datetime.fromisoformat(text)
        except ValueError:
            refuse(f"{option}: {_SAID}", 2)
        moment = (written if written.tzinfo else written.replace(tzinfo=where)).astimezone(UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
