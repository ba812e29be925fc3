"""Words before a match that say it is something else: searched for at one match, or once in a text for all of its matches.

They are many, and stand at none of the places where a hostile text has them looked for: each of these would take 30 µs.
"""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from functools import cache, partial

from lockgate.patterns.shape import width, written
from lockgate.patterns.syntax import Chars, Choice, Edge, Look, Node, Repeat, Sequence_, read

Unlike = Callable[[int, int], bool]
"""Whether one of the words stands between two places, or right before the second."""
_COMMON = "0123456789. :-/"
"""What stands between numbers anyway."""


class Words:
    """`anywhere`: those that may stand anywhere before a match. `beside`: those right before it."""

    def __init__(self, expression: str) -> None:
        self._whole = re.compile(expression, re.IGNORECASE)
        node = read(expression)
        options = node.options if isinstance(node, Choice) and not node.flags else (node,)
        anywhere = [option for option in options if not _ends(option)]
        beside = [option for option in options if _ends(option)]
        self._anywhere = re.compile(_any(anywhere), re.IGNORECASE) if anywhere else None
        self._beside = re.compile(_any(beside), re.IGNORECASE) if beside else None
        self._back = max((width(option)[1] for option in beside), default=0) + 1  # `$` is before a last line's end, too
        self._starts = _starting(anywhere)
        self._needed = _one_of(chars for option in beside for chars in _needed(option) or ("",))

    def found(self, text: str, start: int, end: int) -> bool:
        return self._whole.search(text, start, end) is not None

    def within(self, text: str, start: int, end: int) -> Unlike | None:
        """The same between any two places within these. None: there is none of the words."""
        starts: Sequence[int] = ()
        if self._anywhere is not None:
            if self._starts is None:
                return lambda start, end: self.found(text, start, end)
            starts = [match.start() for match in self._starts.finditer(text, start, end)]
        needed = None if self._needed is None else _Next(self._needed, text, end)
        beside = self._beside is not None and (needed is None or needed.is_between(start, end))
        if not beside:
            return partial(self._any_of, text, starts) if starts else None
        return lambda start, end: (
            (bool(starts) and self._any_of(text, starts, start, end)) or self._is_beside(text, needed, start, end)
        )

    def _any_of(self, text: str, starts: Sequence[int], start: int, end: int) -> bool:
        """It may go on behind the second place, and so be another word or none."""
        at = bisect_left(starts, start)
        while at < len(starts) and starts[at] < end:
            if self._anywhere.match(text, starts[at], end):  # type: ignore[union-attr]  # there are starts of it
                return True
            at += 1
        return False

    def _is_beside(self, text: str, needed: "_Next | None", start: int, end: int) -> bool:
        """`needed`: characters of which one is in every such word; None where any may be."""
        start = max(start, end - self._back)
        if needed is not None and not needed.is_between(start, end):
            return False
        return self._beside.search(text, start, end) is not None  # type: ignore[union-attr]  # there are such words


class _Next:
    """Where the next character of a class is. Places come in order mostly, so the text is searched once: where they are rare in one
    go, where they are not a few characters at a time.
    """

    __slots__ = ("_at", "_begin", "_last", "_search", "_text")

    def __init__(self, one: re.Pattern[str], text: str, last: int) -> None:
        self._search, self._text, self._last = one.search, text, last
        self._begin, self._at = 0, -1

    def is_between(self, start: int, end: int) -> bool:
        if not self._begin <= start <= self._at:
            found = self._search(self._text, start, self._last)
            self._begin, self._at = start, self._last if found is None else found.start()
        return self._at < end


def _any(options: Iterable[Node]) -> str:
    return "|".join(map(written, options))


def _ends(node: Node) -> bool:
    return isinstance(node, Sequence_) and isinstance(node.items[-1], Edge) and node.items[-1].text in ("$", r"\Z")


def _starting(options: Sequence[Node]) -> re.Pattern[str] | None:
    """Finds where one of them starts. None: they may start with anything."""
    first = [_first(option) for option in options]
    if any(may_be_none for _, may_be_none in first):
        return None
    start = _one_of((chars for some, _ in first for chars in some), cases=True)
    # Python skips what no match begins with, where a class is the first of an expression and has all cases in it.
    return start and re.compile(rf"{start.pattern}(?<=(?=(?i:{_any(map(_open, options))}))[\s\S])")


def _open(option: Node) -> Node:
    """Without what it asks for behind itself: there the second place may be."""
    items = list(option.items) if isinstance(option, Sequence_) else []
    while items and isinstance(items[-1], Edge | Look):
        items.pop()
    return Sequence_(tuple(items)) if items else option


def _one_of(classes: Iterable[str], *, cases: bool = False) -> re.Pattern[str] | None:
    """One of all these characters. None: any may be."""
    inside: list[str] = []
    for chars in dict.fromkeys(classes):
        if chars in ("", ".") or chars.startswith("[^") or chars[:2] in (r"\W", r"\D", r"\S"):
            return None
        inside.append(chars[1:-1] if chars.startswith("[") else chars)
    if not inside:
        return None
    one = re.compile(f"[{''.join(inside)}]", re.IGNORECASE)
    if not cases:
        return one
    return re.compile(f"[{''.join(inside)}{''.join(one.findall(_cased()))}]")


@cache
def _cased() -> str:
    """It takes some milliseconds, and is the same for all."""
    return "".join(char for char in map(chr, range(0xD800)) if char.lower() != char or char.upper() != char)


def _first(node: Node) -> tuple[list[str], bool]:
    """What it may begin with, as characters; and whether it may be nothing at all."""
    match node:
        case Chars(text):
            return [text], False
        case Choice(options):
            some = [_first(option) for option in options]
            return [chars for first, _ in some for chars in first], any(nothing for _, nothing in some)
        case Repeat(inner, low):
            first, nothing = _first(inner)
            return first, nothing or not low
        case Sequence_(items):
            begun: list[str] = []
            for item in items:
                first, nothing = _first(item)
                begun += first
                if not nothing:
                    return begun, False
            return begun, True
    return [], True


def _needed(node: Node) -> tuple[str, ...]:
    """Characters of which one is in every match, as rare as can be; none where nothing is."""
    match node:
        case Chars(text):
            return (text,)
        case Edge() | Look():
            return ()
        case Choice(options):
            each = [_needed(option) for option in options]
            return tuple(chars for some in each for chars in some) if all(each) else ()
        case Repeat(inner, low):
            return _needed(inner) if low else ()
        case Sequence_(items):
            return min((some for item in items if (some := _needed(item))), key=_commonness, default=())
    return ()


def _commonness(some: tuple[str, ...]) -> tuple[int, int]:
    return sum(len(re.findall(chars, _COMMON, re.DOTALL)) for chars in some), len(some)
