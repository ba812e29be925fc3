"""What waits for a person's yes: the port of whoever keeps the questions and the answers."""

from typing import Protocol

from msgspec import Struct


class Asked(Struct, frozen=True):
    """A question: may this conversation use the tools of this rule? Nothing of what was said is in it. `asked` is in seconds
    since 1970.
    """

    id: str
    rule: str
    tool: str
    team: str
    key_id: str
    user: str
    asked: int


class Approvals(Protocol):
    """Questions that workers ask, and people answer, for a while."""

    def name(self, material: str) -> str:
        """The id of a question, a keyed hash: the same question has the same."""
        ...

    async def granted(self, name: str) -> bool:
        """Somebody said yes, and it still holds. False also when that cannot be known."""
        ...

    def ask(self, question: Asked) -> None:
        """Returns at once. A question that is there already stays as it is."""
        ...
