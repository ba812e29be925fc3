"""What makes a secret too weak to be a key: short, well known, or without surprise."""

from collections.abc import Iterator
from itertools import pairwise

LENGTH = 32
"""The least number of characters of a key that an operator brings."""

_FAMOUS = frozenset(
    (
        "sk-1234",
        "sk-12345",
        "sk-123456",
        "changeme",
        "change-me",
        "change_me",
        "123456",
        "12345678",
        "123456789",
        "password",
        "passw0rd",
        "admin",
        "root",
        "secret",
        "secret-api-key",
        "secret_key",
        "letmein",
        "test",
        "default",
        "lockgate",
        "edd1c9f034335f136f87ad84b625c8f1",
    )
)
_PLACEHOLDERS = (
    "changeme",
    "change-me",
    "change_me",
    "replaceme",
    "replace-me",
    "replace_me",
    "example",
    "placeholder",
    "secret-api-key",
    "your-api-key",
    "your_api_key",
    "yourapikey",
    "your-secret",
    "your_secret",
    "my-secret",
    "my_secret",
    "sk-1234",
    "xxxxxxxx",
    "password",
    "edd1c9f034335f136f87ad84b625c8f1",
)


def weakness(text: str) -> str | None:
    """Why the text may not be a key, or None. Names what is well known; never repeats anything else of the secret."""
    return next(_weaknesses(text), None)


def famous(text: str) -> str:
    """The well-known example secret that the text is; empty when it is none."""
    folded = text.casefold()
    return folded if folded in _FAMOUS else ""


def _weaknesses(text: str) -> Iterator[str]:
    folded = text.casefold()
    if not text:
        yield "it is empty"
    if famous(text):
        yield f"it is a well-known example secret ({folded})"
    for word in _PLACEHOLDERS:
        if word in folded:
            yield f"it holds the placeholder {word!r}"
    if text and len(set(text)) == 1:
        yield "it is one character over and over"
    if not all("!" <= character <= "~" for character in text):
        yield "it has characters other than visible ASCII ones, which no header can carry safely"
    if len(text) < LENGTH:
        yield f"it has {len(text)} characters"
    if _predictable(text):
        yield "it is a repetition or a sequence"


def _predictable(text: str) -> bool:
    """Few different characters, few different steps (`0123…`), or a short piece said again and again."""
    steps = {ord(later) - ord(earlier) for earlier, later in pairwise(text)}
    repeated = text in (text + text)[1:-1]
    return len(set(text)) < 6 or len(steps) < 4 or repeated
