"""When another attempt at an answer is made, and where: what the operator says of it for a model."""

from typing import Literal

from msgspec import Struct

Refusal = Literal["", "context_length", "content_filter"]
Fault = Literal["connect", "timeout", "reset", "bad_answer"]

STATUSES = frozenset((401, 408, 409, 425, 429, 500, 502, 503, 504, 529))
"""Another upstream may do better. 401 is about our credential there, not about the client's."""
FAULTS: frozenset[Fault] = frozenset(("connect", "timeout", "reset", "bad_answer"))


class Retry(Struct, frozen=True):
    """`attempts` are those at one upstream, the first included; every upstream of the plan is tried once before any is tried
    twice. `longest` is how many seconds a client is kept waiting before a further attempt.

    `statuses` and `faults` are what leads to another attempt; `refusals` are errors of the client that another model may
    not have.
    """

    attempts: int = 2
    statuses: frozenset[int] = STATUSES
    faults: frozenset[Fault] = FAULTS
    refusals: frozenset[Refusal] = frozenset()
    longest: float = 10.0


class Hedge(Struct, frozen=True):
    """A second attempt beside one that takes longer than `percentile` of a hundred do, and than `least` seconds."""

    percentile: int = 95
    least: float = 0.1


RETRY = Retry()
ONCE = Retry(attempts=1)
"""Every upstream once, where nobody says more."""
