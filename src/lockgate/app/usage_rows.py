"""What was used and spent, as rows: the same for the command and for the admin listener."""

from datetime import tzinfo
from pathlib import Path
from typing import Any

from lockgate.app.moment import moment
from lockgate.app.spend import GROUPS, columns, read, summed
from lockgate.app.zone import zone as zone_of
from lockgate.audit.segments import FOLDER

NUMBERS = ("requests", "input", "output", "cached", "cost_usd", "unpriced", "estimated", "unfinished")
BY = "team,model"


class UnclearError(Exception):
    """What is asked for is not clear: the option's name, and what is wrong with it."""

    def __init__(self, option: str, text: str) -> None:
        super().__init__(option + text)
        self.option = option
        self.text = text


def words(by: str) -> list[str]:
    """What rows are told apart by."""
    named = [word.strip() for word in by.split(",") if word.strip()]
    if unknown := [word for word in named if word not in GROUPS]:
        raise UnclearError("by", f" knows {', '.join(GROUPS)}, and not {unknown[0]!r}")
    return named


def rows(data: Path, by: list[str], since: str | None, until: str | None, zone: str) -> list[dict[str, Any]]:
    """Reads the whole log of a data folder; may take long. Raises `UnclearError`, and `OSError` for a log that cannot be read."""
    try:
        where = zone_of(zone)
    except ValueError as error:
        raise UnclearError("zone", f": {error}") from None
    start, end = _stamp("since", since, where, ""), _stamp("until", until, where, "~")
    if start > end:
        raise UnclearError("since", " is later than until: nothing is between them")
    sums = summed(read(data / FOLDER), columns(by, where), start, end)
    return [{**dict(zip(by, key, strict=True)), **_numbers(each)} for key, each in sums.items()]


def _numbers(each: Any) -> dict[str, Any]:
    return {name: dollars(each.usd) if name == "cost_usd" else getattr(each, name) for name in NUMBERS}


def dollars(amount: Any) -> str:
    """Without an exponent, and without zeros at the end."""
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _stamp(option: str, text: str | None, where: tzinfo, otherwise: str) -> str:
    """A moment as the log writes it."""
    if text is None:
        return otherwise
    try:
        return moment(text, where)
    except ValueError as error:
        raise UnclearError(option, f": {error}") from None
