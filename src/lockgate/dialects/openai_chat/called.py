"""What a client says about a request beside what it asks: its labels, and who the end user is."""

from hashlib import sha256
from typing import Any


def metadata(said: dict[str, Any] | None, unsaid: list[str]) -> dict[str, str]:
    """What a client calls its request by; what is no text is named as unsaid."""
    found: dict[str, str] = {}
    for key, value in (said or {}).items():
        if isinstance(value, str):
            found[key] = value
        else:
            unsaid.append(f"metadata.{key[:64]}")
    return found


def end_user(user: str | None, safety_identifier: str | None, unsaid: list[str]) -> str:
    """`safety_identifier` takes the place of `user`: both say who the end user is."""
    if user and safety_identifier not in (None, "", user):
        unsaid.append("safety_identifier")
    return user or safety_identifier or ""


_USER, _CALL = 64, 40
"""Characters that OpenAI takes of them."""


def user(said: str) -> str:
    """Who the end user is, as OpenAI takes it: of a longer one a hash, which is the same each time."""
    return said if len(said) <= _USER else sha256(said.encode()).hexdigest()


def call_id(given: str) -> str:
    """The same for a call and its result."""
    return given if len(given) <= _CALL else f"call_{sha256(given.encode()).hexdigest()[:32]}"
