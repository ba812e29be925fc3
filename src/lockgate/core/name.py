"""What a key, a team, a rule or a principal may be called."""

from typing import Annotated

from msgspec import Meta

NAME = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"
"""Short, and safe in every log and header."""

Name = Annotated[str, Meta(pattern=NAME, description="Letters, digits, `.`, `_` and `-`; at most 64 characters.")]
