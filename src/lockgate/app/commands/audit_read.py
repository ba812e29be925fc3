"""`lockgate audit show` and `export`: what the log says."""

import csv
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

import typer

from lockgate.app.commands.audit_verify import Folder, data_of
from lockgate.app.moment import moment
from lockgate.app.options import AsJson, ConfigFile, refuse
from lockgate.audit.reading import Found, Wanted, read
from lockgate.audit.segments import FOLDER

COLUMNS = (
    "ts", "kind", "request_id", "key_id", "team", "model", "upstream", "status", "code", "end", "duration_ms",
    "cost_usd", "event", "who", "writer", "seq",
)  # fmt: skip
SHOWN = ("ts", "kind", "status", "end", "team", "key_id", "model", "upstream", "duration_ms", "request_id")


def _option(name: str, help: str) -> Any:  # noqa: A002  typer's word
    return typer.Option(name, help=help)


Team = Annotated[str, _option("--team", "Of this team.")]
Key = Annotated[str, _option("--key", "Of the key with this id.")]
Model = Annotated[str, _option("--model", "For this model.")]
Upstream = Annotated[str, _option("--upstream", "That this upstream answered.")]
Request = Annotated[str, _option("--request", "Of the request with this id.")]
Status = Annotated[str, _option("--status", "With this status: 503, or 5xx.")]
End = Annotated[str, _option("--end", "With this end: complete, client_gone, blocked …")]
Kind = Annotated[str, _option("--kind", "intent, further, outcome or event.")]
Event = Annotated[str, _option("--event", "Events of this name.")]
Since = Annotated[str, _option("--since", "From then on: 2026-01-31, 2026-01-31T12:00:00Z, or 2h for two hours ago.")]
Until = Annotated[str, _option("--until", "Up to then.")]


def add(group: typer.Typer) -> None:
    group.command("show", help="Show records, the oldest first.")(show)
    group.command("export", help="Write records as JSON lines or CSV.")(export)


def show(
    folder: Folder = None,
    *,
    team: Team = "",
    key: Key = "",
    model: Model = "",
    upstream: Upstream = "",
    request: Request = "",
    status: Status = "",
    end: End = "",
    kind: Kind = "",
    event: Event = "",
    since: Since = "",
    until: Until = "",
    last: Annotated[int, typer.Option("--last", "-n", min=0, help="Only so many, the newest; 0 is all.")] = 0,
    json: AsJson = False,
    config: ConfigFile = None,
) -> None:
    """Filters go together. It says what stands there: whether it is true, `verify` says."""
    times = _time(since), _time(until)
    found: Any = _found(folder, config, _wanted(kind, request, team, key, model, upstream, status, end, event, *times))
    if last:
        found = _newest(found, last)
    for each in found:
        print(each.line.decode() if json else _row(each.record))


def export(
    folder: Folder = None,
    *,
    since: Since = "",
    until: Until = "",
    team: Team = "",
    kind: Kind = "",
    form: Annotated[str, typer.Option("--format", help="jsonl or csv.")] = "jsonl",
    config: ConfigFile = None,
) -> None:
    """To stdout."""
    if form not in ("jsonl", "csv"):
        refuse("--format is jsonl or csv", 2)
    found = _found(folder, config, _wanted(kind, "", team, since=_time(since), until=_time(until)))
    if form == "jsonl":
        for each in found:
            print(each.line.decode())
        return
    sheet = csv.writer(sys.stdout, lineterminator="\n")
    sheet.writerow(COLUMNS)
    for each in found:
        sheet.writerow([_cell(each.record.get(name)) for name in COLUMNS])


def _wanted(*given: str, **more: str) -> Wanted:
    try:
        return Wanted(*given, **more)
    except ValueError as error:
        refuse(str(error), 2)


def _found(folder: Path | None, config: Path | None, wanted: Wanted) -> Iterator[Found]:
    place = folder or data_of(None, config) / FOLDER
    if not place.is_dir():
        refuse(f"there is no log in {place}")
    try:
        yield from read(place, wanted)
    except (OSError, ValueError) as error:
        refuse(str(error))


def _newest(found: Iterator[Found], number: int) -> list[Found]:
    kept = list(islice(found, number))
    for each in found:
        kept.append(each)
        if len(kept) > 2 * number:
            del kept[:number]
    return kept[-number:]


def _row(record: dict[str, Any]) -> str:
    if record.get("kind") == "event":
        details = " ".join(f"{name}={value}" for name, value in record.get("details", {}).items())
        return f"{record['ts']}  event    {record.get('event', '')}  {record.get('who', '')}  {details}".rstrip()
    cells = [str(record.get(name) or "-") for name in SHOWN]
    return f"{cells[0]}  {cells[1]:<7}  " + "  ".join(cells[2:])


def _cell(value: Any) -> str:
    """A cell that no spreadsheet takes for a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t")) else text


def _time(text: str) -> str:
    """As the lines have it."""
    if not text:
        return ""
    try:
        return moment(text)
    except ValueError as error:
        refuse(f"{text!r} is no time: write {error}", 2)
