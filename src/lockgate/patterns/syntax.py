"""The language of patterns, read into a tree: the part of regular expressions that needs no backtracking.

What is refused is refused with the reason: back references, conditions, and looking around (which only the patterns that come
with a guard may use, at their two ends, because there it is confirmed on a few characters).
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from msgspec import Struct

MOST = 256
"""What a repeat without an upper bound means: a match has an end, and so has what a stream holds back."""


class Chars(Struct, frozen=True):
    """One character: a letter, an escape or a class, as it was written."""

    text: str


class Edge(Struct, frozen=True):
    """A place between characters: a word's edge, the start, the end."""

    text: str


class Look(Struct, frozen=True):
    """A look at what stands before or after, as it was written."""

    text: str


class Sequence_(Struct, frozen=True):
    """One after the other."""

    items: tuple["Node", ...]


class Choice(Struct, frozen=True):
    """One of several. `flags`: switches that hold inside, as in `(?i:…)`."""

    options: tuple["Node", ...]
    flags: str = ""


class Repeat(Struct, frozen=True):
    """The same again, `low` to `high` times. `endless`: as written there is no upper bound."""

    node: "Node"
    low: int
    high: int
    endless: bool = False


Node = Chars | Edge | Look | Sequence_ | Choice | Repeat

_GROUP = re.compile(r"\(\?(?:P<\w+>|([imsx-]*):)")
_LOOK = re.compile(r"\(\?<?[=!]")
_COUNT = re.compile(r"\{(\d*)(,?)(\d*)\}")
_ESCAPE = re.compile(r"\\(?:x[0-9A-Fa-f]{2}|x\{[0-9A-Fa-f]+\}|u[0-9A-Fa-f]{4}|[pP]\{\^?\w+\}|.)", re.DOTALL)
_LETTERS = re.compile(r"[A-Za-z0-9 _-]+(?![*+?{])").match
"""Characters that stand for themselves; not the last one where it is repeated."""
_MANY = {"*": (0, MOST), "+": (1, MOST), "?": (0, 1)}


@lru_cache(16)
def read(expression: str) -> Node:
    """The tree of an expression. `ValueError` says what is not possible. It is asked for several times in a row."""
    reader = _Reader(expression)
    node = reader.choice()
    if reader.at < len(expression):
        raise ValueError("a bracket closes that was not opened")
    return node


class _Reader:
    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0

    def choice(self, flags: str = "") -> Node:
        options = [self.sequence()]
        while self._peek() == "|":
            self.at += 1
            options.append(self.sequence())
        return options[0] if len(options) == 1 and not flags else Choice(tuple(options), flags)

    def sequence(self) -> Node:
        items: list[Node] = []
        while (char := self._peek()) not in ("", "|", ")"):
            if letters := _LETTERS(self.text, self.at):
                items.extend(map(Chars, letters[0]))
                self.at = letters.end()
                continue
            items.append(self._repeated(self._one(char)))
        return items[0] if len(items) == 1 else Sequence_(tuple(items))

    def _peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def _one(self, char: str) -> Node:
        if char == "(":
            return self._group()
        if char == "[":
            return Chars(self._class())
        if char == "\\":
            return self._escape()
        if char in "*+?":
            raise ValueError(f"nothing stands before `{char}` that it could repeat")
        self.at += 1
        return Edge(char) if char in "^$" else Chars(char)

    def _group(self) -> Node:
        if look := _LOOK.match(self.text, self.at):
            start = self.at
            self.at = look.end()
            self.choice()
            self._close()
            return Look(self.text[start : self.at])
        flags = ""
        if named := _GROUP.match(self.text, self.at):
            self.at, flags = named.end(), named[1] or ""
        elif self.text.startswith("(?", self.at):
            raise ValueError(f"`{self.text[self.at : self.at + 4]}` is not possible")
        else:
            self.at += 1
        node = self.choice(flags)
        self._close()
        return node if isinstance(node, Choice) else Choice((node,), flags)

    def _close(self) -> None:
        if self._peek() != ")":
            raise ValueError("a bracket is not closed")
        self.at += 1

    def _class(self) -> str:
        start, at = self.at, self.at + 1
        at += self.text.startswith("^", at)
        at += self.text.startswith("]", at)
        while at < len(self.text) and self.text[at] != "]":
            posix = self.text.find(":]", at) if self.text.startswith("[:", at) else -1
            at = posix + 2 if posix > 0 else at + (2 if self.text[at] == "\\" else 1)
        if at >= len(self.text):
            raise ValueError("a class `[…` is not closed")
        self.at = at + 1
        return self.text[start : self.at]

    def _escape(self) -> Node:
        found = _ESCAPE.match(self.text, self.at)
        if found is None:
            raise ValueError("it ends with a backslash")
        self.at = found.end()
        if found[0][1] in "123456789kgG":
            raise ValueError("a back reference is not possible: it could take for ever")
        return Edge(found[0]) if found[0][1] in "bBAzZ" else Chars(found[0])

    def _repeated(self, node: Node) -> Node:
        while (char := self._peek()) and char in "*+?{":
            endless = char in "*+"
            if char == "{":
                counted = _COUNT.match(self.text, self.at)
                if counted is None or not (counted[1] or counted[3]):
                    raise ValueError("`{` stands for itself only as `\\{`")
                low = int(counted[1] or 0)
                endless = bool(counted[2] and not counted[3])
                high = max(low, MOST) if endless else int(counted[3] or low)
                self.at = counted.end()
            else:
                low, high = _MANY[char]
                self.at += 1
            if high < low:
                raise ValueError(f"a repeat of at least {low} and at most {high}")
            if self._peek() and self._peek() in "?+":  # lazy and possessive find the same things
                self.at += 1
            node = Repeat(node, low, high, endless)
        return node


def sequence(items: Sequence[Node]) -> Node:
    """Items one after the other; those that are sequences themselves are part of it."""
    flat: list[Node] = []
    for item in items:
        flat.extend(item.items if isinstance(item, Sequence_) else (item,))
    return flat[0] if len(flat) == 1 else Sequence_(tuple(flat))
