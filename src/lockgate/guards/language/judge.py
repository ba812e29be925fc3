"""Is a window of a text certainly in a language that is not allowed?"""

import re

from lockgate.guards.language.scripts import RANGES, counted
from lockgate.guards.language.words import LATIN, WORDS

WINDOW = 240
"""Characters that are judged together: enough for a sentence or two."""
LEAST = 40
"""Of fewer characters nothing is said."""
MOSTLY = 0.5
"""Of the letters, for a script that is another one."""
FEW = 3
"""Small words that a language has to show."""
SHARE = 0.15
"""And their share of all words."""
NEARLY = 0.6
"""An allowed language that shows so many of the words that the best one shows may be meant."""
_WORDS = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_SEVERAL = frozenset(("latin", "cyrillic"))
_CODE = re.compile(r"[{}()\[\]<>=;|\\/_$#]")
_CODE_SHARE = 0.06


def judged(text: str, allowed: frozenset[str]) -> str:
    """The language (or the script, where several are written in it) that it is in instead; empty where it may be allowed."""
    if len(text) < LEAST:
        return ""
    letters = counted(text)
    total = sum(letters.values())
    if total * 2 < LEAST:
        return ""
    script = max(letters, key=letters.__getitem__)
    if letters[script] < MOSTLY * total:
        return ""
    if script not in _SEVERAL:
        return "" if allowed.intersection(RANGES[script][1]) or _japanese(letters, allowed) else script
    return _by_words(text, script, allowed)


def _japanese(letters: dict[str, int], allowed: frozenset[str]) -> bool:
    return "ja" in allowed and "kana" in letters


def _by_words(text: str, script: str, allowed: frozenset[str]) -> str:
    among = LATIN if script == "latin" else WORDS.keys() - LATIN
    if not allowed & among and script == "cyrillic":
        return script
    if len(_CODE.findall(text)) > _CODE_SHARE * len(text):
        return ""
    words = _WORDS.findall(text.lower() if text.isupper() else text)  # `El Paso` is a name
    shown = {language: sum(word in WORDS[language] for word in words) for language in among}
    best = max(shown, key=shown.__getitem__)
    if best in allowed or shown[best] < max(FEW, SHARE * len(words)):
        return ""
    ours = max((shown[language] for language in allowed & among), default=0)
    return "" if ours >= NEARLY * shown[best] else best
