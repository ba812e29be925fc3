"""An alert: a budget of which so many percent are spent. Told once for each period, whoever notices first."""

from collections.abc import Mapping

from msgspec import Struct


class Alert(Struct, frozen=True):
    """What is told. `whose` says whose budget it is, by the word that it is counted by; never what a client wrote.

    `period` is the calendar's window, or the length of a rolling one; `resets` is RFC 3339, empty for a rolling one.
    `refused`: a request was refused, so what is left is too little; 100 is told then, whatever is left.
    """

    id: str
    ts: str
    budget: str
    percent: int
    used_usd: str
    max_usd: str
    period: str
    whose: Mapping[str, str]
    resets: str = ""
    refused: bool = False
    shadow: bool = False
    type: str = "budget"


def reached(percents: tuple[int, ...], used: int, most: int, *, refused: bool) -> tuple[int, ...]:
    """Those that are reached, the lowest first."""
    return tuple(sorted(each for each in percents if used * 100 >= each * most or (refused and each == 100)))
