"""Runs of characters that nobody sees: which have a use where they stand, and what those say that have none."""

import re
import unicodedata
from collections.abc import Iterator, Sequence

from lockgate.core.guard import Finding
from lockgate.patterns.disguise import UNSEEN, selected, tagged

LONGEST = 1024
_RUN = re.compile(f"[{UNSEEN}]{{1,{LONGEST}}}")

_LETTER = "A-Za-z0-9\u00c0-\u024f\u0370-\u052f"
_SINGLE = "\u00ad\u034f\u115f\u1160\u200b-\u200f\u2060-\u2064\u3164\ufe00-\ufe0f\ufeff\uffa0"
SPLIT = f"[{_SINGLE}]{{1,3}}(?:[{_LETTER}][{_SINGLE}]{{1,3}}){{1,31}}"
"""A word with something unseen after every letter. One soft hyphen, or one joiner, is typography; this is not."""
_SPLIT = re.compile(SPLIT)
_SEEN = re.compile(f"[{_LETTER}]+")
_BETWEEN = re.compile(f"[{_LETTER}]").fullmatch

_TURNS = "\u202a-\u202e\u2066-\u2069"
_OVERRIDES = "\u202d\u202e"
_TO_LEFT = "\u202b\u2067"
_SELECTORS = "\ufe00-\ufe0f\U000e0100-\U000e01ef"
_has_tags = re.compile("[\U000e0000-\U000e00ff]").search
_has_turns = re.compile(f"[{_TURNS}]").search
_turns = re.compile(f"[{_TURNS}]").findall
_has_selectors = re.compile(f"[{_SELECTORS}]").search
_never_of_use = re.compile("[\u206a-\u206f\ufff9-\ufffb\U000e0200-\U000e0fff\U000e01f0-\U000e01ff]").search
_PART_OF_COUNTRY = re.compile(
    "[\U000e0061-\U000e007a]{2}[\U000e0030-\U000e0039\U000e0061-\U000e007a]{1,4}\U000e007f"
).fullmatch
_BLACK_FLAG = "\U0001f3f4"
_IN_EMOJI = re.compile("[\ufe0e\ufe0f]?\u200d?").fullmatch
_IN_SCRIPTS = "\u00ad\u200c\u200e\u200f\u061c\u2061\u2062\u2063\u2064\u180e\u17b4\u17b5"
"""Alone they are of use anywhere: hyphens, joiners, marks of direction, signs that mathematics leaves out."""
DIGITS, KEYCAP = "0123456789#*", "\u20e3"
FEW = 2
"""So many may stand together without saying anything."""


def places(text: str, ends: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Where they are, by where the engine saw one of their characters end."""
    at = 0
    for end in ends:
        if end > at and (run := _RUN.match(text, end - 1)):
            at = run.end()
            yield run.span()


def split(text: str, ends: Sequence[int]) -> Iterator[Finding]:
    """Words with something unseen after every letter; without it they are what they were."""
    at = 0
    for end in ends:
        if end <= at:
            continue
        begin = end - 1  # the engine saw its first three parts, each as short as it may be
        while begin > at and end - begin < 8 and re.match(f"[{_SINGLE}{_LETTER}]", text[begin - 1]):
            begin -= 1
        found = _SPLIT.search(text, begin)
        if found is None or found.start() >= end:
            continue
        at = found.end()
        yield Finding(found.start(), at, "split_word", instead="".join(_SEEN.findall(found[0])))


def judged(text: str, start: int, end: int) -> tuple[str, str]:
    """The way it hides, and what the finding is called; empty where it has a use there."""
    run, before, after = text[start:end], text[start - 1 : start], text[end : end + 1]
    if _has_tags(run):
        flag = before == _BLACK_FLAG and _PART_OF_COUNTRY(run)
        return ("", "") if flag else ("tags", "tag_text" if tagged(run) else "invisible_characters")
    if _has_turns(run):
        return _turned(run, after)
    if _has_selectors(run):
        return _selecting(run, before, after)
    if _never_of_use(run) or (len(run) > FEW and not _shy(run)):
        return "zero_width", "zero_width_text" if bits(run) else "invisible_characters"
    if run == "\u200d" and before and after and min(before, after) > "\u02ff":
        return "", ""
    inside = bool(before and after and _BETWEEN(before) and _BETWEEN(after))
    return ("zero_width", "split_word") if inside and not all(char in _IN_SCRIPTS for char in run) else ("", "")


def _shy(run: str) -> bool:
    return len(set(run)) == 1 and run[0] in "\u00ad\ufeff" and len(run) <= 2 * FEW


def _turned(run: str, after: str) -> tuple[str, str]:
    """What was written from the left may not be read from the right. Marks that only set text apart are of use."""
    found = "direction", "text_direction"
    if any(char in _OVERRIDES for char in run) or len(_turns(run)) > 2 * FEW:
        return found
    if any(char in _TO_LEFT for char in run) and after and unicodedata.bidirectional(after) == "L":
        return found
    return "", ""


def _selecting(run: str, before: str, after: str) -> tuple[str, str]:
    """Which form a sign has. There are 256 of these characters, so two in a row are a byte each."""
    chosen = [char for char in run if _has_selectors(char)]
    if len(chosen) > 1:
        return "selectors", "selector_text" if selected(run) else "invisible_characters"
    keycap = before in DIGITS and after == KEYCAP
    if _IN_EMOJI(run) and before and (keycap or (ord(before) > 0xA8 and not _BETWEEN(before))):
        return "", ""
    if _has_forms(chosen[0], before) and len(run) == 1:
        return "", ""
    return "selectors", "invisible_characters"


def _has_forms(selector: str, before: str) -> bool:
    """Letters of East Asia have forms, and so have some signs of mathematics. Emoji have no others than the two."""
    if not before:
        return False
    wide = unicodedata.category(before) == "Lo" and before >= "\u1000"
    return (
        wide
        or (selector == "\ufe00" and "\u2200" <= before <= "\u2aff")
        or (selector < "\ufe02" and before >= "\u2018")
    )


def bits(run: str) -> str:
    """A text in a run of two characters, one for each bit; empty where there is none."""
    signs = sorted(set(run))
    if len(signs) != 2 or len(run) < 8:
        return ""
    for zero, one in (signs, signs[::-1]):
        number = run.translate({ord(zero): "0", ord(one): "1"})
        data = bytes(int(number[at : at + 8], 2) for at in range(0, len(number) - 7, 8))
        if all(0x20 <= byte < 0x7F for byte in data):
            return data.decode()
    return ""
