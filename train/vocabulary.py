"""Texts as tables: what is known of each of their tokens. A token that was seen before costs one look into a dictionary."""

import numpy as np

from lockgate.guards.injection.features import BEGINNING, Table
from lockgate.guards.injection.lexicon import KNOWN
from lockgate.guards.injection.tokens import described

BEFORE = ""
"""What stands before a text where several stand behind each other: no token is empty."""


class _Rows(dict[str, int]):
    """Rows of tokens. What is missing is added."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most = most
        self.table: Table = np.zeros((1024, 8), dtype=np.uint32)  # half a line of the processor's cache for each
        self[BEFORE] = 0
        self.table[0, 3] = BEGINNING

    def __missing__(self, word: str) -> int:
        row = len(self)
        if row > self.most:
            raise _Full
        if row >= self.table.shape[0]:
            self.table = np.concatenate([self.table, np.zeros_like(self.table)])
        self.table[row, :5] = described(word)
        self[word] = row
        return row


class _Full(Exception):
    pass


class Vocabulary:
    """What is known of tokens, by row."""

    def __init__(self, most: int = KNOWN) -> None:
        self._most = most
        self._rows = _Rows(most)

    def of(self, words: list[str]) -> Table:
        """Five rows, one column a token."""
        try:
            rows = list(map(self._rows.__getitem__, words))
        except _Full:
            self._rows = _Rows(max(self._most, len(words)))
            rows = list(map(self._rows.__getitem__, words))
            self._rows.most = self._most
        table: Table = self._rows.table.take(rows, axis=0).T[:5].copy() if rows else np.zeros((5, 0), dtype=np.uint32)
        return table
