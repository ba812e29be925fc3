"""The usage that nobody told us: when the client left, the upstream broke, or does not count. Estimated, and marked so.

What an upstream said is taken as it is; that it took nothing is not said, and neither is that it gave nothing where
something came. For what it did not say:

    input   the body's bytes, CHARACTERS of them a token, but no more than was reserved
    output  of an answer, what came of it; of one that nobody has seen, what a fast model could have written in the time,
            but no more than was reserved

An attempt before the last one that may have been worked on is charged besides, for its model may have answered, too:
`further` saw to it that it is reserved. So is one that failed with an answer which counts what it cost, as it says.
"""

from math import ceil

from lockgate.core.answer import Usage
from lockgate.core.dialect import WORK
from lockgate.core.sink import Attempt
from lockgate.pipeline.ledger import Ledger

CHARACTERS = 3.5
PER_SECOND = 100
UNSAID = frozenset(("upstream_timeout", "upstream_reset", "bad_upstream", "cancelled"))
"""Attempts that may have cost something, though there was no answer."""
TOO_LATE = frozenset((408, 504))
"""Somebody in between gave up waiting; the model may not have."""


def complete(ledger: Ledger, elapsed: float) -> None:
    """`ledger.usage` of the last attempt and `ledger.unheard` of those before it; `elapsed` is in seconds.

    Where no tokens are reserved, nothing is made up of an answer that nobody has seen.
    """
    if ledger.told:
        ledger.counted(_told(ledger, ledger.attempts[-1]))
    attempts = ledger.attempts
    if ledger.operation not in WORK or not attempts:
        return
    reserved = ledger.held is not None and ledger.held.most is not None
    said, whole = ledger.usage or Usage(), ledger.whole or ledger.heard_end
    reached = may_cost(attempts[-1]) and (reserved or attempts[-1].status == 200)
    if reached and not (whole and _sound(said, ledger)):
        known = said.output if whole else 0
        given = known or max(said.output, ledger.written or (_unseen(ledger, elapsed) if reserved else 0))
        ledger.usage, ledger.estimated = said.merged(Usage(said.input or _asked(ledger), given)), True
    if len(attempts) > 1 and (reserved or ledger.told):
        _add_unheard(ledger, elapsed, reserved=reserved)


def _add_unheard(ledger: Ledger, elapsed: float, *, reserved: bool) -> None:
    usage = Usage(_asked(ledger), _unseen(ledger, elapsed))
    before = list(zip(ledger.attempts[:-1], ledger.quoted, strict=False))
    unheard = [(each.upstream, usage, quotes) for each, quotes in before if reserved and may_cost(each)]
    said = [(each.upstream, told, quotes) for each, quotes in before if (told := _told(ledger, each)) is not None]
    ledger.unheard = unheard + said
    ledger.estimated |= bool(unheard)


def _told(ledger: Ledger, attempt: Attempt) -> Usage | None:
    return next((usage for each, usage in ledger.told if each is attempt), None)


def costly(ledger: Ledger) -> list[Attempt]:
    """Those that there may be something to pay for, or is."""
    return [each for each in ledger.attempts if may_cost(each) or _told(ledger, each) is not None]


def _sound(said: Usage, ledger: Ledger) -> bool:
    """Every prompt is a token at least, and so is every answer that has something in it."""
    return bool(said.input and (said.output or not ledger.written))


def may_cost(attempt: Attempt) -> bool:
    """Whether there may be something to pay for it, or is."""
    return attempt.status == 200 or _unsaid(attempt)


def _unsaid(attempt: Attempt) -> bool:
    return attempt.error in UNSAID or attempt.status in TOO_LATE


def _asked(ledger: Ledger) -> int:
    most = ledger.held.most_asked if ledger.held is not None else None
    asked = ceil(ledger.size / CHARACTERS)
    return asked if most is None else min(asked, most)


def _unseen(ledger: Ledger, elapsed: float) -> int:
    most = ledger.held.most if ledger.held is not None else None
    fast = ceil(elapsed * PER_SECOND)
    return fast if most is None else min(fast, most)
