"""A part of a text as whoever reads an address in it may read it: escapes undone, what nobody sees gone."""

import html
import re
import unicodedata

_PERCENT = re.compile(r"%([2-7][0-9A-Fa-f])")
_BACKSLASH = re.compile(r"\\(?:u00|x|0{0,4})([2-7][0-9A-Fa-f])\s?|\\([.:/?#@_-])")
"""Of JSON, scripts, styles and Markdown."""
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z]{2,8});?")
_LINES = re.compile(r"(?<!\\)\\+[nrt]")
_WIDE_DOT = re.compile(r"(?<=[A-Za-z0-9])\u3002(?=[A-Za-z0-9])")
_ENDS = frozenset("\"'<>% \t\r\n\xa0")
"""What would end an address does not, where it is escaped; and what is escaped twice is still escaped."""
TIMES = 3
MOST = 4096
"""Characters that are remembered."""


class _Seen(dict[int, int | None]):
    """Characters, or None for those that nobody sees."""

    def __missing__(self, code: int) -> int | None:
        if len(self) >= MOST:
            self.clear()
        self[code] = seen = None if unicodedata.category(chr(code)) == "Cf" else code
        return seen


_SEEN = _Seen()


def in_lines(text: str) -> str:
    """Of a string of JSON, however deep, its lines."""
    return _LINES.sub("\n", text) if "\\" in text else text


def as_read(text: str) -> str:
    """The same object where there is nothing to undo."""
    if not text.isascii():
        text = _WIDE_DOT.sub(".", unicodedata.normalize("NFKC", text.translate(_SEEN)))
    for _ in range(TIMES):
        before = text
        if "%" in text:
            text = _PERCENT.sub(_coded, text.replace("%25", "%"))
        if "&" in text:
            text = _ENTITY.sub(_named, text)
        if "\\" in text:
            text = _BACKSLASH.sub(_coded, text)
        if text == before:
            break
    return text


def _coded(found: re.Match[str]) -> str:
    if found[1] is None:
        return found[2]
    char = chr(int(found[1], 16))
    return found[0] if char in _ENDS else char


def _named(found: re.Match[str]) -> str:
    char = html.unescape(found[0])
    if char in "\t\r\n":  # a browser takes them out of an address
        return ""
    return found[0] if char in _ENDS or len(char) > 1 else char
