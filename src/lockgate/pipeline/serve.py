"""The life of a request.

    Inbound ──authenticate──▶ Caller ──enter──▶ Standing ──(gate)──▶ (a place) ──recognise──▶ Call ──authorize──▶ Route
        ──admit──▶ Lease ──tokenize, screen, consult──▶ Body ──recall──▶ (kept?) ──plan──▶ Upstreams ──intend──▶ (durable) ──send──▶ Sent ──relay──▶ Reply
        ──remember──▶ Reply ──settle──▶ Record

Every arrow is a function in a file of that name. Data only moves to the right; only the ledger is written to on the way.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import random
from time import monotonic

from lockgate.core.approval import Approvals
from lockgate.core.audit import Books, Proving
from lockgate.core.auth import Caller
from lockgate.core.body import Body, forget
from lockgate.core.egress import Egress
from lockgate.core.exchange import Call, Route, Upstream
from lockgate.core.health import Health, Unwatched
from lockgate.core.http import Inbound, Reply, Transport
from lockgate.core.policy import Policies, Standing
from lockgate.core.problem import Kind, Problem
from lockgate.core.view import Moment
from lockgate.pipeline.admit import NOWHERE, Admission, admit
from lockgate.pipeline.again import fault
from lockgate.pipeline.attempt import Asking
from lockgate.pipeline.authenticate import Entrance, authenticate
from lockgate.pipeline.authorize import authorize, enter, knock, stand
from lockgate.pipeline.begin import Clock, begin
from lockgate.pipeline.careful import careful
from lockgate.pipeline.conditions import meet
from lockgate.pipeline.consult import consult
from lockgate.pipeline.count import counting, estimate
from lockgate.pipeline.deadline import limit
from lockgate.pipeline.demands import demand
from lockgate.pipeline.displaced import displaced
from lockgate.pipeline.effort import Effort
from lockgate.pipeline.egress import clean, leaking
from lockgate.pipeline.flow_rules import watched
from lockgate.pipeline.gate import Gate
from lockgate.pipeline.held import at_holder
from lockgate.pipeline.intend import intend
from lockgate.pipeline.kinds import readable, serving
from lockgate.pipeline.ledger import Ledger
from lockgate.pipeline.list_models import listing
from lockgate.pipeline.named import at_keeper
from lockgate.pipeline.no_answer import REFUSED_US, refused_us
from lockgate.pipeline.outside import outside
from lockgate.pipeline.patient import patient
from lockgate.pipeline.plan import planned
from lockgate.pipeline.prove import watch
from lockgate.pipeline.question import Caching, Memo
from lockgate.pipeline.recall import recalled
from lockgate.pipeline.recognise import Catalogue, Match, recognise
from lockgate.pipeline.refuse import blame, refuse
from lockgate.pipeline.relay import relay
from lockgate.pipeline.remember import remember
from lockgate.pipeline.repeated import Flights, repeated, same
from lockgate.pipeline.reply import finish
from lockgate.pipeline.review import review
from lockgate.pipeline.send import send
from lockgate.pipeline.settle import CLIENT_GONE, settle
from lockgate.pipeline.spotlight import spotlit
from lockgate.pipeline.suit import suit
from lockgate.pipeline.tokenize import tokenized
from lockgate.pipeline.tools import bounded
from lockgate.pipeline.within import told_to_count, within
from lockgate.tokens.keeper import Tokens

log = logging.getLogger("lockgate")

LISTS = frozenset(("list_models", "get_model", "version"))


@dataclass(frozen=True, slots=True)
class Gateway:
    """A whole configuration, built and checked. Reloading builds another one and swaps the reference."""

    catalogue: Catalogue
    entrance: Entrance
    policies: Policies
    transport: Transport
    books: Books
    clock: Clock
    admission: Admission | None = None
    """Limits and budgets, where there are any."""
    egress: Egress | None = None
    proving: Proving = Proving()
    caching: Caching | None = None
    """Where answers are kept, if any model's are."""
    health: Health = Unwatched()
    random: Callable[[], float] = random
    tokens: Tokens | None = None
    """Where values are that went out as tokens, where a rule wants that."""
    now: Callable[[], float] = monotonic
    """Seconds of the clock that never jumps, which health is kept by."""
    effort: Effort = field(default_factory=Effort)
    flights: Flights | None = None
    """Where requests are held against those that are the same, if any are."""
    approvals: Approvals | None = None
    """Where a person is asked, where a rule wants that."""
    gate: Gate | None = None
    """How many requests may be at work at once. None: any number."""
    policy: str = ""
    """The version and all settings that decide over answers, in short: what was let through by others is not given again."""
    providers: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Of each dialect without chats, the kinds of providers that have it."""


async def serve(gateway: Gateway, inbound: Inbound) -> Reply:
    """Answers every request, with a refusal if need be; raises only when it is cancelled because the client left."""
    ledger = begin(inbound, gateway.clock)
    watch(ledger, inbound, gateway.proving)
    match = gateway.catalogue.match(inbound.method, inbound.path, inbound.query, inbound.headers)
    try:
        reply = await respond(gateway, inbound, match, ledger)
    except Problem as problem:
        reply = refused(problem, match, ledger)
    except Exception:
        log.exception("request %s failed on an error of ours", ledger.request_id)
        reply = refused(Problem(Kind.INTERNAL, "internal error", source="gateway"), match, ledger)
    except BaseException:
        settle(ledger, gateway.books, CLIENT_GONE, "client_gone")
        raise
    if gateway.egress is not None and (leak := leaking(reply, gateway.egress, ledger)):
        reply = refused(leak, match, ledger)
    return await finish(reply, match.dialect, ledger, gateway.books, gateway.proving)


async def respond(gateway: Gateway, inbound: Inbound, match: Match, ledger: Ledger) -> Reply:
    ledger.dialect = match.dialect.name
    policies = gateway.policies
    ledger.headers = policies.headers
    knock(policies, inbound.client)
    caller, inbound = await authenticate(inbound, gateway.entrance)
    ledger.caller = caller
    caller, standing = stand(policies, caller)
    ledger.caller, ledger.headers = caller, standing.headers
    enter(standing, policies.permissions(caller, standing), match.endpoint, inbound.client, ledger.wall)
    if gateway.gate is not None and not gateway.gate.entered(ledger):
        await gateway.gate.wait(caller, ledger)
    understood = recognise(inbound, match, ledger)
    call = await (understood if inbound.whole else outside(ledger, understood))
    ledger.operation = call.operation
    if call.operation not in LISTS:
        return await converse(gateway, caller, standing, call, ledger)
    demand(ledger.headers, call, caller)
    if gateway.admission is not None:
        await admit(gateway.admission, call, NOWHERE, ledger)
    return listing(standing, call)


async def converse(gateway: Gateway, caller: Caller, standing: Standing, call: Call, ledger: Ledger) -> Reply:
    """The part that reaches a model."""
    route = ledger.route = authorize(standing, call)
    ledger.headers = route.headers
    if call.dialect.vectors is not None:
        route = ledger.route = serving(route, call, gateway.providers)
    demand(ledger.headers, call, caller)
    limit(ledger, call, route.deadline)
    if route.selects:
        meet(route, call, caller, ledger)
        route = suit(route, call, caller, ledger)
    if call.dialect.holds is not None:
        call, route = at_holder(call, route, ledger)
    elif call.named.names:
        call, route = at_keeper(call, route, ledger)
    call = bounded(call, standing)
    if gateway.admission is not None:
        route = await admit(gateway.admission, call, route, ledger)
    body: Body = call.body
    if route.shapes:
        call, body = await shaped(gateway, call, route, ledger)
    body = told_to_count(call, ledger, body)
    if gateway.flights is None or (again := same(gateway.flights, call, route, gateway.policy, ledger)) is None:
        return await reach(gateway, call, body, route, ledger)
    if ledger.gate is not None:  # it may wait for another one
        ledger.gate.leave(ledger)

    async def going() -> Reply:
        return clean(await reach(gateway, call, body, route, ledger), gateway.egress, ledger)

    return await repeated(gateway.flights, again, going, ledger)


async def shaped(gateway: Gateway, call: Call, route: Route, ledger: Ledger) -> tuple[Call, Body]:
    """What may go on, where there are rules or bounds for it; and the call, with what they ask of its answer."""
    if call.dialect.vectors is not None:
        readable(call, route, ledger)
    call, body = await tokenized(call, route.request_rules, ledger, gateway.tokens)
    if route.remote_request_rules:
        body = await outside(ledger, consult(call, body, route.remote_request_rules, ledger))
    call = await watched(call, route, ledger, gateway.approvals) if route.flows else call
    return call, within(call, route, spotlit(call, route, body))


async def reach(gateway: Gateway, call: Call, body: Body, route: Route, ledger: Ledger) -> Reply:
    """From memory, or from an upstream once it is written down that it will be asked."""
    memory, reply = await recalled(gateway.caching, call, body, route, ledger)
    if reply is not None:
        return reply
    key_id = ledger.caller.key_id if ledger.caller is not None else ""
    moment = Moment(gateway.now(), ledger.wall, next(route.turns), gateway.random, key_id, ledger.size)
    if call.operation == "count_tokens" and not (route := counting(call, route)).upstreams:
        return estimate(call, body)
    upstreams = planned(route, call, gateway.health, moment)
    try:
        await intend(ledger, gateway.books)
    except BaseException:  # nobody is asked: if it was to try the first of them, the next request may
        gateway.health.let_go(upstreams[0])
        raise
    if ledger.gate is not None:
        ledger.gate.leave(ledger, whole=True)
    asking = Asking(call, body, gateway.transport, ledger, gateway.health, route.retry, gateway.books, route.hedge)
    answer = answered(gateway, asking, upstreams, route, memory)
    if route.ping and call.ask.stream and call.dialect.ping(call.ask):
        return await patient(answer, call, route.ping, ledger, gateway.egress)
    return await answer


async def answered(
    gateway: Gateway, asking: Asking, upstreams: Sequence[Upstream], route: Route, memory: Memo | None
) -> Reply:
    """What an upstream says to it."""
    call, ledger = asking.call, asking.ledger
    looks = review(route, call, ledger)
    try:
        sent = await send(asking, upstreams, gateway.effort)
    except Problem as problem:
        if problem.source == "upstream" and problem.status == REFUSED_US:
            raise refused_us() from None
        if looks and problem.source == "upstream" and fault(problem) is None:  # its own words, at a stream's begin
            raise await looks.told(problem) from None
        raise
    call = displaced(careful(call, looks.rules, ledger), asking.body)
    forget(call.body)
    reply = await relay(call, sent, looks, ledger, gateway.egress)
    return reply if memory is None else remember(memory, clean(reply, gateway.egress, ledger), call, ledger)


def refused(problem: Problem, match: Match, ledger: Ledger) -> Reply:
    blame(problem, ledger)
    return refuse(problem, match.dialect, ledger.request_id)
