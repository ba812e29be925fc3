"""Who may answer a request that is about what a provider holds? Only who holds it, and only for the caller that it was given to.

A request that names an answer of before goes to the account that gave it and to no other: another one does not know it.
"""

from collections.abc import Iterator
from dataclasses import replace
from secrets import token_bytes

import msgspec
from msgspec import structs

from lockgate.core.auth import Caller
from lockgate.core.body import Headed, Tree, parse
from lockgate.core.dialect import Place
from lockgate.core.exchange import Call, Route, Upstream
from lockgate.core.holder import LINE, Holder, Line, accounts, line
from lockgate.core.holding import Holds
from lockgate.core.problem import Problem
from lockgate.pipeline.conversation import conversation
from lockgate.pipeline.ledger import Ledger

_encode = msgspec.json.Encoder().encode
_SAID = frozenset[Place](("assistant", "thinking", "tool_arguments", "tool_result"))


def at_holder(call: Call, route: Route, ledger: Ledger) -> tuple[Call, Route]:
    """The route with those upstreams only that can answer it, and the call, with its conversation's name. Raises the `Problem` of
    what none of them holds.
    """
    holds, caller = call.dialect.holds, ledger.caller
    if holds is None or caller is None:
        return call, route
    if not any(map(call.speaks, route.upstreams)):
        holds.refuse(call.body)
        return call, route
    tree = parse(call.body).tree
    upstreams = tuple(_able(holds, call, tree, route, caller))
    call = structs.replace(call, held=_line(call, tree, route, upstreams, ledger))
    return call, route if len(upstreams) == len(route.upstreams) else replace(route, upstreams=upstreams)


def _able(holds: Holds, call: Call, tree: Tree, route: Route, caller: Caller) -> Iterator[Upstream]:
    """Raises when there is none. Accounts of which the request names nothing, and that share the same, are looked at once."""
    alone, named = holds.alone(tree), _named(call.body)
    refused = dict[tuple[bytes, frozenset[str]], Problem | None]()
    others = not alone and not all(map(call.speaks, route.upstreams))
    for upstream in route.upstreams:
        holder = upstream.holder
        if holder is None or not call.speaks(upstream):
            able = others
        else:
            kind = holder.account if holder.account in named else b"", holder.shared
            if kind not in refused:
                refused[kind] = _refused(holds, tree, holder, caller)
            able = refused[kind] is None
        if able:
            yield upstream
    problems = [problem for problem in refused.values() if problem is not None]
    if len(problems) == len(refused) and not others:
        raise problems[0]


def _named(body: Headed) -> set[bytes]:
    """The accounts that it may name something of, however its client spells that."""
    wire = body.wire()
    return accounts(parse(body).wire() if b"\\u" in wire else wire)


def _refused(holds: Holds, tree: Tree, holder: Holder, caller: Caller) -> Problem | None:
    try:
        holds.opened(tree, lambda marked: holder.plain(marked, caller))
    except Problem as problem:
        return problem
    return None


def _line(call: Call, tree: Tree, route: Route, upstreams: tuple[Upstream, ...], ledger: Ledger) -> Line | None:
    """The one of the answer that it goes on from; else a new one; where values leave as tokens and the client sends
    the history itself, the one that begins like it.
    """
    caller, holds = ledger.caller, call.dialect.holds
    holder = next((upstream.holder for upstream in upstreams if call.speaks(upstream)), None)
    if caller is None or holds is None or holder is None:
        return None
    stays, previous = holds.stays(call.body), tree.get(holds.previous)
    if isinstance(previous, str) and (mark := holder.opened(previous, caller)) is not None:
        return Line(mark.line, goes_on=True, stays=stays, team=holder.owner == "team")
    name = line(token_bytes(LINE), own=True)
    if route.request_rules.tokenizes:
        slots = list(call.dialect.texts(tree))
        if not stays or any(slot.place in _SAID for slot in slots):
            name = holder.line(_encode(conversation(caller, call.headers, slots, ())[0]))
    return Line(name, goes_on=bool(previous), stays=stays, team=holder.owner == "team")
