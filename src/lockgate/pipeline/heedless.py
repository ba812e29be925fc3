"""Upstreams that do not heed how long an answer may be. A stream that goes on is cut; a whole answer is there, and paid, before
anybody can. It can happen once: from then on the most that the model gives is reserved for whole answers, whatever was asked.
"""

import logging

from msgspec.structs import replace

from lockgate.core.allowance import Tally
from lockgate.core.exchange import Call, Route
from lockgate.pipeline.ledger import Ledger
from lockgate.pipeline.worst import MOST_OUTPUT, Worst

log = logging.getLogger("lockgate.limits")


def noticed(tally: Tally, ledger: Ledger, most: int) -> None:
    """After an answer of more tokens than were reserved for it."""
    if ledger.stream or ledger.estimated or not ledger.attempts:
        return
    found = ledger.model, ledger.attempts[-1].upstream
    if found not in tally.heedless:
        tally.heedless.add(found)
        log.warning(
            "%s gave a longer answer than it was asked for (%d tokens, and at most %d were reserved): for whole answers of the "
            "model %r its `max_output_tokens` is reserved from now on, or %d where that is not set",
            found[1], ledger.usage.output if ledger.usage else 0, most, found[0], MOST_OUTPUT,
        )  # fmt: skip


def believed(worst: Worst, tally: Tally, call: Call, route: Route) -> Worst:
    """As much as may come of the route's upstreams, as they are known here."""
    if not tally.heedless or call.ask.stream:
        return worst
    if not any((route.model, upstream.name) in tally.heedless for upstream in route.upstreams):
        return worst
    full = (route.max_output or MOST_OUTPUT) * (call.dialect.wanted(call.body).answers or 1)
    return worst if worst.output >= full else replace(worst, output=full)
