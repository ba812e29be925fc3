"""The usage that nobody told us: when the client left, the upstream broke, or does not count. Estimated, and marked so.

What an upstream said is taken as it is; that it took nothing and gave nothing is not said. For what it did not say:

    input   the body's bytes, CHARACTERS of them a token
    output  of a stream, what came of it; of an answer that nobody has seen, what a fast model could have written in the
            time, but no more than was reserved
"""

from math import ceil

from lockgate.core.answer import Usage
from lockgate.pipeline.ledger import Ledger

CHARACTERS = 3.5
PER_SECOND = 100
UNSAID = frozenset(("upstream_timeout", "bad_upstream", "cancelled"))
"""Attempts that may have cost something, though there was no answer."""


def complete(ledger: Ledger, elapsed: float) -> None:
    """`ledger.usage` of everything that may have reached a model, where tokens are reserved; `elapsed` is in seconds."""
    if ledger.held is None or ledger.held.most is None or not _reached(ledger):
        return
    said = ledger.usage or Usage()
    if (said.input or said.output) and (ledger.whole or ledger.heard_end):
        return
    asked = said.input or ceil(ledger.size / CHARACTERS)
    given = max(said.output, ledger.written or _unseen(ledger, elapsed))
    ledger.usage, ledger.estimated = said.merged(Usage(asked, given)), True


def _reached(ledger: Ledger) -> bool:
    if ledger.operation != "chat" or not ledger.attempts:
        return False
    last = ledger.attempts[-1]
    return last.status == 200 or last.error in UNSAID


def _unseen(ledger: Ledger, elapsed: float) -> int:
    most = ledger.held.most if ledger.held is not None else None
    return min(ceil(elapsed * PER_SECOND), most or 0)
