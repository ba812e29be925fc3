"""What frames of a stream have in common: all but the one text in them, and a filling, for some providers add one to hide lengths."""

from msgspec import Struct

_LEAST = 8
"""Bytes that have to stand around a filling."""


class Shape(Struct, frozen=True):
    """`prefix` TEXT `suffix`; or, with a filling, `prefix` TEXT `middle` FILLING `suffix`. `rest` is what was behind the text."""

    prefix: bytes
    suffix: bytes
    middle: bytes
    rest: bytes

    def inner(self, out: bytes) -> tuple[bytes, bytes] | None:
        """Text and filling of a frame of this shape, both as they stand there; None for any other frame.

        Neither has a quote or an escape in it, so that each lies within one string.
        """
        prefix, suffix = self.prefix, self.suffix
        start, end = len(prefix), len(out) - len(suffix)
        if end <= start or not out.startswith(prefix) or not out.endswith(suffix):
            return None
        text, filling = out[start:end], b""
        if self.middle:
            text, middle, filling = text.partition(self.middle)
            if not middle or b'"' in filling or b"\\" in filling:
                return None
        return None if b'"' in text or b"\\" in text else (text, filling)


def around(out: bytes, text: bytes, before: Shape | None) -> Shape | None:
    """The shape of a frame whose only text, as it stands in it, is this one; with a filling, if the one before differs in it."""
    written = b'"%b"' % text
    at = out.find(written)
    if at < 0 or out.find(written, at + 1) >= 0:
        return None
    prefix, rest = out[: at + 1], out[at + 1 + len(text) :]
    if before is None or before.prefix != prefix or before.rest == rest:
        return Shape(prefix, rest, b"", rest)
    # Up to the quotes around the filling: beyond them, two fillings may begin or end alike by chance.
    middle = _common(before.rest, rest)
    middle = middle[: middle.rfind(b'"') + 1]
    suffix = _common(before.rest[len(middle) :][::-1], rest[len(middle) :][::-1])[::-1]
    suffix = suffix[max(0, suffix.find(b'"')) :]
    filled = rest[len(middle) : len(rest) - len(suffix)] + before.rest[len(middle) : len(before.rest) - len(suffix)]
    if min(len(middle), len(suffix)) < _LEAST or b'"' in filled or b"\\" in filled:
        return Shape(prefix, rest, b"", rest)
    return Shape(prefix, suffix, middle, rest)


def _common(one: bytes, other: bytes) -> bytes:
    """What both begin with."""
    pairs = enumerate(zip(one, other, strict=False))
    return one[: next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))]
