"""More texts to learn from, out of the given ones that may be used: ordinary texts in which a few words were changed for words of attacks.
They are left out together with the family that they were made from.
"""

from collections.abc import Sequence
from random import Random

from train.generators import own
from train.generators.swapped import swapped
from train.texts import Text, labelled

_OF_A_FAMILY, _LONGEST = 400, 700
"""Texts, at most; characters of one."""
_NAME = "swapped:"


def material() -> list[Text]:
    """All that weights are made from and measured on: texts that are given, those that are derived from them, and the project's own."""
    given = labelled()
    return [*given, *derived(given), *own()]


def derived(texts: Sequence[Text], seed: int = 1) -> list[Text]:
    """In a fixed order."""
    out: list[Text] = []
    for family in sorted({text.family for text in texts}):
        random = Random(f"{seed} {family}")
        plain = [text for text in texts if text.family == family and _fits(text)]
        some = random.sample(plain, min(_OF_A_FAMILY, len(plain)))
        out += [Text(swapped(text.text, random), 0, "hard_negative", f"{_NAME}{family}") for text in some]
    return out


def _fits(text: Text) -> bool:
    return text.permissive and not text.label and text.lang == "en" and len(text.text) < _LONGEST


def source(family: str) -> str:
    """The family that it was made from, or itself."""
    return family.removeprefix(_NAME)
