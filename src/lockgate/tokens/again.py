"""Values that are known, where they stand again."""

from collections.abc import Iterable, Iterator

import msgspec

SHORT = 5
"""A value that is shorter is only one where it is a word of its own."""
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(str).decode


def occurrences(text: str, values: Iterable[str], least: int, *, json: bool) -> Iterator[tuple[int, int]]:
    """The places of values of at least so many characters, the longest first. `json`: the text is a document of it."""
    there = [said for value in values if len(value) >= least and (said := _said(value, json=json)) in text]
    for said in sorted(there, key=lambda each: (-len(each), each)):
        at = text.find(said)
        while at >= 0:
            end = at + len(said)
            if len(said) >= SHORT or not (text[at - 1 : at].isalnum() or text[end : end + 1].isalnum()):
                yield at, end
            at = text.find(said, end)


def plain(text: str, *, json: bool) -> str:
    """What a part of a text means: within a string of JSON, without its escapes."""
    if not json or "\\" not in text:
        return text
    try:
        return _decode(b'"' + text.encode() + b'"')
    except (msgspec.DecodeError, UnicodeEncodeError):
        return text


def _said(value: str, *, json: bool) -> str:
    return _encode(value).decode()[1:-1] if json else value
