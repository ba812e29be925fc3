"""What tells a secret from a placeholder, a name, a hash or a version."""

import re
from base64 import b64decode
from binascii import Error
from collections import Counter
from math import log2

import msgspec

_PLACEHOLDER = re.compile(
    r"^\[[a-z_ -]{3,32}[\]:]|:\[[a-z_ -]{3,32}[\]:]|example|placeholder|your|xxxx|\*\*\*|\.\.\.|changeme|change_me|dummy|redacted|insert|replace|sample|<|>|\$\{|\{\{|%\(|\$\(|^\$[A-Z_]{2}|^%[A-Z_]{2}"
    r"|(?-i:abc123xyz)|(?<![A-Za-z])(?:fake|null|todo)|(?:fake|null|todo)(?![A-Za-z])|foobar|lorem|undefined|none$|^n/a$|hidden|secret_key$|_here|-here|process\.env|os\.environ|getenv|config\.|settings\.|\bvar\.",
    re.IGNORECASE,
)
_REPEATED = re.compile(r"([xX*._#-])\1{5}")
_SAME = re.compile(r"(.)\1{5,}")
_GROUPS = re.compile(r"[a-z]{2,6}-(\d{3,8})-\1-\1(?!\d).*")
_COUNTED = re.compile(r"[a-z]{2,6}-(?:0?1234567890?|0123456789)", re.IGNORECASE)
_UUID = re.compile(r"[0-9a-z]{8}(?:-[0-9a-z]{4}){3}-[0-9a-z]{12}", re.IGNORECASE)
_VERSION = re.compile(r"v?\d+(?:\.\d+){1,4}[\w.+-]{0,20}")
_PAIRS = re.compile(r"[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){3,}")
_DATE = re.compile(r"\d{4}-\d\d-\d\d|\d\d[:/]\d\d")
_RUN = re.compile(r"[A-Z]?[a-z]{3,}|[A-Z]{4,}")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_JOINING = frozenset(
    ("the", "and", "are", "was", "were", "your", "for", "with", "from", "into", "not", "has", "have", "which", "its")
)
_CLOCK = re.compile(r"1\d{9}(?:\d{3})?")
_PART = re.compile(r"[^A-Za-z0-9]+")
_BASE64 = re.compile(r"[A-Za-z0-9+/=]{16,}")
_ALPHABET = re.compile(
    r"abc|bcd|cde|def|fgh|hij|ijk|klm|lmn|mno|nop|pqr|rst|uvw|xyz|zyx|qwer|wert|asdf|zxcv", re.IGNORECASE
)
_MEMBER = re.compile(r"\.[A-Za-z]{3,14}$|\.\d+\.\d+$|\.[A-Z][a-z]+[A-Z]")
_HOST = re.compile(r"(?:[A-Za-z_]+=)?[\w-]+(?:\.[\w-]+)+:\d{2,5}")
_VOWEL = re.compile(r"[aeiouyAEIOUY]")
_UNSAYABLE = re.compile(
    r"[bcdfghjklmnpqrstvwxz]{5}|q(?![u])|j[^aeiouy]|v[bcdfghjkmnpqtwxz]|[bcdfghjkmnpqtvwxz]x|^[^aeiouy]{4}",
    re.IGNORECASE,
)
_ALTERNATES = re.compile(r"(?<=[A-Za-z])\d+(?=[A-Za-z])")


def entropy(text: str) -> float:
    """Bits per character, by the characters that are there."""
    size = len(text)
    return -sum(n / size * log2(n / size) for n in Counter(text).values()) if size else 0.0


def placeholder(text: str) -> bool:
    """It stands for a secret, as in documentation: it says so, or one character stands in it again and again."""
    return (
        _PLACEHOLDER.search(text) is not None
        or _REPEATED.search(text) is not None
        or _GROUPS.fullmatch(text) is not None
        or _COUNTED.fullmatch(text) is not None
        or (len(text) >= 16 and entropy(text) < 2.5)
        or sum(len(each[0]) for each in _SAME.finditer(text)) > 0.4 * len(text)
    )


def random(text: str) -> bool:
    """Something that a machine made: digits among letters, and no words, version, date or address."""
    text = text.strip("=:-.&")
    if len(text) < 12 or not any(c.isdigit() for c in text) or not any(c.isalpha() for c in text):
        return len(text) >= 16 and text.isdigit() and entropy(text) > 2.8
    if (
        _PAIRS.fullmatch(text)
        or _VERSION.fullmatch(text)
        or _DATE.search(text)
        or "://" in text
        or text.count("/") > 3
        or uuid(text)
    ):
        return False
    if _MEMBER.search(text) or _HOST.fullmatch(text) or ("=" in text and entropy(text) < 4):
        return False
    return entropy(text) >= 2.5 and not words(text) and not alphabet(text) and not said(text)


def alphabet(text: str) -> bool:
    """The characters that something may consist of: each of them once, and in their order."""
    return len(set(text)) == len(text) and _LETTERS in text.lower() and ("0123456789" in text or "1234567890" in text)


