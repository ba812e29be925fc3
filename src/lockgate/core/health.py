"""How upstreams do: what came of an attempt, and the port that is told of it.

`began` and `ended` are called exactly once for each attempt; of a stream `ended` comes when the stream ends.
"""

from math import inf
from typing import Literal, Protocol

from msgspec import Struct

from lockgate.core.exchange import Upstream
from lockgate.core.view import View

OutcomeKind = Literal["ok", "connect", "timeout", "reset", "status", "bad_answer", "rate_limited", "cancelled"]


class Outcome(Struct, frozen=True, gc=False):
    """What came of an attempt. Times are seconds since it began, None for what did not come.

    ok            it answered; an error that is the client's own fault is an answer, too
    connect       no connection: refused, no such name, TLS
    timeout       nothing for too long, in whichever phase
    reset         the connection went away before the end
    status        an answer that is a failure: 5xx, 408, or 401 to our credential
    bad_answer    not HTTP, not the dialect, cut short, or 200 and then an error
    rate_limited  429, or what means the same
    cancelled     we did not wait for the end: the client left, or another attempt was quicker. Says nothing of it.
    """

    kind: OutcomeKind
    status: int = 0
    ttft_s: float | None = None
    total_s: float | None = None
    retry_after_s: float | None = None


class Health(Protocol):
    """Never blocks, never fails."""

    def room(self, upstream: Upstream) -> bool:
        """Whether one more attempt may begin there now."""
        ...

    def began(self, upstream: Upstream) -> None: ...

    def answered(self, upstream: Upstream, ttft_s: float | None = None, headroom: float | None = None) -> None:
        """The first of an answer came. At most once, between the other two; without it the attempt is pending.

        `ttft_s` is how long it took, None where that was no good answer; `headroom` the part of its own limits that the
        upstream says is left, where it does.
        """
        ...

    def ended(self, upstream: Upstream, outcome: Outcome, *, answered: bool) -> None: ...

    def claim(self, upstream: Upstream, now: float) -> bool:
        """Whether this request, and no other in any process, is the one that tries the upstream now."""
        ...

    def patience(self, upstream: Upstream) -> float:
        """Seconds after which it is odd that such an upstream has not begun to answer; `inf` while nobody knows."""
        ...

    def let_go(self, upstream: Upstream) -> None:
        """An attempt there could not be made: if it had been the one that tries it, another one may."""
        ...

    def snapshot(self, now: float) -> View: ...


class Unwatched:
    """Health where nobody keeps it: all are fine, always."""

    def room(self, upstream: Upstream) -> bool:
        return True

    def began(self, upstream: Upstream) -> None:
        pass

    def answered(self, upstream: Upstream, ttft_s: float | None = None, headroom: float | None = None) -> None:
        pass

    def ended(self, upstream: Upstream, outcome: Outcome, *, answered: bool) -> None:
        pass

    def claim(self, upstream: Upstream, now: float) -> bool:
        return True

    def patience(self, upstream: Upstream) -> float:
        return inf

    def let_go(self, upstream: Upstream) -> None:
        pass

    def snapshot(self, now: float) -> View:
        return View()
