"""Words of a text that stand in a row in another one.

The other one is known by its shingles: every `size` words in a row. A word is found when a shingle that is known covers it. Words
that are found in a row are one part, which ends where a shingle begins that is the first of a stretch: so no part is long,
and each depends on nothing but the words around it.
"""

import re
from collections.abc import Iterator, Sequence

from lockgate.patterns.disguise import UNSEEN

STRETCH = 64
"""Words of the other text from one place at which a part may begin to the next."""
LONGEST = 64
"""Characters of a word, more or less."""
FAR = 4096
_WIDE = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
"""Scripts without spaces: each of their characters is a word."""
_WORDS = re.compile(rf"[{_WIDE}]|(?:(?![{_WIDE}])[\w{UNSEEN}])+")
_UNSEEN = re.compile(f"[{UNSEEN}]+")


class Prompt:
    """The system texts of a request."""

    def __init__(self, texts: Sequence[str], size: int) -> None:
        self._size = size
        self._first: dict[str, int] = {}
        self._line = ""
        self._words: frozenset[str] = frozenset()
        rows = [[word for word, _, _ in _read(text)] for text in texts]
        for row in rows:
            for at in range(len(row) - size + 1):
                self._first.setdefault(" ".join(row[at : at + size]), len(self._first))
        if self._first:
            self._line = "".join(f" {' '.join(row)} \n" for row in rows)
            self._words = frozenset(word for row in rows for word in row)

    def parts(self, text: str, *, cut: bool = False) -> Iterator[tuple[int, int]]:
        """Where words of it stand in a row. `cut`: it begins in the middle, so its first word may be half of one."""
        if not self._first:
            return
        words = list(_read(text))[1 if cut else 0 :]
        begin, covered, end = 0, -1, 0  # of the part: its start; the last word of it; its end
        for at, place in self._shingles(words):
            last = at + self._size - 1
            if at > covered:
                if end:
                    yield begin, end
                begin = words[at][1]
            elif place % STRETCH == 0 and words[at][1] > begin:
                yield begin, words[at - 1][2]
                begin = words[at][1]
            covered, end = last, words[last][2]
        if end:
            yield begin, end

    def _shingles(self, words: Sequence[tuple[str, int, int]]) -> Iterator[tuple[int, int]]:
        """Those of a text that are known, by their first word's number; and their place in the other text."""
        run = 0  # words in a row each of which is known
        for at, (word, _, _) in enumerate(words):
            run = run + 1 if word in self._words else 0
            if run >= self._size:
                begin = at - self._size + 1
                place = self._first.get(" ".join([each for each, _, _ in words[begin : at + 1]]), -1)
                if place >= 0:
                    yield begin, place

    def growing(self, text: str) -> int:
        """Characters at the end that are the beginning of words in a row. The last word may be half of one."""
        if not self._first:
            return 0
        tail = text[-FAR:]
        words = list(_read(tail))
        open_ = 1 if words and words[-1][2] == len(tail) else 0
        said, least = "" if open_ else " ", len(words)
        while least > 0:
            said = f"{words[least - 1][0]}{' ' if said.strip() else ''}{said}"
            if f" {said}" not in self._line:
                break
            least -= 1
            if len(words) - least >= self._size + open_ and self._starts(words[least : least + self._size]):
                break
        return len(tail) - words[least][1] if least < len(words) else 0

    def _starts(self, words: Sequence[tuple[str, int, int]]) -> bool:
        return self._first.get(" ".join([word for word, _, _ in words]), 1) % STRETCH == 0


NOTHING = Prompt((), 1)


def _read(text: str) -> Iterator[tuple[str, int, int]]:
    """Words in small letters, and where they stand."""
    plain = text.isascii()
    for found in _WORDS.finditer(text):
        word = found[0] if plain else _UNSEEN.sub("", found[0])
        if word:
            yield word.casefold(), found.start(), found.end()
