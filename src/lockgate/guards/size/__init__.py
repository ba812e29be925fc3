"""Finds what is too large: texts, and documents with too many messages, tools or levels."""

from collections.abc import Sequence
from typing import Annotated, ClassVar

from msgspec import Meta

from lockgate.core.guard import Finding, Guard, GuardConfig, Hit, On, Pattern, Shape

Most = Annotated[int, Meta(ge=1)]


class plugin(GuardConfig, frozen=True, tag="size"):
    """Settings of the guard against size."""

    status = "stable"
    posture = "both"

    characters: Most | None = None
    """Of one text: a message's, a tool's result, an answer."""

    messages: Most | None = None
    """Of one request."""

    tools: Most | None = None
    """That one request offers."""

    nesting: Most | None = None
    """Objects and lists within each other, in one request."""

    def build(self) -> Guard:
        if self.characters is None and self.messages is None and self.tools is None and self.nesting is None:
            raise ValueError("`characters`, `messages`, `tools` or `nesting` has to say how much is too much")
        return Size(self)

    def misplaced(self, on: Sequence[On]) -> str:
        of_requests = self.messages, self.tools, self.nesting
        if set(on) == {"response"} and any(most is not None for most in of_requests):
            return "`on` with request, too: messages, tools and nesting are those of requests"
        return ""


class Size:
    """What is behind the last character that is allowed is found, in a stream as it comes."""

    patterns: ClassVar[Sequence[Pattern]] = ()
    reach = 1
    before = 0

    def __init__(self, settings: plugin) -> None:
        self._most = settings.characters
        self._shape = settings

    def confirm(self, text: str, hits: Sequence[Hit]) -> Sequence[Finding]:
        return ()

    def follow(self, text: str, at: int) -> Sequence[Finding]:
        """The first character too many, and all behind it: a mask stands there once, however many pieces come."""
        if self._most is None or at + len(text) <= self._most:
            return ()
        first, end = self._most - at, len(text)
        found = [Finding(first, first + 1, "characters")] if first >= 0 else []
        rest = max(0, first + 1)
        return [*found, Finding(rest, end, "characters", instead="")] if rest < end else found

    def open(self, text: str, at: int) -> int:
        return 0

    def bound(self, system: Sequence[str]) -> "Size":
        return self

    def measured(self, shape: Shape) -> Sequence[Finding]:
        return [
            Finding(0, 0, name)
            for name in ("messages", "tools", "nesting")
            if (most := getattr(self._shape, name)) is not None and getattr(shape, name) > most
        ]
