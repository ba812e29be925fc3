"""Ordinary texts in which a word or a few were changed for words of attacks: such a word alone says nothing."""

import re
from collections.abc import Iterator
from random import Random

from train.generators import office, personas, service, topics
from train.generators.grammar import Row

_WORD = re.compile(r"\b[a-z]{4,12}\b")
_ATTACKING = (
    "ignore ignored ignoring disregard forget forgot bypass override skip reset disable reveal leak expose inject injection hijack "
    "jailbreak pretend simulate execute exploit unlock instruction instructions rule rules prompt prompts system guideline guidelines "
    "command commands filter filters restriction restrictions password secret secrets token key constraint policy mode role attack "
    "payload protocol admin developer safety permission hidden previous prior original initial above confidential unrestricted "
    "unfiltered uncensored assistant model character persona respond output print repeat message"
)
_WORDS = _ATTACKING.split()
_SOURCES = (topics, service, personas, office)


def rows(random: Random) -> Iterator[Row]:
    for source in _SOURCES:
        plain = [row for row in source.rows(random) if row.lang == "en" and len(row.text) < 700]
        for row in random.sample(plain, 200):
            yield Row(_swapped(row.text, random), 0, "hard_negative")


def _swapped(text: str, random: Random) -> str:
    """At most half of the words, from the end, so that places stay."""
    words = list(_WORD.finditer(text))
    some = random.sample(words, min(len(words) // 2, random.choice((1, 1, 2, 2, 3, 4))))
    for match in sorted(some, key=lambda each: -each.start()):
        text = f"{text[: match.start()]}{random.choice(_WORDS)}{text[match.end() :]}"
    return text
