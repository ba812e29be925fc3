"""Requests that are answered without the pipeline, written down like everything else."""

import time

from lockgate.core.audit import Books
from lockgate.core.http import Inbound, Reply
from lockgate.core.problem import Kind, Problem
from lockgate.pipeline.begin import begin
from lockgate.pipeline.ledger import Ledger
from lockgate.pipeline.refuse import refuse
from lockgate.pipeline.reply import dress
from lockgate.pipeline.serve import Gateway
from lockgate.pipeline.settle import settle


def plain(gateway: Gateway, reply: Reply, inbound: Inbound) -> Reply:
    """Health, and what else no caller has to be known for: not written down."""
    return dress(reply, gateway.catalogue.default, begin(inbound, gateway.clock))


def noted(books: Books, problem: Problem, request_id: str, address: str) -> None:
    """What was refused before it was a request."""
    ledger = Ledger(request_id, time.time(), time.perf_counter(), client=address)
    ledger.problem = problem
    settle(ledger, books, problem.status, "refused")


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
