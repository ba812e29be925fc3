"""Nothing leaves with a secret of ours in it: requests to strangers, replies, their headers, texts of errors."""

from collections.abc import Coroutine
from typing import Any, final

from lockgate.core.egress import Egress
from lockgate.core.http import Arrival, Headers, Origin, Outbound, Reply, Transport
from lockgate.core.problem import Problem
from lockgate.pipeline.alarm import leak, misdirected
from lockgate.pipeline.authenticate import CARRIERS
from lockgate.pipeline.ledger import Ledger

_OURS = CARRIERS | {b"content-type"}
"""Headers that are ours: credentials for this very upstream, and a constant."""
_COPY = 64 * 1024
"""Up to this size, copying a body beside its headers is quicker than to look twice."""


@final
class CheckedTransport:
    """The transport, for requests without another's secret: each may go to its own host only, and a client key nowhere."""

    def __init__(self, transport: Transport, egress: Egress) -> None:
        self._send = transport.send
        self._egress = egress

    def send(self, outbound: Outbound) -> Coroutine[Any, Any, Arrival]:
        """Not a coroutine of its own, which would cost every request one more: it looks, and gives the transport's."""
        values = [value for name, value in outbound.headers if name not in _OURS]
        if label := _found(self._egress, outbound.body, values, outbound.origin):
            raise misdirected(label, outbound.origin.host)
        return self._send(outbound)


def leaking(reply: Reply, egress: Egress, ledger: Ledger) -> Problem | None:
    """The problem with a whole reply: its body, its headers, and the names that the ledger adds to them."""
    if not isinstance(reply.body, bytes):
        return None  # a stream is looked at on its way, its headers before
    values = [value for _, value in reply.headers]
    values += [name.encode() for name in ledger.lost]
    label = _found(egress, reply.body, values)
    if not label:
        return None
    ledger.lost.clear()
    return leak(label, "response", ledger)


def clean(reply: Reply, egress: Egress | None, ledger: Ledger) -> Reply:
    """A whole reply that is kept, or that others get, too: looked at before they do. Raises the problem with it."""
    if egress is not None and (leak := leaking(reply, egress, ledger)):
        raise leak
    return reply


def leaking_head(headers: Headers, egress: Egress, ledger: Ledger) -> Problem | None:
    """The problem with the head of a stream."""
    label = egress.find(b"\n".join([*(value for _, value in headers), *(name.encode() for name in ledger.lost)]))
    return leak(label, "response head", ledger) if label else None


def _found(egress: Egress, body: bytes, values: list[bytes], home: Origin | None = None) -> str:
    if not values:
        return egress.find(body, home)
    if len(body) <= _COPY:
        return egress.find(b"\n".join((body, *values)), home)
    return egress.find(body, home) or egress.find(b"\n".join(values), home)
