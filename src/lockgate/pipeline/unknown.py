"""What of a request has to be looked at: all that was not looked at before, under the same rules, without finding anything.

A conversation comes again whole with each of its turns, and all its tools with each request. So each element of a list at the top
is known by itself, and so is what is long; what is short is known together. Whose a text is depends on nothing but its part.
"""

from collections.abc import Sequence
from itertools import count, repeat
from typing import final

import msgspec
from msgspec import Raw

from lockgate.core.body import Body, Headed, Parsed, Path, parse
from lockgate.core.guard import Rules
from lockgate.core.known import Known

SHORT = 64
MANY = 4096
"""Fields, and elements of lists, that are known by themselves: a hostile request has so many more that to name them takes longer
than to look at them.
"""
TURNS, FEW = "messages", 256
"""What most dialects call the turns of a conversation; and so long is all else at most that is known as one, whatever it is."""
_LIST = ord("[")
_EMPTY = Raw(b"[]")
_list = msgspec.json.Decoder(list[Raw]).decode
_encode = msgspec.json.Encoder().encode
Where = tuple[str, str | int]
"""A field at the top, and the number of an element in it."""
WHOLE = -1
SHORTS: Where = ("", -2)
"""All fields that are short, and the names of lists."""


@final
class Unknown:
    """`body`: the parts that are not known. Those in which nothing was found are known, once all was looked at."""

    __slots__ = ("_found", "_known", "_mark", "_names", "_numbers", "body", "whole")

    def __init__(self, body: Headed | Parsed, rules: Rules, dialect: str) -> None:
        self.body = self.whole = body
        self._known, self._mark = rules.known, b""
        self._names: dict[Where, bytes] = {}
        self._numbers: dict[str, Sequence[int]] = {}
        self._found: set[Where] = set()
        if self._known is not None and isinstance(body, Headed) and len(body.top) <= MANY:
            self._mark = rules.mark + dialect.encode()
            self.body = (TURNS in body.top and self._turns(body, self._known)) or self._part(body, self._known)

    def __bool__(self) -> bool:
        """There is something to look at."""
        return self._known is None or bool(self._names)

    def path(self, path: Path) -> Path:
        """Where it is in the whole body."""
        numbers = self._numbers.get(str(path[0]))
        return path if numbers is None or len(path) == 1 else (path[0], numbers[int(path[1])], *path[2:])

    def found(self, path: Path) -> None:
        """There is something, at its path in `body`."""
        if self._names:
            key, element = str(path[0]), path[1] if len(path) > 1 else WHOLE
            self._found.add(next((each for each in ((key, element), (key, WHOLE)) if each in self._names), SHORTS))

    def remember(self) -> None:
        if self._known is not None:
            names, found = self._names, self._found
            self._known.add([name for where, name in names.items() if where not in found] if found else names.values())

    def unchanged(self) -> Body:
        """The whole body. Characters that are written as escapes were read by us: they go on as they were read."""
        if self.body is self.whole:
            return self.whole
        wire = self.whole.wire()
        # Most have none, and one letter is looked for faster than two.
        return parse(self.whole) if b"\\" in wire and b"\\u" in wire else self.whole

    def _turns(self, body: Headed, known: Known) -> Headed | None:
        """The same as `_part` where all but the messages is short, without a look at each field; None of any other body."""
        raw = body.top.get(TURNS, _EMPTY)
        shorts = _encode({**body.top, TURNS: _EMPTY})
        if (
            len(shorts) > FEW
            or shorts.count(b"[") > 1
            or memoryview(raw)[0] != _LIST
            or len(every := _list(raw)) > MANY
        ):
            return None
        some = self._elements(TURNS, raw, every, known)
        if (name := self._name(known, "", b"{", shorts)) in known:
            return Headed({} if some is None else {TURNS: some})
        self._names[SHORTS] = name
        return Headed({**body.top, TURNS: _EMPTY if some is None else some}) if self._numbers else body

    def _part(self, body: Headed, known: Known) -> Headed:
        part: dict[str, Raw] = {}
        shorts: dict[str, Raw] = {}
        room = MANY
        for key, raw in body.top.items():
            if memoryview(raw)[0] == _LIST and len(every := _list(raw)) <= room:
                room -= len(every)
                shorts[key] = _EMPTY
                if (some := self._elements(key, raw, every, known)) is not None:
                    part[key] = some
            elif len(raw) <= SHORT:
                shorts[key] = raw
            elif (name := self._name(known, key, b":", raw)) not in known:
                self._names[key, WHOLE], part[key] = name, raw
        if (name := self._name(known, "", b"{", _encode(shorts))) not in known:
            self._names[SHORTS] = name
            part = shorts | part
        if len(part) == len(body.top) and not self._numbers:
            return body
        return Headed({key: part[key] for key in body.top if key in part})  # the first that blocks is the same

    def _elements(self, key: str, raw: Raw, every: Sequence[Raw], known: Known) -> Raw | None:
        """Those of a list that are not known."""
        names = known.names(self._kind(key, b"["), every)
        numbers = known.missing(names)
        missing = names if len(numbers) == len(names) else [names[number] for number in numbers]
        self._names.update(zip(zip(repeat(key), count()), missing, strict=False))
        if len(numbers) == len(every):
            return raw if every else None
        self._numbers[key] = numbers
        return Raw(_encode([every[number] for number in numbers])) if numbers else None

    def _name(self, known: Known, key: str, kind: bytes, raw: bytes | Raw) -> bytes:
        return known.name(self._kind(key, kind), raw)

    def _kind(self, key: str, kind: bytes) -> bytes:
        return b"".join((self._mark, key.encode("utf-8", "surrogatepass"), b"\0", kind))
