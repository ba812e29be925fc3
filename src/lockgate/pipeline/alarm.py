"""A secret was about to leave: the alarm, and the problem that the client gets instead."""

import logging

from lockgate.core.problem import Kind, Problem
from lockgate.core.sink import Found
from lockgate.pipeline.ledger import Ledger

log = logging.getLogger("lockgate.egress")

RULE = "egress"
"""What findings, metrics and messages call it."""


def leak(label: str, place: str, ledger: Ledger) -> Problem:
    """In the log, the record and the metrics is which secret it was, and nowhere its value; the client is not told even that."""
    log.error("%s was about to leave in the %s of request %s: it was blocked", label, place, ledger.request_id)
    ledger.findings.append(Found(RULE, label, place, "block"))
    return Problem(Kind.LEAK, "the answer held a secret of this gateway and was withheld", source="gateway")


def misdirected(label: str, host: str) -> Problem:
    log.error("%s was about to be sent to %s: the request was not sent", label, host)
    detail = f"blocked by rule '{RULE}': the request holds a credential that is not for this upstream"
    return Problem(Kind.BLOCKED, detail, source="gateway")
