"""Characters that hide what a text says: such as nobody sees, and such as only look like letters."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from lockgate.core.guard import Hole
from lockgate.patterns.view import Piece, View

_SILENT = "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\U0001d173-\U0001d17a"
"""What nobody sees and what says nothing, whatever stands beside it."""
UNSEEN = f"{_SILENT}\ufe00-\ufe0f\U000e0000-\U000e0fff"
_OTHER = "\u00aa\u00b2\u00b3\u00b9\u00ba\u017f\u02b0-\u02b8\u02e0-\u02e4\u1d2c-\u1d6a\u1d9b-\u1dbf\u2000-\u200a\u2011\u2024\u202f\u205f\u2070-\u209f\u2100-\u218f\u2460-\u24ff\u2c7c\u2c7d\u3000\ufb00-\ufb06\ufe13\ufe30-\ufe34\ufe4d-\ufe6b\uff01-\uff5e"
_STYLED = "\U0001d400-\U0001d7ff\U0001f100-\U0001f189\U0001fbf0-\U0001fbf9"
# Letters of other scripts that look like Latin ones: what UTS 39 calls confusable, and only the plain ones of it.
ALIKE = dict(
    zip(
        "аеорсухіјѕһԁԛԝвкмнтАВЕКМНОРСТУХІЈЅҺԌԚԜΑΒΕΖΗΙΚΜΝΟΡΤΥΧοανρτυικχєɡɑɩⅼ",
        "aeopcyxijshdqwbkmhtABEKMHOPCTYXIJSHGQWABEZHIKMNOPTYXoavptuikxegail",
        strict=True,
    )
)
ALIKE_CLASS = "".join(ALIKE)

_LOOKS = re.compile(f"[{UNSEEN}]+|[{_OTHER}{_STYLED}]|[{ALIKE_CLASS}]")
_MIXED = re.compile(f"[A-Za-z0-9@._-][{ALIKE_CLASS}]|[{ALIKE_CLASS}][A-Za-z0-9@._-]")
_STRANGE = re.compile(f"[{UNSEEN}{_OTHER}{_STYLED}]")
_DROPPED = re.compile(f"[{_SILENT}]+")
_HIDDEN = re.compile(f"[{UNSEEN}]+")
ENDS_UNSEEN = re.compile(f"[{UNSEEN}]+\\Z")

_TURNING = "\u200e\u200f\u061c"
SHORT = 4
"""Of so many characters it is remembered what they say."""
_LEET = str.maketrans("0134578@$!|l", "oieastbasiii")


def undisguised(text: str) -> View | None:
    """The text in plain letters, without what nobody sees; None where that is what it is."""
    if text.isascii() or not (_STRANGE.search(text) or _MIXED.search(text)):
        return None
    alike = _MIXED.search(text) is not None
    return View(_plain(text, alike=alike), _said_all(text, alike=alike))


def _said_all(text: str, *, alike: bool) -> str:
    """What all pieces say, in one go."""

    def said(found: re.Match[str]) -> str:
        return _soon_said(found[0], alike=alike) if len(found[0]) <= SHORT else _said(found[0], alike=alike)

    seen = _DROPPED.sub("", text)
    return _LOOKS.sub(said, seen) if _LOOKS.search(seen) else seen


def _plain(text: str, *, alike: bool) -> Iterator[Piece]:
    at = 0
    for found in _LOOKS.finditer(text):
        char = found[0]
        said = _soon_said(char, alike=alike) if len(char) <= SHORT else _said(char, alike=alike)
        if said == char:
            continue
        start = found.start()
        if start > at:
            yield Piece(text[at:start], at, start)
        at = found.end()
        if said:
            yield Piece(said, start, at, even=len(said) == len(char))
    yield Piece(text[at:], at, len(text))


def _said(chars: str, *, alike: bool) -> str:
    if _HIDDEN.fullmatch(chars):
        return tagged(chars) + selected(chars)
    if alike and chars in ALIKE:
        return ALIKE[chars]
    return unicodedata.normalize("NFKC", chars)


_soon_said = lru_cache(4096)(_said)


def tagged(chars: str) -> str:
    """Tag characters are ASCII that nobody sees: what they say."""
    return "".join(chr(ord(char) - 0xE0000) for char in chars if 0xE0020 <= ord(char) <= 0xE007E)


def selected(chars: str) -> str:
    """There are 256 variation selectors, one for each byte: what several of them say, where that is a text."""
    places = (ord(char) for char in chars)
    data = bytes(
        at - 0xFE00 if at < 0x10000 else at - 0xE0100 + 16
        for at in places
        if 0xFE00 <= at <= 0xFE0F or 0xE0100 <= at <= 0xE01EF
    )
    if len(data) < 2:
        return ""
    try:
        said = data.decode()
    except UnicodeDecodeError:
        return ""
    return said if all(char.isprintable() or char in "\n\r\t" for char in said) else ""


def folded(text: str) -> str:
    """As many characters, without case and with letters for the digits and signs that stand for them."""
    small = text.lower()
    return (
        small if len(small) == len(text) else "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
    ).translate(_LEET)


def holes(text: str) -> list[Hole]:
    """Characters that nobody sees and that have no use where they stand: not those inside of emoji, nor those that other
    scripts are written with.
    """
    if text.isascii():
        return []
    hidden = list(_HIDDEN.finditer(text))
    turned = any(found[0] in _TURNING for found in hidden) and any(
        unicodedata.bidirectional(char) in ("R", "AL") for char in text
    )
    return [Hole(each.start(), each.end(), "") for each in hidden if not _of_use(text, each, turned=turned)]


def _of_use(text: str, found: re.Match[str], *, turned: bool) -> bool:
    """`turned`: some of the text is written from right to left."""
    start, end = found.span()
    before, after = text[max(0, start - 1) : start], text[end : end + 1]
    chars = found[0]
    if chars == "\u00ad" or (turned and chars in _TURNING):
        return True
    if chars[0] in "\ufe0e\ufe0f" and (len(chars) == 1 or chars[1:] == "\u200d"):
        return bool(before) and (ord(before) > 0xA8 or before in "0123456789#*")
    if chars in ("\u200c", "\u200d"):
        return bool(before and after) and ord(before) > 0x2FF and ord(after) > 0x2FF
    if chars == "\ufe0f\u20e3":
        return True
    # The flag of a part of a country: a black flag, its letters as tags, and the tag that ends it.
    return before == "\U0001f3f4" and chars[-1] == "\U000e007f" and len(chars) < 9
