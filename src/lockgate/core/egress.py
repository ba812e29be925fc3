"""What must not leave: the port of whoever knows the secrets that this process holds."""

from typing import Protocol

from lockgate.core.http import Origin


class Reading(Protocol):
    """A text that comes in pieces. A piece after which `waiting` is true may be the beginning of a secret: hold it back."""

    waiting: bool

    def feed(self, text: bytes) -> str:
        """What the secret is that the text holds by now; empty when there is none."""
        ...


class Egress(Protocol):
    """Knows secrets in every form in which they are likely to be written. Pure and quick; never tells a secret itself."""

    def find(self, data: bytes, home: Origin | None = None) -> str:
        """What the first secret in it is; empty when there is none. One that belongs to `home` may go there."""
        ...

    def reading(self) -> Reading: ...
