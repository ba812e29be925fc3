"""What the faulty upstream saw and did, a line a request: the truth that tests hold gateways against."""

from collections import Counter, deque
from dataclasses import asdict, dataclass
from typing import Any, Literal

MOST = 100_000
Ended = Literal["", "whole", "cut", "client_gone"]


@dataclass(slots=True)
class Entry:
    """One request. Times are seconds since 1970. `input` and `output` are the tokens of a whole answer, `sent` the pieces
    of it that left; `ended` is empty while it is being answered.
    """

    number: int
    at: float
    path: str
    model: str = ""
    fault: str = ""
    request_id: str = ""
    idempotency_key: str = ""
    nonce: str = ""
    stream: bool = False
    status: int = 0
    input: int = 0
    output: int = 0
    sent: int = 0
    ended: Ended = ""
    ended_at: float = 0.0


class History:
    """The last requests, and what is to happen to the next ones."""

    def __init__(self) -> None:
        self.entries: deque[Entry] = deque(maxlen=MOST)
        self.plays: dict[str, str] = {}
        """By model name, or for all of them: what is played instead of what the name says."""
        self._times: Counter[str] = Counter()
        self._number = 0

    def begin(self, at: float, path: str) -> Entry:
        self._number += 1
        entry = Entry(self._number, at, path)
        self.entries.append(entry)
        return entry

    def play(self, model: str, fault: str, times: int) -> None:
        """For `times` requests, or for all to come when it is 0; an empty `fault` ends it."""
        self.plays.pop(model, None)
        self._times.pop(model, None)
        if fault:
            self.plays[model] = fault
            self._times[model] = times

    def fault(self, model: str) -> str | None:
        """What was ordered for a request to this model, if anything was."""
        for name in (model, "*"):
            if name in self.plays:
                fault = self.plays[name]
                if self._times[name]:
                    self._times[name] -= 1
                    if not self._times[name]:
                        self.play(name, "", 0)
                return fault
        return None

    def shown(self, request_id: str = "") -> list[dict[str, Any]]:
        return [asdict(entry) for entry in self.entries if request_id in ("", entry.request_id)]

    def clear(self) -> None:
        self.entries.clear()