def said(text: str) -> bool:
    """Base64 of nothing but words."""
    if _BASE64.fullmatch(text) is None:
        return False
    try:
        plain = b64decode(text + "=" * (-len(text) % 4), validate=True).decode("ascii")
    except (Error, UnicodeDecodeError, ValueError):
        return False
    return plain.isprintable() and words(plain)


def mixed(text: str) -> bool:
    return sum(char.isdigit() for char in text) > 1 or entropy(text) > 4.2


def service(text: str) -> bool:
    """Beside the name of a service, a random identifier is a key, too."""
    return (uuid(text) or random(text)) and len(text) >= 14 and not text.isdigit()


def words(text: str) -> bool:
    """Mostly words, as names in programs are: runs of letters that can be spoken, not too long, and no alphabet."""
    if _named(text):
        return True
    if len(text) >= 20 and max(len(_ALTERNATES.findall(part)) for part in _PART.split(text)) >= 3:
        return False
    said = sum(len(run) for run in _RUN.findall(text) if _spoken(run))
    return said >= 0.55 * len(text) or (said > 0.4 * len(text) and sum(c.isdigit() for c in text) < 3)


def _named(text: str) -> bool:
    """Short words, small numbers and times, with something between them: as things are numbered in programs."""
    parts = _PART.split(text)
    return (
        len(parts) >= 3
        and all(len(part) <= (4 if part.isdigit() else 8) or _CLOCK.fullmatch(part) for part in parts)
        and all(
            part.isdigit() or (part.islower() and part.isalpha() and (len(part) <= 4 or _spoken(part)))
            for part in parts
        )
    )


def _spoken(run: str) -> bool:
    return (
        len(run) < 15
        and _VOWEL.search(run) is not None
        and _UNSAYABLE.search(run) is None
        and _ALPHABET.search(run) is None
    )


def letters(text: str) -> bool:
    """Letters only, and yet no words."""
    return entropy(text) > 3.2 and not words(text)


def password(text: str) -> bool:
    """Not a name, a call, a type or a reference."""
    text = text.removeprefix("?")  # which a type that may be missing has, too
    if len(text) < 6 or _VERSION.fullmatch(text) or text.endswith((".", ":", "?")) or "://" in text:
        return False
    kinds = (any(c.islower() for c in text), any(c.isupper() for c in text), any(c.isdigit() for c in text))
    special = any(not c.isalnum() and c not in "._-/:=" for c in text)
    return (sum(kinds) + special >= 2 and (any(c.isdigit() for c in text) or special)) and entropy(text) > 2.0


def valued(text: str) -> bool:
    """Where the name of a variable says that it is a secret, and stands apart from it."""
    return password(text) or random(text) or letters(text)


def given(text: str) -> bool:
    """Where nothing but a password can stand: no reference, and no word in small letters, which only says what it is."""
    if len(text) < 5 or text[0] in "$%{[" or len(set(text)) < 4 or (text.isdigit() and len(text) < 8):
        return False
    return not text.isalpha() or not (text[1:].islower() or text.isupper())


def phrase(text: str) -> bool:
    """Words without those that hold a sentence together."""
    said = text.split()
    return len(said) in (12, 24) and not _JOINING.intersection(said)


def key_block(text: str) -> bool:
    """There is a key between the two lines, and not only a word for it."""
    return sum(len(run) for run in _BASE64.findall(text.partition("KEY")[2]) if len(set(run)) > 6) >= 40


def web_token(text: str) -> bool:
    """Its first part says how it is signed."""
    head = text.partition(".")[0]
    try:
        document = msgspec.json.decode(b64decode(head + "=" * (-len(head) % 4), altchars=b"-_"))
    except (Error, msgspec.DecodeError, ValueError):
        return False
    return isinstance(document, dict) and ("alg" in document or "typ" in document or "enc" in document)


def basic(text: str) -> bool:
    """Base64 of a name and a password."""
    try:
        said = b64decode(text + "=" * (-len(text) % 4), validate=True).decode()
    except (Error, UnicodeDecodeError, ValueError):
        return False
    name, colon, word = said.partition(":")
    return bool(colon and name.isprintable() and word.isprintable() and len(word) > 3)


def connection(text: str) -> bool:
    """The password in it is one: no variable, no word for itself, no stars."""
    login = text.partition("://")[2].rpartition("@")[0]
    word = login.partition(":")[2]
    known = word.lower() in ("password", "pass", "passwd", "pwd", "token", "secret", "port", "user", "username")
    return (
        bool(word)
        and not known
        and not placeholder(word.replace("...", ""))
        and not word.startswith(("$", "%", "{", ":"))
    )


def login(text: str) -> bool:
    """A name and a password, or one of them, as `curl` takes them."""
    name, _, word = text.replace('"', "").replace("'", "").partition(":")
    if not word:
        return ":" in text and random(name)
    plain = {
        "password",
        "pass",
        "token",
        "secret",
        "username",
        "user",
        "passwd",
        "pwd",
        "apikey",
        "api_key",
        "root",
        "admin",
    }
    numbers = name.isdigit() and word.isdigit()
    return (
        word.lower() not in plain
        and not numbers
        and not word.startswith("$")
        and not name.startswith("$")
        and len(set(word)) > 3
    )


def uuid(text: str) -> bool:
    return _UUID.fullmatch(text) is not None
