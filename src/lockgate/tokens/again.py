"""Values that are known, where they stand again."""

from collections.abc import Iterable, Iterator

import msgspec

SHORT = 5
"""A value that is shorter is only one where it is a word of its own."""
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(str).decode


class Known:
    """Values of a conversation, the longest first."""

    def __init__(self, values: Iterable[str]) -> None:
        self._plain = sorted(values, key=lambda value: (-len(value), value))
        self._json = [_encode(value).decode()[1:-1] for value in self._plain]

    def occurrences(self, text: str, least: int, *, json: bool) -> Iterator[tuple[int, int]]:
        """The places of values of at least so many characters. `json`: the text is a document of it."""
        for value in self._json if json else self._plain:
            if len(value) < least or value not in text:
                continue
            at = text.find(value)
            while at >= 0:
                end = at + len(value)
                if len(value) >= SHORT or not (text[at - 1 : at].isalnum() or text[end : end + 1].isalnum()):
                    yield at, end
                at = text.find(value, end)


def plain(text: str, *, json: bool) -> str:
    """What a part of a text means: within a string of JSON, without its escapes."""
    if not json or "\\" not in text:
        return text
    try:
        return _decode(b'"' + text.encode() + b'"')
    except (msgspec.DecodeError, UnicodeEncodeError):
        return text
