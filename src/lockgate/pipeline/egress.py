"""Nothing leaves with a secret of ours in it: requests to strangers, replies, headers, texts of errors, streams."""

import logging
from typing import final

from lockgate.core.egress import Egress
from lockgate.core.http import Arrival, Origin, Outbound, Reply, Transport
from lockgate.core.problem import Kind, Problem
from lockgate.core.sink import Found
from lockgate.pipeline.authenticate import CARRIERS
from lockgate.pipeline.flow import Flow
from lockgate.pipeline.ledger import Ledger

log = logging.getLogger("lockgate.egress")

RULE = "egress"
"""What findings, and the messages to clients, call it."""
_COPY = 64 * 1024
"""Up to this size, copying a body beside its headers is quicker than to look twice."""


@final
class CheckedTransport:
    """The transport, for requests without another's secret: each may go to its own host only, and a client key nowhere."""

    def __init__(self, transport: Transport, egress: Egress) -> None:
        self._send = transport.send
        self._egress = egress

    async def send(self, outbound: Outbound) -> Arrival:
        values = [value for name, value in outbound.headers if name not in CARRIERS]
        if label := _found(self._egress, outbound.body, values, outbound.origin):
            log.error("%s was about to be sent to %s: the request was not sent", label, outbound.origin.host)
            detail = f"blocked by rule '{RULE}': the request holds a credential that is not for this upstream"
            raise Problem(Kind.BLOCKED, detail, source="gateway")
        return await self._send(outbound)


async def checked(reply: Reply, egress: Egress, ledger: Ledger) -> Reply:
    """The reply, if no secret is in it: its body, its headers, what the ledger adds to them. Streams look for themselves."""
    values = [value for _, value in reply.headers]
    values += [name.encode() for name in ledger.lost]
    body = reply.body if isinstance(reply.body, bytes) else b""
    if label := _found(egress, body, values):
        if isinstance(reply.body, Flow):
            await reply.body.aclose()
        raise leak(label, "response", ledger)
    return reply


def leak(label: str, place: str, ledger: Ledger) -> Problem:
    """Raises the alarm; the problem that the client gets says nothing of what it was."""
    log.error("%s was about to leave in the %s of request %s: it was blocked", label, place, ledger.request_id)
    ledger.findings.append(Found(RULE, label, place, "block"))
    ledger.lost.clear()
    return Problem(Kind.LEAK, "the upstream's answer held a secret of this gateway", source="gateway")


def _found(egress: Egress, body: bytes, values: list[bytes], home: Origin | None = None) -> str:
    if len(body) <= _COPY:
        return egress.find(b"\n".join((body, *values)), home)
    return egress.find(body, home) or egress.find(b"\n".join(values), home)
