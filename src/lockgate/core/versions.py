"""Two versions of a credential while one takes over from the other."""

from typing import final

from lockgate.core.secret import Secret


@final
class Versions:
    """Remembers, in one process, which of two versions was good at last. The one written first is tried first."""

    __slots__ = ("_pair",)

    def __init__(self, first: Secret, second: Secret) -> None:
        self._pair = (first, second)

    @property
    def pair(self) -> tuple[Secret, Secret]:
        """The one to try, and the one to fall back to."""
        return self._pair

    def works(self, credential: Secret) -> bool:
        """Notes that this one is good when the one before it was not. Whether that is news."""
        first, second = self._pair
        if credential != second:
            return False
        self._pair = (second, first)
        return True
