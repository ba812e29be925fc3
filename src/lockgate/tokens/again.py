"""Values that are known, where they stand again."""

from collections.abc import Iterable, Iterator, Sequence

import msgspec

SHORT = 5
"""A value that is shorter is only one where it is a word of its own."""
BEGINNING = 3
MANY = 500
"""Values that are not looked for one by one any more."""
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(str).decode


class Known:
    """Values of a conversation, the longest first."""

    def __init__(self, values: Iterable[str]) -> None:
        self._plain = sorted(values, key=lambda value: (-len(value), value))
        self._json = [_encode(value).decode()[1:-1] for value in self._plain]

    def occurrences(self, text: str, least: int, *, json: bool) -> Iterator[tuple[int, int]]:
        """The places of values of at least so many characters. `json`: the text is a document of it."""
        values = self._json if json else self._plain
        places = _one_by_one(text, values) if len(values) < MANY else _by_beginning(text, values)
        for at, value in places:
            end = at + len(value)
            if len(value) < least:
                continue
            if len(value) >= SHORT or not (text[at - 1 : at].isalnum() or text[end : end + 1].isalnum()):
                yield at, end


def _one_by_one(text: str, values: Sequence[str]) -> Iterator[tuple[int, str]]:
    for value in values:
        at = text.find(value) if value in text else -1
        while at >= 0:
            yield at, value
            at = text.find(value, at + len(value))


def _by_beginning(text: str, values: Sequence[str]) -> Iterator[tuple[int, str]]:
    """In one go: however many values there are, it takes as long as the text is."""
    beginnings: dict[str, list[str]] = {}
    for value in values:
        if len(value) >= BEGINNING:
            beginnings.setdefault(value[:BEGINNING], []).append(value)
    for at in range(len(text) - BEGINNING + 1):
        for value in beginnings.get(text[at : at + BEGINNING], ()):
            if text.startswith(value, at):
                yield at, value


def plain(text: str, *, json: bool) -> str:
    """What a part of a text means: within a string of JSON, without its escapes."""
    if not json or "\\" not in text:
        return text
    try:
        return _decode(b'"' + text.encode() + b'"')
    except (msgspec.DecodeError, UnicodeEncodeError):
        return text
