"""Finds secrets in bytes: one automaton over all forms of all of them, 0.4 µs a KB however many there are."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, final

from lockgate.core.http import Origin
from lockgate.egress import shapes
from lockgate.egress.forms import LEAST, few_forms, forms, windows

_START = 4
"""Bytes of a form that a text has to end in before it is held back."""


@dataclass(frozen=True, slots=True)
class Guarded:
    """A secret, what it is called, and where it may go. `many`: one of very many, looked for in fewer forms.

    `whole`: the value is looked for as it is, and in no other form: a line of a private key's file.
    """

    label: str
    value: bytes
    homes: frozenset[Origin] = frozenset()
    many: bool = False
    whole: bool = False

    def __repr__(self) -> str:
        return f"Guarded({self.label})"


@final
class Scanner:
    """The port `Egress`. Built anew when secrets change. One thread only."""

    def __init__(self, secrets: Iterable[Guarded]) -> None:
        owners: dict[bytes, list[Guarded]] = defaultdict(list)
        for guarded in secrets:
            if len(guarded.value) >= LEAST:
                for form in _forms(guarded):
                    owners[form].append(guarded)
        self._owners = list(owners.values())
        starts: dict[bytes, list[tuple[bytes, str]]] = defaultdict(list)
        for form, owned in owners.items():
            starts[form[:_START]].append((form, owned[0].label))
        self.starts: Mapping[bytes, list[tuple[bytes, str]]] = dict(starts)
        """By their first bytes: forms, and what they are forms of."""
        self._ours = len(owners)
        self._scan = _automaton([*owners, *shapes.MARKS]) if owners else None
        self.scan_starts = _automaton([*starts, *shapes.BEGINNINGS]) if starts else None
        """Says where a secret may begin, or one of our keys."""

    def find(self, data: bytes, home: Origin | None = None) -> str:
        if self._scan is None or not data:
            return shapes.key(data) if data.find(b"lg") >= 0 else ""
        found: list[int] = []
        self._scan(data, match_event_handler=_note, context=found)
        for number in found:
            if number >= self._ours:
                if label := shapes.key(data):
                    return label
                continue
            for guarded in self._owners[number]:
                if home is None or home not in guarded.homes:
                    return guarded.label
        return ""

    def reading(self) -> "Thread":
        return Thread(self)


@final
class Thread:
    """The port `Reading`: remembers the end of the text, as far as a secret may have begun in it."""

    __slots__ = ("_scanner", "_tail", "waiting")

    def __init__(self, scanner: Scanner) -> None:
        self._scanner = scanner
        self._tail = b""
        self.waiting = False

    def feed(self, text: bytes) -> str:
        if not text:
            return ""
        text = self._tail + text
        places: list[int] = []
        if self._scanner.scan_starts is not None:
            self._scanner.scan_starts(text, match_event_handler=_end, context=places)
        if places or (self._scanner.scan_starts is None and b"lg" in text):
            return self._look(text, places)
        self.waiting = False
        self._tail = text[1 - _START :]
        return ""

    def _look(self, text: bytes, ends: Iterable[int]) -> str:
        begun = -1
        for at in (end - _START for end in ends if end >= _START):
            for form, label in self._scanner.starts.get(text[at : at + _START], ()):
                if text.startswith(form, at):
                    return label
                if begun < 0 and len(text) - at < len(form) and form.startswith(text[at:]):
                    begun = at
        if label := shapes.most_of_a_key(text):
            return label
        ours = shapes.begun(text)
        if ours >= 0:
            begun = ours if begun < 0 else min(begun, ours)
        self.waiting = begun >= 0
        self._tail = text[begun:] if self.waiting else text[1 - _START :]
        return ""


def _forms(guarded: Guarded) -> Iterable[bytes]:
    if guarded.whole:
        return (guarded.value,)
    if guarded.many:
        return few_forms(windows(guarded.value)[0])
    return frozenset(form for part in windows(guarded.value) for form in forms(part))


def _automaton(literals: list[bytes]) -> Callable[..., Any]:
    """The scanning function of a database of literals. Its handlers below are named and live as long as this file."""
    import hyperscan  # noqa: PLC0415  10 MB, only where there are secrets

    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    numbers = list(range(len(literals)))
    # As patterns with every byte escaped: what is given as a literal ends at its first zero byte.
    patterns = [b"".join(b"\\x%02x" % byte for byte in literal) for literal in literals]
    database.compile(expressions=patterns, ids=numbers, flags=[0] * len(literals))
    scan: Callable[..., Any] = database.scan
    return scan


def _note(number: int, start: int, end: int, flags: int, found: list[int]) -> None:
    if number not in found:
        found.append(number)


def _end(number: int, start: int, end: int, flags: int, found: list[int]) -> None:
    found.append(end)
