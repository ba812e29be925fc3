"""Words of two scripts in which the letters of one only stand for those of the other."""

import itertools
import re
from collections.abc import Iterator, Sequence

from lockgate.patterns.disguise import ALIKE

LONGEST = 48
_LATIN = "A-Za-z\u00c0-\u024f"
_OTHER = "\u0370-\u052f\u0261\u0251\u0269\u217c"
WORD = f"[{_LATIN}{_OTHER}]{{1,{LONGEST}}}"
"""What a stream waits for the end of."""
SEAM = f"[{_LATIN}][{_OTHER}]|[{_OTHER}][{_LATIN}]"
_LETTERS = re.compile(f"[{_LATIN}{_OTHER}]+")
_IS_LATIN = re.compile(f"[{_LATIN}]").match
_LOOKS_CYRILLIC = {
    latin: alike
    for alike, latin in reversed(ALIKE.items())
    if "\u0400" <= alike <= "\u052f" and latin in "aeopcyxABEKMHOPCTX"
}
LEAST_OF_LATIN = 3


def places(text: str, ends: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Words around the seams that the engine saw. Longer ones are none."""
    at = 0
    for end in ends:
        if end <= at:
            continue
        start = end - 1
        while start > max(at, end - LONGEST) and _LETTERS.match(text[start - 1]):
            start -= 1
        word = _LETTERS.match(text, start, start + 2 * LONGEST)
        assert word is not None
        at = word.end()
        if at - start <= LONGEST:
            yield start, at


def meant(word: str) -> str:
    """The word in the letters of one script; empty where it is no disguise.

    Each letter of the other script has to look like one of this one, and it has to stand in the word, not be joined to its
    end: `VPN` with a Russian ending, `rgh` with a Greek letter for the density, `Ohm` are words.
    """
    latin = [bool(_IS_LATIN(char)) for char in word]
    seams = sum(one != other for one, other in itertools.pairwise(latin))
    if all(is_latin or char in ALIKE for char, is_latin in zip(word, latin, strict=True)):
        if not _in_the_word(word, latin, seams):
            return ""
        return "".join(ALIKE.get(char, char) for char in word)
    other = all(not is_latin or char in _LOOKS_CYRILLIC for char, is_latin in zip(word, latin, strict=True))
    cyrillic = any("\u0400" <= char <= "\u052f" for char in word)
    if other and cyrillic and seams > 1:
        return "".join(_LOOKS_CYRILLIC.get(char, char) for char in word)
    return ""


def _in_the_word(word: str, latin: Sequence[bool], seams: int) -> bool:
    if sum(latin) < LEAST_OF_LATIN or (word[: latin.index(not latin[0])].isupper() and latin[0]):
        return seams > 1 and len(word) > LEAST_OF_LATIN
    return seams > 1 or (len(word) > LEAST_OF_LATIN + 1 and not _greek(word))


def _greek(word: str) -> bool:
    """One Greek letter at an end is a quantity."""
    return any("\u0370" <= char <= "\u03ff" for char in word)
