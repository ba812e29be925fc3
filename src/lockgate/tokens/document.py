"""What is remembered of a conversation: which token stands for which value. Pure: a document and what is wanted in, another out."""

from collections.abc import Collection, Mapping, Sequence

from msgspec import Struct

from lockgate.core.tokens import Style
from lockgate.tokens import formats
from lockgate.tokens.ids import LITERAL, token_id

MOST = 2000
"""Values of a conversation. Beyond that the ones that were not seen for longest are forgotten, but for those in the request."""
MOST_RESERVED = 500
FRESH = 8
"""A value that was seen within this part of its life need not be written again."""


class Entry(Struct, frozen=True, array_like=True, gc=False):
    """`seen` is in seconds since 1970."""

    token: str
    value: str
    seen: int


class Document(Struct, frozen=True, array_like=True):
    """`counts` are the numbers given so far, by kind: none is given twice, even when its value was forgotten.

    `reserved` are tokens that the client itself wrote before they were given: they stand for nothing.
    """

    counts: Mapping[str, int] = {}
    entries: tuple[Entry, ...] = ()
    reserved: tuple[str, ...] = ()

    def live(self, now: float, ttl: float) -> "Document":
        """Without what is over."""
        if all(entry.seen + ttl > now for entry in self.entries):
            return self
        return Document(self.counts, tuple(e for e in self.entries if e.seen + ttl > now), self.reserved)


class Value(Struct, frozen=True, gc=False):
    """A value that needs a token: what it is called, and what the token has to look like."""

    text: str
    kind: str
    style: Style = "label"


def granted(document: Document, wanted: Sequence[Value], literals: Collection[str], now: float, ttl: float) -> Document:
    """The document in which every wanted value has a token, and no literal of the client is one. The same object when it has."""
    known = {entry.value: entry for entry in document.entries}
    given = {token_id(entry.token) for entry in document.entries}
    reserved = dict.fromkeys(document.reserved)
    fresh = {literal for literal in literals if literal not in given and literal not in reserved}
    new: dict[str, Entry] = {}
    counts = dict(document.counts)
    changed = bool(fresh) and len(reserved) < MOST_RESERVED
    taken = {*given, *reserved, *fresh}
    reserved |= dict.fromkeys(sorted(fresh)[: max(0, MOST_RESERVED - len(reserved))])
    for value in wanted:
        entry = known.get(value.text)
        if value.text in new:
            continue
        if entry is None:
            token = _next(value, counts, taken)
            new[value.text] = Entry(token, value.text, int(now))
            taken.add(token_id(token))
            changed = True
        else:
            stale = entry.seen + ttl / FRESH < now
            new[value.text] = Entry(entry.token, entry.value, int(now)) if stale else entry
            changed = changed or stale
    if not changed:
        return document
    others = sorted((e for e in document.entries if e.value not in new), key=lambda entry: -entry.seen)
    kept = others[: max(0, MOST - len(new))]
    return Document(counts, (*new.values(), *kept), tuple(reserved))


def _next(value: Value, counts: dict[str, int], taken: Collection[str]) -> str:
    """The next number whose token nobody has and the client did not write."""
    made = formats.FORMATS.get(value.kind) if value.style == "format" and value.kind != LITERAL else None
    name = f"{value.kind}:format" if made is not None else value.kind
    while True:
        number = counts[name] = counts.get(name, 0) + 1
        token = f"<{value.kind}_{number}>" if made is None else made.make(number, value.text)
        if token_id(token) not in taken and token != value.text:
            return token
