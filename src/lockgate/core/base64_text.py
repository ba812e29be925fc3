"""Files of text in base64: what they say, and the same file with another text in it.

Read as the most lenient of upstreams might: signs that are not base64's are passed over, and what is not UTF-8 is read as something.
Only what is changed is written anew.
"""

import re
from base64 import b64decode, b64encode

_NO_SIGN = re.compile(r"[^A-Za-z0-9+/=]")
_URL = str.maketrans("-_", "+/")
_TYPES = frozenset(("json", "ld+json", "x-ndjson", "xml", "xhtml+xml", "yaml", "x-yaml", "javascript", "x-javascript"))
_BEGIN = 512
"""Signs of a file that are looked at: pictures and sounds have said what they are by then."""
_SURE = 64
_JUNK = re.compile(r"[^A-Za-z0-9+/=\r\n_-]")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_BINARY = (b"%PDF-",)
"""What begins like a text and is none."""


def may_hold(wire: bytes) -> bool:
    """Whether a body may have one: a mark stands in every body that has such a file, in the name of its field, beside it or before it.
    An escape may be part of a mark.
    """
    return b"base64" in wire or b"inline" in wire or (b"\\" in wire and b"\\u" in wire)


def is_text(mime: object) -> bool:
    if not isinstance(mime, str):
        return False
    kind, _, rest = mime.partition(";")[0].strip().lower().partition("/")
    return kind == "text" or (kind == "application" and rest in _TYPES)


def reads(file: str, mime: object = "") -> bool:
    """Whether somebody may read a file as a text: it is called one, or begins like one, whatever it is called."""
    return is_text(mime) or _begins(_cut(file)[1][:_BEGIN])


def _begins(body: str) -> bool:
    """Base64 of a text. Few letters of a charset of bytes may be anything."""
    if _JUNK.search(body):
        return False
    data = _bytes(body)
    charset = _charset(data)
    if not data or data.startswith(_BINARY) or (charset == "latin-1" and len(data) < _SURE):
        return False
    return _CONTROL.search(data.decode(charset, "replace")) is None


def said(file: str) -> str:
    """`file` is base64, or a data URL of it."""
    data = _bytes(_cut(file)[1])
    return data.decode(_charset(data), "replace")


def written(file: str, text: str) -> str:
    """The file with this text, in the charset that it had."""
    head, body = _cut(file)
    return head + b64encode(text.encode(_charset(_bytes(body)), "replace")).decode()


def is_url(text: object) -> bool:
    """A data URL in base64. Anything may hide in another kind of one."""
    return isinstance(text, str) and text[:5].lower() == "data:" and ";base64," in text[:200]


def _cut(file: str) -> tuple[str, str]:
    """The head of a data URL, and the base64."""
    if file[:5].lower() == "data:":
        head, comma, body = file.partition(",")
        return head + comma, body
    return "", file


def _bytes(body: str) -> bytes:
    """Of all runs, each of which padding may end."""
    runs = _NO_SIGN.sub("", body.translate(_URL)).split("=")
    return b"".join(b64decode(run + "=" * (-len(run) % 4)) for run in map(_whole, runs))


def _whole(run: str) -> str:
    """One sign alone at the end says nothing."""
    return run[:-1] if len(run) % 4 == 1 else run


def _charset(data: bytes) -> str:
    begin = data[:1024]
    if begin[:2] == b"\xff\xfe" or begin[1::2].count(0) * 2 > len(begin[1::2]):
        return "utf-16-le"
    if begin[:2] == b"\xfe\xff" or begin[::2].count(0) * 2 > len(begin[::2]):
        return "utf-16-be"
    try:
        data.decode()
    except UnicodeDecodeError:
        return "latin-1"
    return "utf-8"
