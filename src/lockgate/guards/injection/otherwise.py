"""What else a text may say: letters with gaps between them, digits for letters, words or all of it backwards, codes of characters.

Each is tried only where the tokens look like it, which is a count.
"""

import re
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from lockgate.guards.injection.features import EDGE
from lockgate.guards.injection.lexicon import CONCEPT, SIGN, Marks
from lockgate.guards.injection.tokens import BACKWARDS, LONE, NUMBER, common
from lockgate.guards.injection.windows import Indices

_BETWEEN = r"[ .\-_*|/\\,~]"
_SPACED = re.compile(rf"(?<![^\W_])(?:[^\W_]{_BETWEEN}{{1,3}}){{5,4000}}[^\W_](?![^\W_])")
_GAP = re.compile(f"{_BETWEEN}+")
_SIGNS = "0134567892@$!|+\u20ac\u00a3\u00a5\u00b5\u03b5\u03b9\u03c3\u00a9\u00a7"
_MIXED = re.compile(rf"[A-Za-z{re.escape(_SIGNS)}]{{2,40}}")
_LEET = str.maketrans(_SIGNS, "oieasgtbgzasiltelyueiscs")
_LETTER, _DIGIT = re.compile(r"[A-Za-z]"), re.compile(rf"[{re.escape(_SIGNS)}]")
_BINARY = re.compile(r"(?:[01]{8}[ ,]{0,2}){4,4000}")
_PAIRS = re.compile(r"(?:(?:0x|\\x)?[0-9A-Fa-f]{2}[ ,:]{1,2}){7,4000}(?:0x|\\x)?[0-9A-Fa-f]{2}")
_CODES = re.compile(r"(?:[0-9]{2,3}[ ,]{1,2}){7,4000}[0-9]{2,3}")
_LEAST, _FEW = 6, 3
Signs = tuple[int, int, int, int]
"""How many tokens there are, and of how many sorts: letters with gaps, backwards, codes."""
_SIGNS_OF_MARKS = bytes(mark >> SIGN for mark in range(256))
_LEAST_SIGNS = 2
"""Fewer in all texts are no sign of anything."""
_SHARE = 10
"""One in so many has to be a letter with gaps; of codes, even more."""
MOST = 16_384
"""So much of a text is read otherwise, from its beginning, and from its end where it is longer."""


def signs(marks: Marks, spans: Sequence[tuple[int, int]]) -> Iterator[tuple[int, Signs]]:
    """Of those of the texts behind each other that have some, by their number: from where to where each has its tokens, in `spans`."""
    every = marks.tobytes().translate(_SIGNS_OF_MARKS)
    if every.count(0) + _LEAST_SIGNS > len(every):
        return
    turned = every.count(BACKWARDS) >= _LEAST_SIGNS
    for number, (start, end) in enumerate(spans):
        first, last = start + EDGE, end + EDGE
        size = end - start
        some = size - every.count(0, first, last)
        if some < _LEAST_SIGNS or (some * _SHARE < size and not turned):
            continue
        own = every.count(LONE, first, last), every.count(BACKWARDS, first, last), every.count(NUMBER, first, last)
        yield number, (size, *own)


def some_signs(marks: Marks, starts: Indices, ends: Indices) -> npt.NDArray[np.bool_]:
    """The same of many texts, in the fewest steps: whether each has some."""
    counts = np.zeros(marks.size - EDGE + 1, dtype=np.int64)
    (marks[EDGE:] > CONCEPT).cumsum(out=counts[1:])
    some = counts.take(ends)
    some -= counts.take(starts)
    enough = some >= _LEAST_SIGNS
    if marks.tobytes().translate(_SIGNS_OF_MARKS).count(BACKWARDS) < _LEAST_SIGNS:
        some *= _SHARE
        enough &= some >= ends - starts
    return enough


def otherwise(text: str, signs: Signs) -> Iterator[str]:
    """Other texts."""
    size, lone, backwards, numbers = signs
    if lone >= _FEW and lone * _SHARE >= size:
        for part in _parts(text):
            yield from (other for other in (_together(part), _plain(part)) if other)
    if backwards >= 2:
        for part in _parts(text):
            yield part[::-1]
            yield " ".join([word[::-1] for word in part.split()])
    if numbers >= _LEAST and numbers * 6 >= size:
        for part in _parts(text):
            yield from (other for other in (_coded(part),) if other)


def _parts(text: str) -> tuple[str, ...]:
    return (text,) if len(text) <= MOST else (text[:MOST], text[-MOST:])


def _together(text: str) -> str:
    """Letters with something between them, put together; wide gaps stay gaps between words."""
    found = [_joined(match[0]) for match in _SPACED.finditer(text)]
    return " ".join(found)


def _joined(run: str) -> str:
    """Words end at blanks where other signs stand between letters, or at gaps that are wider than others."""
    gaps = _GAP.findall(run)
    least = min(map(len, gaps))
    if " " in gaps and any(" " not in gap for gap in gaps):
        words = run.split(" ")
    elif any(len(gap) > least for gap in gaps):
        words = re.split(rf"{_BETWEEN}{{{least + 1},}}", run)
    else:
        return common(_GAP.sub("", run))
    return " ".join(_GAP.sub("", word) for word in words)


def _plain(text: str) -> str:
    """Letters for the digits and signs that stand for them, where enough words have both."""
    count = 0

    def said(match: re.Match[str]) -> str:
        nonlocal count
        word = match[0]
        if _LETTER.search(word) and _DIGIT.search(word):
            count += 1
            return word.translate(_LEET)
        return word.translate(_LEET) if len(word) < 4 and word.isdigit() else word

    other = _MIXED.sub(said, text)
    return other if count >= 2 else ""


def _coded(text: str) -> str:
    out: list[str] = []
    for match in _BINARY.finditer(text):
        out += [chr(int(each, 2)) for each in re.findall("[01]{8}", match[0])]
    if not out:
        out += [
            chr(int(each, 16)) for match in _PAIRS.finditer(text) for each in re.findall(r"[0-9A-Fa-f]{2}", match[0])
        ]
    said = "".join(out)
    if not _readable(said):
        said = "".join(chr(int(each)) for match in _CODES.finditer(text) for each in re.findall("[0-9]+", match[0]))
    return said if _readable(said) else ""


def _readable(text: str) -> bool:
    return (
        len(text) >= _LEAST and sum(c.isascii() and (c.isalpha() or c in " .,!?'") for c in text) * 10 >= len(text) * 8
    )
