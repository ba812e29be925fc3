"""Sentences out of rules: `{name}` is one of the choices of that name, `{?name}` is one of them or nothing."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random

_SLOT = re.compile(r"\{(\??)([a-z_0-9]+)\}")


@dataclass(frozen=True, slots=True)
class Row:
    """A text that was made."""

    text: str
    label: int
    kind: str
    lang: str = "en"


class Grammar:
    """Choices by name, as a list or with `|` between them."""

    def __init__(self, rules: Mapping[str, str | Sequence[str]]) -> None:
        self._rules = {
            name: [part.strip() for part in choices.split("|")] if isinstance(choices, str) else list(choices)
            for name, choices in rules.items()
        }

    def one(self, name: str, random: Random) -> str:
        return self.filled(random.choice(self._rules[name]), random)

    def filled(self, text: str, random: Random) -> str:
        def chosen(match: re.Match[str]) -> str:
            if match[2] not in self._rules:
                return match[0]
            if match[1]:
                return f"{self.one(match[2], random)} " if random.random() < 0.5 else ""
            return self.one(match[2], random)

        return _SLOT.sub(chosen, text)

    def many(self, name: str, random: Random, count: int) -> Iterator[str]:
        for _ in range(count):
            yield styled(self.one(name, random), random)


def styled(text: str, random: Random) -> str:
    """As people write: small letters, capitals all through, no full stop, a slip of the fingers."""
    roll = random.random()
    if roll < 0.12:
        return text.lower()
    if roll < 0.16:
        return text.upper()
    if roll < 0.26:
        return text.rstrip(".!")
    if roll < 0.32:
        return slipped(text, random)
    if roll < 0.60 and text[:1].islower():
        return text[0].upper() + text[1:]
    return text


def slipped(text: str, random: Random) -> str:
    """With a letter or two dropped, doubled, swapped or changed."""
    letters = list(text)
    for _ in range(max(1, len(letters) // 40)):
        at = random.randrange(len(letters))
        if not letters[at].isalpha():
            continue
        kind = random.randrange(4)
        if kind == 0:
            letters[at] = ""
        elif kind == 1:
            letters[at] *= 2
        elif kind == 2 and at + 1 < len(letters):
            letters[at], letters[at + 1] = letters[at + 1], letters[at]
        else:
            letters[at] = random.choice("etaoinshrdlu")
    return "".join(letters)


def mixed(random: Random, *parts: Iterator[Row]) -> Iterator[Row]:
    """All of them, in another order, so that a part of a family is a part of each."""
    rows = [row for part in parts for row in part]
    random.shuffle(rows)
    yield from rows
