"""The forms in which a secret is likely to be written: as it is, in JSON, in a URL, in HTML, in base64, in hexadecimal.

Base64 shifts what it encodes by 0, 1 or 2 bytes, depending on what stands before. Of each of the three only the digits
count that depend on the secret alone.
"""

import base64
import html
from collections.abc import Iterator
from urllib.parse import quote

LEAST = 16
"""Shorter secrets are looked for nowhere: they would be found in texts that have nothing to do with them."""
_SHARE = 0.6
_WINDOW = 128
_URLSAFE = bytes.maketrans(b"+/", b"-_")
_HTML_SAFE = "<>&'+\"/="


def window(secret: bytes) -> bytes:
    """The part of a secret that is looked for: enough of it to be nothing else, and to be found before all of it is out.

    Of a long one, its middle: tokens of one kind begin alike.
    """
    end = max(LEAST, int(len(secret) * _SHARE + 0.999))
    return secret[max(0, end - _WINDOW) : end]


def forms(part: bytes) -> frozenset[bytes]:
    """Everything that `part` may look like; itself, too."""
    return frozenset((part, *_texts(part), *_base64(part), part.hex().encode(), part.hex().upper().encode()))


def few_forms(part: bytes) -> frozenset[bytes]:
    """Itself and base64, for secrets of which there may be thousands."""
    return frozenset((part, *_base64(part)))


def _texts(part: bytes) -> Iterator[bytes]:
    """Escapes that leave what needs none, and those that spare nothing."""
    try:
        text = part.decode("ascii")
    except UnicodeDecodeError:
        return
    plain = text.replace("\\", "\\\\").replace('"', '\\"')
    percent = quote(text, safe="")
    spared = ["".join(f"\\u{ord(c):04x}" if c in _HTML_SAFE[:count] else c for c in plain) for count in (3, 4, 8)]
    whole = "".join(f"\\u{ord(c):04x}" for c in text), "".join(f"%{ord(c):02x}" for c in text)
    found = [
        plain,
        plain.replace("/", "\\/"),
        html.escape(text),
        html.escape(text, quote=False),
        percent,
        *spared,
        *whole,
    ]
    for one in found:
        yield one.encode()
        yield _raised(one).encode()


def _raised(escaped: str) -> str:
    """The same with capitals in the digits of its escapes."""
    out, at = [], 0
    while at < len(escaped):
        size = 6 if escaped.startswith("\\u", at) else 3 if escaped[at] == "%" else 1
        piece = escaped[at : at + size]
        out.append(piece[:2] + piece[2:].upper() if size == 6 else piece.upper() if size == 3 else piece)
        at += size
    return "".join(out)


def _base64(part: bytes) -> Iterator[bytes]:
    for shift in range(3):
        whole = base64.b64encode(b"\0" * shift + part)
        # The first digits also hold what stands before, the last ones what comes after.
        first = (shift * 8 + 5) // 6
        last = (shift + len(part)) * 8 // 6
        inner = whole[first:last]
        yield inner
        yield inner.translate(_URLSAFE)
