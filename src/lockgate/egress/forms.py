"""The forms in which a secret is likely to be written: as it is, in JSON, in a URL, in HTML, in base64, in hexadecimal.

Base64 shifts what it encodes by 0, 1 or 2 bytes, depending on what stands before. Of each of the three only the digits
count that depend on the secret alone.
"""

import base64
import html
import re
from collections.abc import Callable, Iterator
from urllib.parse import quote

LEAST = 16
"""Shorter secrets are looked for nowhere: they would be found in texts that have nothing to do with them."""
_SHARE = 0.6
_WINDOW = 128
_URLSAFE = bytes.maketrans(b"+/", b"-_")
_UNSAFE = ("<>&", "<>&'", "<>&'+", "<>&'+\"`", "<>&'+\"`/=")
"""What writers of JSON escape besides what they must: Go, others for HTML, .NET, and all that any of them does."""
_ESCAPE = re.compile(r"(?<=\\u)[0-9A-Fa-f]{4}|(?<=%)[0-9A-Fa-f]{2}")


def windows(secret: bytes) -> tuple[bytes, ...]:
    """The parts of a secret that are looked for: enough of it to be nothing else, and to be found before all of it is out.

    One from its beginning, or, if it is long, from its middle, for tokens of one kind begin alike. And one from its end:
    some programs put stars in the place of a beginning that they know.
    """
    size = max(LEAST, int(len(secret) * _SHARE + 0.999))
    first, last = secret[max(0, size - _WINDOW) : size], secret[-min(size, _WINDOW) :]
    return (first,) if first == last else (first, last)


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
    plain = _in_json(text, "")
    found = [
        *(_in_json(text, unsafe) for unsafe in _UNSAFE),
        plain,
        plain.replace("/", "\\/"),
        _in_json(plain, ""),
        _in_json(_in_json(plain, ""), ""),
        html.escape(text),
        html.escape(text, quote=False),
        quote(text, safe=""),
        "".join(f"\\u{ord(c):04x}" for c in text),
        "".join(f"%{ord(c):02x}" for c in text),
    ]
    for one in found:
        for cased in (one, _cased(one, str.upper), _cased(one, str.lower)):
            yield cased.encode()
            yield _in_json(cased, "").encode()  # and all of that as a text in a document


def _in_json(text: str, unsafe: str) -> str:
    """Inside of a JSON string, with characters escaped that this writer thinks unsafe."""
    return "".join(f"\\u{ord(c):04x}" if c in unsafe else f"\\{c}" if c in '"\\' else c for c in text)


def _cased(escaped: str, case: Callable[[str], str]) -> str:
    """The same with the digits of its escapes in that case."""
    return _ESCAPE.sub(lambda match: case(match[0]), escaped)


def _base64(part: bytes) -> Iterator[bytes]:
    for shift in range(3):
        whole = base64.b64encode(b"\0" * shift + part)
        # The first digits also hold what stands before, the last ones what comes after.
        first = (shift * 8 + 5) // 6
        last = (shift + len(part)) * 8 // 6
        inner = whole[first:last]
        yield inner
        yield inner.translate(_URLSAFE)
