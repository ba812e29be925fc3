"""A bulkhead: how much of one provider a worker may have running, so that a slow one cannot take all that there is."""

from typing import final

WITHOUT = 1 << 62


@final
class Hold:
    """`requests` and `pending` are the most at once; a pending one has no answer yet. 0 is no bound."""

    __slots__ = ("bound", "busy", "full", "name", "pending", "requests", "waiting")

    def __init__(self, name: str, requests: int = 0, pending: int = 0) -> None:
        self.name = name
        self.requests, self.pending = requests or WITHOUT, pending or WITHOUT
        self.busy = self.waiting = 0
        self.full = False
        self.bound = bool(requests or pending)

    def bounds(self, requests: int, pending: int) -> None:
        """Other bounds from now on; what runs goes on."""
        self.requests, self.pending = requests or WITHOUT, pending or WITHOUT
        self.bound = bool(requests or pending)
        self._look()

    def began(self) -> None:
        self.busy += 1
        self.waiting += 1
        if self.bound:
            self._look()

    def answered(self) -> None:
        self.waiting -= 1
        if self.bound:
            self._look()

    def ended(self, *, answered: bool) -> None:
        self.busy -= 1
        self.waiting -= not answered
        if self.bound:
            self._look()

    def _look(self) -> None:
        self.full = self.busy >= self.requests or self.waiting >= self.pending
