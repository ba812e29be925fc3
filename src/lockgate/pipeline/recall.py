"""Was it answered before? For whom an answer is kept, under which name, and how it is given again.

The name is a keyed hash over the scope, the model, every parameter as the client wrote it, the headers that go upstream, and
the policy in force: whatever differs is another question (S33). The question is the client's own, before any rule changed it:
two texts that only look alike once their secrets are masked are not the same.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from time import perf_counter

import msgspec

from lockgate.core.auth import Caller
from lockgate.core.body import Body, Tree, parse
from lockgate.core.cache import Answers, CachePolicy, Kept
from lockgate.core.dialect import Ask
from lockgate.core.events import Event
from lockgate.core.exchange import Call, Route
from lockgate.core.http import Headers, Reply, header
from lockgate.core.problem import Problem
from lockgate.core.similar import Asked, Similar
from lockgate.pipeline.as_events import events
from lockgate.pipeline.assembled import assembled
from lockgate.pipeline.last_text import last_text
from lockgate.pipeline.ledger import Ledger
from lockgate.pipeline.outside import outside
from lockgate.pipeline.passing import steering

_NO_PARAMETERS = frozenset(("stream", "stream_options"))
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


def memo(caching: Caching | None, call: Call, body: Body, route: Route, ledger: Ledger) -> Memo | None:
    """Nothing where the model keeps nothing, or the request is of a kind that is not kept: one whose answer gets values back,
    say, for they may be of another request. `body` is what goes upstream.
    """
    policy, caller = route.cache, ledger.caller
    if caching is None or policy is None or caller is None or call.operation != "chat":
        return None
    ledger.cache = "bypass"
    wish = header(call.headers, b"cache-control") or b""
    if b"no-store" in wish or call.restorer is not None or not _may(policy, call):
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


def _may(policy: CachePolicy, call: Call) -> bool:
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


async def recall(memo: Memo, call: Call, route: Route, ledger: Ledger) -> Reply | None:
    """The answer, if it is kept, young enough, and from an upstream that this caller may reach now."""
    if not memo.oldest:
        return None
    kept, similarity = await _good(memo, memo.key, route, ledger), None
    if kept is None and (meant := memo.meant) is not None and (asked := meant.read()) is not None:
        meant.asked = asked
        kept, similarity = await outside(ledger, _likened(memo, meant, asked, route, ledger))
    if kept is None:
        return None
    try:
        body = _again(kept, call, ledger)
    except (Problem, ValueError):
        return None  # it cannot be said as this client wants it: an upstream is asked
    if similarity is not None:
        ledger.similar, ledger.similarity = "hit", similarity
    ledger.cache, ledger.saved = "hit", int(kept.cost) if kept.cost else None
    ledger.lose(kept.lost)
    media = call.dialect.media_type(call.ask) if call.ask.stream else b"application/json"
    headers: Headers = ((b"content-type", media), (b"age", b"%d" % max(0, ledger.wall - kept.at)))
    return Reply(200, headers, body)


async def _good(memo: Memo, key: bytes, route: Route, ledger: Ledger) -> Kept | None:
    kept = await memo.answers.get(key)
    if kept is None or kept.upstream not in {upstream.name for upstream in route.upstreams}:
        return None
    return kept if -1 <= ledger.wall - kept.at < memo.oldest else None


async def _likened(
    memo: Memo, meant: Meant, asked: Asked, route: Route, ledger: Ledger
) -> tuple[Kept | None, float | None]:
    """The answer to the nearest question that has a good one, and how near it is."""
    started = perf_counter()
    try:
        nearest = await meant.similar.nearest(asked, ledger.wall)
    finally:
        ledger.waited += perf_counter() - started
    meant.vector, ledger.similar = nearest.vector, "failed" if nearest.failed else "miss"
    for each in nearest.found:
        if (kept := await _good(memo, each.key, route, ledger)) is not None:
            return kept, round(each.similarity, 3)
    return None, None


def _again(kept: Kept, call: Call, ledger: Ledger) -> bytes:
    """As this client wants it: as it was, or as a stream that was whole, or the other way round."""
    dialect, ask = call.dialect, call.ask
    if kept.stream == ask.stream and (not ask.stream or (kept.shown, kept.array) == (ask.usage, ask.array)):
        return kept.body
    if kept.stream:
        before = Ask(ask.model, stream=True, usage=kept.shown, array=kept.array)
        framing, decoder = dialect.framing(before), dialect.decoder(before)
        frames = (*framing.feed(kept.body), *framing.end())
        said: list[Event] = [event for frame in frames for event in decoder.feed(frame)]
        answer = assembled([*said, *decoder.end()])
    else:
        answer = dialect.decode_answer(kept.body, ask)
    if kept.usage is not None:
        answer = msgspec.structs.replace(answer, usage=answer.usage.merged(kept.usage))
    if ask.stream:
        encoder = dialect.encoder(ask)
        wire = b"".join([encoder.feed(event) for event in events(answer)])
        ledger.lose((*answer.unsaid, *encoder.lost))
        return wire
    encoded = dialect.encode_answer(answer, ask)
    ledger.lose((*answer.unsaid, *encoded.lost))
    return encoded.wire
