"""What is asked, as a name: under which an answer may be kept, and for whom.

The name is a keyed hash over the scope, the model, every parameter as the client wrote it, the headers that go upstream, and
the policy in force: whatever differs is another question (S33). The question is the client's own, before any rule changed it:
two texts that only look alike once their secrets are masked are not the same.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

import msgspec

from lockgate.core.auth import Caller
from lockgate.core.body import Body, Tree, parse
from lockgate.core.cache import Answers, CachePolicy
from lockgate.core.exchange import Call, Route
from lockgate.core.http import header
from lockgate.core.problem import Problem
from lockgate.core.similar import Asked, Similar
from lockgate.pipeline.last_text import last_text
from lockgate.pipeline.ledger import Ledger
from lockgate.pipeline.passing import steering

_NO_PARAMETERS = frozenset(("stream", "stream_options"))
_TEMPERATURE = b'temperature"'
"""As all dialects call it. Who writes it with escapes is not served from memory."""
_AGE = re.compile(rb"(?:^|[,\s])max-age=(\d{1,9})(?=$|[,\s])")
_sorted = msgspec.json.Encoder(order="sorted").encode


@dataclass(frozen=True, slots=True)
class Caching:
    """What a gateway recalls with. `policy` is the version of Lockgate, whose guards let an answer pass, and the hash of the
    configuration in force, guards and rules included.
    """

    answers: Answers
    policy: str
    similar: Mapping[str, Similar] = field(default_factory=dict)
    """By the names of the models whose answers are given to questions that mean the same, too."""


@dataclass(frozen=True, slots=True)
class Memo:
    """A question that may be answered from memory, and whose answer may be kept. `oldest` is in seconds; 0: not asked for."""

    answers: Answers
    key: bytes
    policy: CachePolicy
    oldest: float
    meant: "Meant | None" = None


@dataclass(slots=True)
class Meant:
    """A question that may be compared by meaning: `read` when the same one was not asked before.

    `vector` is its text's, once somebody gave it.
    """

    similar: Similar
    read: Callable[[], Asked | None]
    asked: Asked | None = None
    vector: bytes = b""


def named(caching: Caching | None, call: Call, body: Body, route: Route, ledger: Ledger) -> Memo | None:
    """Nothing where the model keeps nothing, or this request's answer cannot be kept: one that gets values back, say, for
    they may be of another request.
    """
    policy, caller = route.cache, ledger.caller
    if caching is None or policy is None or caller is None or call.operation != "chat":
        return None
    ledger.cache = "bypass"
    wish = header(call.headers, b"cache-control") or b""
    if b"no-store" in wish or call.restorer is not None or _held(call) or _surely_warm(policy, call):
        return None
    ledger.cache = "miss"
    age = _AGE.search(wish)
    oldest = 0.0 if b"no-cache" in wish else min(policy.seconds, float(age[1]) if age else policy.seconds)
    tree = parse(call.body).tree
    # Tools that a key may not call are taken out of its answers: what one key got is not for another one then.
    alone = policy.shared == "key" or bool(call.tools)
    key = caching.answers.key(_sorted(_question(caching, call, route, ledger, tree, alone=alone)))
    similar = caching.similar.get(route.model)
    if similar is None or call.tools:
        return Memo(caching.answers, key, policy, oldest)
    meant = Meant(similar, partial(_asked, caching, call, body, route, ledger))
    return Memo(caching.answers, key, policy, oldest, meant)


def _asked(caching: Caching, call: Call, body: Body, route: Route, ledger: Ledger) -> Asked | None:
    """The question without its last text, always of the key alone; nothing where it is not compared by meaning."""
    found = last_text(call, body)
    if found is None:
        return None
    rest = parse(call.body).edit({found.path: ""}).tree
    around = _question(caching, call, route, ledger, rest, alone=True)
    bucket = caching.answers.key(_sorted(("similar", found.path, around)))
    return Asked(bucket, found.text, found.signature)


def _held(call: Call) -> bool:
    """It is about what an upstream holds, or its answer may be: that is its caller's own."""
    if call.named.names or call.named.makes:
        return True
    return call.held is not None and (call.held.goes_on or call.held.stays)


def _surely_warm(policy: CachePolicy, call: Call) -> bool:
    """Most requests leave the temperature to the model: nothing else has to be known of them."""
    return not policy.warm and _TEMPERATURE not in call.body.wire()


def may(policy: CachePolicy, call: Call) -> bool:
    """Tools act, and chance is asked for to be different each time: neither is kept, unless the operator says so."""
    if policy.tools and policy.warm:
        return True
    try:
        chat = call.dialect.decode_chat(call.body.wire(), call.ask)
    except Problem:
        return False
    return (policy.tools or not chat.tools) and (policy.warm or chat.temperature == 0)


def _question(
    caching: Caching, call: Call, route: Route, ledger: Ledger, tree: Tree, *, alone: bool
) -> tuple[object, ...]:
    caller = ledger.caller
    assert caller is not None
    scope = ("key", caller.key_id, caller.user) if alone else ("team", caller.organization, caller.team)
    return (
        scope,
        route.model,
        call.dialect.name,
        caching.policy,
        [[flow.rule.name, flow.id, flow.granted] for flow in call.flows],  # a yes is for one conversation, and ends
        *in_force(route, caller),
        [[name.decode("latin-1"), value.decode("latin-1")] for name, value in steering(call, route, ledger)],
        {name: value for name, value in tree.items() if name not in _NO_PARAMETERS},
    )


def in_force(route: Route, caller: Caller) -> list[list[str]]:
    """The names of the rules that hold for this caller's requests and answers."""
    local = (route.request_rules, route.response_rules)
    remote = (route.remote_request_rules, route.remote_response_rules)
    return [
        *[[rule.name for rule in rules.of(caller).rules] for rules in local],
        *[[rule.name for rule in rules.of(caller).rules.rules] for rules in remote],
    ]
