"""Replies to what the pipeline never sees: in the dialect of the path, with the headers of all replies, and in the record."""

import time

from lockgate.core.audit import Books
from lockgate.core.http import Inbound, Reply
from lockgate.core.problem import Problem
from lockgate.pipeline.begin import begin
from lockgate.pipeline.ledger import Ledger
from lockgate.pipeline.refuse import refuse
from lockgate.pipeline.reply import dress
from lockgate.pipeline.serve import Gateway
from lockgate.pipeline.settle import settle


def plain(reply: Reply, inbound: Inbound, gateway: Gateway) -> Reply:
    """Health, and what else no caller has to be known for."""
    return dress(reply, gateway.catalogue.default, begin(inbound, gateway.clock))


def turned_away(problem: Problem, inbound: Inbound, gateway: Gateway) -> Reply:
    match = gateway.catalogue.match(inbound.method, inbound.path, inbound.query, inbound.headers)
    ledger = begin(inbound, gateway.clock)
    ledger.dialect, ledger.problem, ledger.end = match.dialect.name, problem, "refused"
    ledger.headers = gateway.policies.headers
    reply = refuse(problem, match.dialect, ledger.request_id)
    settle(ledger, gateway.books, reply.status, "refused")
    return dress(reply, match.dialect, ledger)


def noted(books: Books, problem: Problem, request_id: str) -> None:
    """A request that was refused before it was one is in the record, too."""
    ledger = Ledger(request_id, time.time(), time.perf_counter())
    ledger.problem = problem
    settle(ledger, books, problem.status, "refused")
