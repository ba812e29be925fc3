"""Requests that are answered without the pipeline, written down like everything else."""

from lockgate.core.http import Inbound, Reply
from lockgate.core.problem import Kind, Problem
from lockgate.pipeline.begin import begin
from lockgate.pipeline.refuse import refuse
from lockgate.pipeline.reply import dress
from lockgate.pipeline.serve import Gateway
from lockgate.pipeline.settle import settle


def refused(gateway: Gateway, problem: Problem, inbound: Inbound) -> Reply:
    """In the dialect of the path."""
    match = gateway.catalogue.match(inbound.method, inbound.path, inbound.query, inbound.headers)
    ledger = begin(inbound, gateway.clock)
    ledger.dialect, ledger.problem = match.dialect.name, problem
    ledger.headers = gateway.policies.headers
    reply = refuse(problem, match.dialect, ledger.request_id)
    settle(ledger, gateway.books, reply.status, "refused")
    return dress(reply, match.dialect, ledger)


def preflighted(gateway: Gateway, reply: Reply, inbound: Inbound) -> Reply:
    """What a browser was told that asked before it asks: its operation in the record is `preflight`."""
    ledger = begin(inbound, gateway.clock)
    ledger.operation = "preflight"
    if reply.status == Kind.FORBIDDEN.status:
        ledger.problem = Problem(Kind.FORBIDDEN, "no page may call like this")
    settle(ledger, gateway.books, reply.status, "refused" if ledger.problem else "complete")
    return dress(reply, gateway.catalogue.default, ledger)
