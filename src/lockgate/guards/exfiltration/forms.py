"""Where addresses stand: what stands before one says who fetches it, and whether by itself."""

import re
from collections.abc import Iterator, Sequence
from typing import Literal

from msgspec import Struct

from lockgate.core.guard import Hit, Pattern

Form = Literal["image", "reference", "html", "css", "link"]

MOST = 2048
"""Characters of an address. What is longer is found as far as this, and what is left of it leads nowhere."""
AHEAD = 48
"""Characters that say the form, before the address, at most."""
ALT = 256
"""Characters of an image's description that are looked back over. Where it is longer, a link is taken for an image."""
TAG = 256
"""Characters between the beginning of a tag and one of its attributes."""
BEFORE = max(ALT, TAG) + AHEAD
LONGEST = MOST + AHEAD

_CHAR = r"[^\s\"'<>()\[\]\{\}\|\^`]"
SCHEME = r"(?:https?|ftps?|wss?|gopher|file|smb|dict)"
SLASHES = r"[/\\]{2,4}"
_ORIGIN = rf"(?:{SCHEME}:[/\\]{{1,4}}|(?:https?|wss?|ftp):|{SLASHES})"
"""A scheme, or only its slashes: what has neither stays where it is. Browsers need no slash behind the schemes that they know."""
_FETCHED = "src|srcset|poster|background|lowsrc"
_ATTRIBUTES = f"{_FETCHED}|href|action|formaction|data|ping|longdesc|cite|codebase"
_QUOTE = r"\s{0,4}[\"'\\]{0,2}\s{0,4}"
_LEADS: tuple[tuple[Form, str], ...] = (
    ("image", r"\]\(\s{0,4}<?"),
    ("reference", r"\]:\s{0,4}<?"),
    ("html", rf"(?:(?:{_ATTRIBUTES})\s{{0,4}}=|;\s{{0,4}}url\s{{0,4}}=){_QUOTE}"),
    ("css", rf"(?:url\(|image-set\(|@import){_QUOTE}"),
)
_ADDRESS = rf"{_CHAR}{{1,{MOST}}}"
PATTERNS = (
    *(Pattern(f"{lead}{_ORIGIN}{_ADDRESS}", caseless=True) for _, lead in _LEADS),
    Pattern(rf"{SCHEME}:[/\\]{{1,4}}{_ADDRESS}", caseless=True),
)

_BEGINS = re.compile(rf"{_ORIGIN}{_CHAR}\Z", re.IGNORECASE)
_WHOLE = re.compile(rf"{_CHAR}{{1,{MOST}}}")
_LED = tuple((form, re.compile(rf"{lead}\Z", re.IGNORECASE)) for form, lead in _LEADS)
_IN_TAG = re.compile(r"<([A-Za-z][A-Za-z0-9:-]{0,30})[^<>]*\Z")
_BY_ITSELF = re.compile(rf"(?:{_FETCHED})\s{{0,4}}=", re.IGNORECASE)
_SRCSET = re.compile(r"srcset\s{0,4}=\s{0,4}\\?[\"'][^\"'<>]*\Z", re.IGNORECASE)
_BRACKETS = re.compile(r"[\[\]]")
_NO_BRACKETS = re.compile(r"\\[\s\S]|`[^`]*`|<[^<>]*>")
"""In Markdown brackets count nothing that are escaped, or stand in code or in a tag."""
CLICKED = frozenset(("a", "area"))


class Place(Struct, frozen=True, gc=False):
    """An address, and how it is used."""

    start: int
    end: int
    form: Form


def places(text: str, hits: Sequence[Hit]) -> Iterator[Place]:
    """Each address once."""
    at = 0
    for hit in hits:
        if hit.end <= at:
            continue
        begin = max(at, hit.end - AHEAD)
        found = _BEGINS.search(text[begin : hit.end])
        if found is None:
            continue
        start = begin + found.start()
        address = _WHOLE.match(text, start)
        assert address is not None
        at = address.end()
        # A backslash at its end is the one before a quote of the JSON that it stands in.
        yield Place(start, start + len(address[0].rstrip("\\")), form(text, start))


def form(text: str, start: int) -> Form:
    ahead = text[max(0, start - AHEAD) : start]
    for led, lead in _LED:
        if found := lead.search(ahead):
            at = start - len(ahead) + found.start()
            if led == "image":
                return "image" if _is_image(text, at) else "link"
            return _used(text, at) if led == "html" else led
    return "html" if _SRCSET.search(text[max(0, start - TAG) : start]) else "link"


def _is_image(text: str, end: int) -> bool:
    """Whether the brackets that close here open with `![`. Where that is not in sight, it may; and programs read them otherwise."""
    begin = max(0, end - ALT)
    ahead = text[begin:end]
    return any(_opens(each, whole=not begin) for each in (ahead, _NO_BRACKETS.sub("", ahead)))


def _opens(ahead: str, *, whole: bool) -> bool:
    depth = 1
    for bracket in reversed(list(_BRACKETS.finditer(ahead))):
        depth += 1 if bracket[0] == "]" else -1
        if not depth:
            return ahead[: bracket.start()].endswith("!")
    return not whole


def _used(text: str, at: int) -> Form:
    """An attribute of a tag that is clicked on is a link; without a tag in sight, so are those that are no sources."""
    tag = _IN_TAG.search(text[max(0, at - TAG) : at])
    if tag is None:
        return "html" if _BY_ITSELF.match(text, at) else "link"
    return "link" if tag[1].lower() in CLICKED else "html"
