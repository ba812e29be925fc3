"""Shows a person what was found in texts, in colour where the terminal has any."""

from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter

from rich.console import Console
from rich.text import Text

from lockgate.app.try_text import Spot, Tried

COLOURS = {
    "block": "bold white on red",
    "mask": "black on yellow",
    "tokenize": "black on green",
    "flag": "black on cyan",
    "shadow": "reverse dim",
}
OUTCOMES = {
    "blocked": ("blocked", "bold red"),
    "changed": ("sent with changes", "bold yellow"),
    "found": ("sent as it is, with findings", "bold cyan"),
    "clean": ("sent as it is: nothing was found", "bold green"),
}
_PLAIN = frozenset("\n\t")


def show(tried: Sequence[Tried]) -> None:
    console = Console(highlight=False, markup=False, soft_wrap=True)
    for number, each in enumerate(tried, 1):
        if number > 1:
            console.print()
        _one(console, each, f"text {number} ({each.place})" if len(tried) > 1 else each.place)


def _one(console: Console, tried: Tried, name: str) -> None:
    words, colour = OUTCOMES[tried.outcome]
    console.print(Text.assemble((f"{name}: ", "bold"), (words, colour), f" - {tried.why}" if tried.why else ""))
    for text, spots in tried.seen:
        if spots:
            console.print(Text.assemble("  text   ", painted(text, spots)))
        for spot in spots:
            style = COLOURS.get(spot.action, "")
            place = f"  {spot.start}-{spot.end}  {spot.confidence:.2f}"
            console.print(Text.assemble("  found  ", (f"{spot.label}", style), f"  {spot.rule}: {spot.action}", place))
    for label in tried.undecided:
        console.print(Text.assemble("  error  ", (label, "bold red")))
    if tried.outcome == "changed" and tried.sent is not None:
        console.print(Text.assemble("  sent   ", painted(tried.sent, ())))


def painted(text: str, spots: Sequence[Spot]) -> Text:
    """What nobody sees is spelled out: it must not do anything to the terminal, and somebody wants to know of it."""
    out = Text()
    styles = [""] * len(text)
    for spot in reversed(spots):
        styles[spot.start : spot.end] = [COLOURS.get(spot.action, "reverse")] * (spot.end - spot.start)
    for style, run in groupby(zip(text, styles, strict=True), key=itemgetter(1)):
        out.append("".join([_seen(character) for character, _ in run]), style)
    return out


def _seen(character: str) -> str:
    return character if character.isprintable() or character in _PLAIN else f"\\u{{{ord(character):x}}}"
