"""Texts that an expression matches, made by chance from its tree: canaries for every kind there is."""

import random
import re
import string

from lockgate.patterns.syntax import Chars, Choice, Node, Repeat, Sequence_, read

CHARACTERS = string.ascii_letters + string.digits + string.punctuation + " "


def sample(expression: str, chance: random.Random) -> str:
    return _made(read(expression), chance)


def _made(node: Node, chance: random.Random) -> str:
    match node:
        case Chars(text):
            wanted = re.compile(text)
            some = [char for char in CHARACTERS if wanted.fullmatch(char)] or list(
                "\n" if wanted.fullmatch("\n") else text
            )
            return chance.choice(some)
        case Sequence_(items):
            return "".join(_made(item, chance) for item in items)
        case Choice(options):
            return _made(chance.choice(options), chance)
        case Repeat(inner, low, high):
            return "".join(_made(inner, chance) for _ in range(min(high, max(low, chance.randint(low, low + 3)))))
    return ""
