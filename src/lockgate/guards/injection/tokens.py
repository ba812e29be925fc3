"""A text as a row of tokens, and what is known of each: its word, its stem, its kind, its concept."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from zlib import crc32

from lockgate.guards.injection.concepts import CONCEPTS

_SINGLE = "\u0e00-\u0e7f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af"
"""Scripts that are written without blanks: each character is a token, or a word of the lexicon."""
_LATIN = "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff"

_STOP_WORDS = (
    "the a an of to in on at for with and or but if then is are was were be been being am do does did "
    "have has had i me my we our he she it they them his her its their this that these those there here "
    "what which who whom whose when where why how as by into about than so too very also more most some "
    "such own same both each few other may might will shall let us up down out off over under again once "
    "der die das ein eine und oder ist sind mit von zu im den dem des auf fur wie was le la les un une et "
    "ou est de des du en que qui dans pour el los las una y o es con para por lo il che di per e sono os "
    "um uma com het een van и в на что это как"
)
_STOP = frozenset(_STOP_WORDS.split())
_ENDINGS = (
    "ing", "tion", "ment", "ness", "able", "ible", "ally", "ly", "ed", "er", "est", "ity", "ous", "ive", "al", "es", "s",
    "en", "ung", "ar", "ir", "er", "cion", "ado", "re", "o", "a", "e",
)  # fmt: skip
_ENDINGS_IN = {letter: [each for each in _ENDINGS if each[-1] == letter] for letter in {each[-1] for each in _ENDINGS}}
"""By their last letter, in the same order."""


def _lexicon() -> tuple[dict[str, int], dict[str, int], list[str]]:
    whole: dict[str, int] = {}
    begins: dict[str, int] = {}
    single: list[str] = []
    for number, words in enumerate(CONCEPTS.values(), start=1):
        for word in words.split():
            plain = bare(word.removeprefix("="))
            if re.fullmatch(f"[{_SINGLE}]+", plain):
                single.append(plain)
                whole[plain] = number
            elif word[0] == "=" or len(plain) < 4:
                whole.setdefault(plain, number)
            else:
                begins.setdefault(plain, number)
    return whole, begins, sorted(single, key=lambda each: (-len(each), each))


def bare(word: str) -> str:
    """Small letters without accents."""
    small = word.casefold()
    if small.isascii():
        return small
    return "".join(c for c in unicodedata.normalize("NFKD", small) if not unicodedata.combining(c)) or small


_WHOLE, _BEGINS, _WRITTEN_TOGETHER = _lexicon()
_LONGEST = max(map(len, _BEGINS))
_FOUR = frozenset(word[:4] for word in _BEGINS)
"""What words that belong to a concept by their beginning begin with: most others do not."""
_PLAIN = r"[A-Za-z]{1,32}(?:'[A-Za-z]{1,3}(?![A-Za-z]))?|[0-9]{1,32}|[!-/:-@\[-`{-~](?:(?<=[-=#*_.~+!?])[-=#*_.~+!?]{1,63})?|\n+|[\x00-\x08\x0e-\x1b\x7f]"
_ASCII = re.compile(_PLAIN)
_ANY = re.compile(
    rf"[{_LATIN}]{{1,32}}(?:['\u2019][A-Za-z]{{1,3}}(?![A-Za-z]))?|{_PLAIN}|(?=[{_SINGLE}])(?:{'|'.join(map(re.escape, _WRITTEN_TOGETHER))}|.)"
    r"|[\u0900-\u0dff]{1,32}|[^\W\d_](?:[^\W\d_]|[\u0300-\u036f\u064b-\u0652]){0,31}|[^\w\s]|\d{1,32}"
)


def tokens(text: str) -> list[str]:
    found: list[str] = (_ASCII if text.isascii() else _ANY).findall(text)
    return found


def places(text: str) -> Iterator[re.Match[str]]:
    return (_ASCII if text.isascii() else _ANY).finditer(text)


def concept(word: str) -> int:
    """Its number; 0 of a word that has none."""
    if number := _WHOLE.get(word):
        return number
    if word[:4] not in _FOUR:
        return 0
    for size in range(min(len(word), _LONGEST), 3, -1):
        if number := _BEGINS.get(word[:size]):
            return number
    return 0


_WORD, _STEM, _KIND = crc32(b"w"), crc32(b"s"), crc32(b"f")
"""What a hash begins with."""
LONE, BACKWARDS, NUMBER = 1, 2, 3
"""What a token may be a sign of: letters with gaps, text that is read backwards, codes of characters."""
_REVERSED_WORDS = (
    "eht dna uoy ruoy lla siht taht htiw morf tuoba erongi tegrof snoitcurtsni noitcurtsni suoiverp "
    "tpmorp metsys laever wohs llet drowssap terces selur won era ton od enilediug senilediug dragersid "
    "edirrevo etirw tnirp tuptuo taeper yas"
)
_REVERSED = frozenset(_REVERSED_WORDS.split())


_KEYS_WORDS = (
    "ignore disregard forget override bypass previous instruction instructions guidelines restrictions everything prompt system reveal password secret "
    "developer unrestricted unfiltered jailbreak assistant pretend message repeat output display unlock disable filters without anything command "
    "commands directive directives configuration hidden initial original confidential administrator respond response answer verbatim safety"
)
_KEYS = frozenset(_KEYS_WORDS.split())
_RIGHT_WORDS = "forest forge forged forges secure precious massage massages safely safest prepend filler fillers developed developing"
_RIGHT = frozenset(_RIGHT_WORDS.split())
"""Other words that look like them."""


def _less(word: str) -> Iterator[str]:
    """The word, with a letter less."""
    for at in range(len(word)):
        yield word[:at] + word[at + 1 :]


_SLIPS = {short: word for word in sorted(_KEYS) for short in _less(word)}
_BEGINS_SLIP = {word[:3] for word in (*_KEYS, *_SLIPS)}


def spelled(word: str) -> str:
    """A word of attacks where it is that with a letter dropped, doubled, changed, or swapped; the word itself otherwise."""
    if not 5 <= len(word) <= 16 or not word.isascii() or word in _RIGHT:
        return word
    if found := _SLIPS.get(word):
        return found
    if _BEGINS_SLIP.isdisjoint((word[:3], word[1:4], word[0] + word[2:4], word[:2] + word[3])):
        return word
    for short in _less(word):
        if short in _KEYS:
            return short
        if (found := _SLIPS.get(short)) and len(found) == len(word):
            return found
    return word


def described(token: str) -> tuple[int, int, int, int, int]:
    """Word, stem, kind, concept, and what it is a sign of."""
    word = bare(token)
    if not word.isascii():
        word = word.replace("\u2019", "'")
    number = concept(word)
    if not number and (other := spelled(word)) != word:
        word, number = other, concept(other)
    data = word.encode("utf-8", "replace")
    stem = crc32(data[:5], _STEM) if len(data) == len(word) else _hash(_STEM, word[:5])
    return crc32(data, _WORD), stem, _hash(_KIND, _kind(token, word, number)), number, _sign(word)


def _sign(word: str) -> int:
    if word in _REVERSED:
        return BACKWARDS
    if word[0] in "0123456789":
        return NUMBER if len(word) > 1 else LONE
    return (
        LONE
        if len(word) == 1
        and ((word.isascii() and word.isalpha()) or word in "@$|\u20ac\u00a3\u03b5\u03b9")
        and word not in "ai"
        else 0
    )


_COMMON = re.compile(
    "|".join(
        sorted(
            {word for word in (*_WHOLE, *_BEGINS, *_STOP) if word.isascii() and word.isalpha() and len(word) > 1}
            | {"instructions", "previous", "system", "ignore", "prompt", "reveal", "password", "tell"},
            key=lambda each: (-len(each), each),
        )
    )
    + "|."
)


def common(letters: str) -> str:
    """Letters without gaps, with gaps between the words that are known."""
    return " ".join(_COMMON.findall(letters.casefold()))


def _kind(token: str, word: str, number: int) -> str:
    if number:
        return f"c{number}"
    if word in _STOP:
        return f"w{word}"
    first = token[0]
    if first.isdigit():
        return f"d{min(len(token), 5)}"
    if not first.isalpha():
        return f"p{token[:2]}"
    if not first.isascii() and not first.isalpha():
        return "o"
    if ord(first) > 0x24F:
        return f"x{ord(first) >> 8}"
    case = "A" if len(token) > 1 and token.isupper() else "a" if token.islower() else "T" if token.istitle() else "m"
    for ending in _ENDINGS_IN.get(word[-1], ()):
        if word.endswith(ending) and len(word) > len(ending) + 2:
            return f"l{case}{min(len(word) // 3, 4)}{ending}"
    return f"l{case}{min(len(word) // 3, 4)}"


@lru_cache(4096)
def _hash(salt: int, text: str) -> int:
    """There are few kinds."""
    return crc32(text.encode("utf-8", "replace"), salt)
