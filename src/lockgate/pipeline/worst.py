"""The most that a request can use: never less than the truth, and said here in full.

input   a token is at least one byte of the body, for every tokenizer in use, and JSON only lengthens a text; what a
        chat template adds to a message is less than the JSON around it; what a provider adds on its own (tools,
        system prompts) is within HIDDEN. A body that refers to something elsewhere (a picture by its address, a
        file, an earlier answer) may mean as much as the model takes: its `max_input_tokens`. So may one with
        pictures in it: they are counted by their size, and a large one of one colour has few bytes.
output  what the client asks for at most, in each of its answers; or `max_output_tokens` of the model; or, when
        nobody says, MOST_OUTPUT. No token at all is as if nobody said: to Ollama, and in Google's JSON, 0 is no limit.
"""

import re
from collections.abc import Callable, Mapping, Sequence

from msgspec import Raw, Struct

from lockgate.core.body import parse
from lockgate.core.dialect import Dialect
from lockgate.core.exchange import Call, Route, Upstream
from lockgate.core.money import nano
from lockgate.core.price import Unpriced, worst_case
from lockgate.core.remembered import Remembered
from lockgate.core.spotlight import LONGER
from lockgate.core.wanted import MOST, Wanted

HIDDEN = 2048
MOST_INPUT = 1_048_576
MOST_OUTPUT = 131_072
AT_THE_TOP = frozenset(("cachedContent", "cached_content", "previous_response_id", "container", "conversation"))
"""Keys of a body that refer to something that is not in it. Deeper ones are the dialect's `elsewhere`."""
TIERS = ("service_tier", "speed")
_RARE = AT_THE_TOP.union(TIERS)

SEARCH = (
    b'"web_search_2',
    b'"web_search_options"',
    b'"google_search',
    b'"googleSearch',
    b'"google_maps',
    b'"googleMaps',
)
"""Searches that a provider does by itself, of the web or of maps: what it finds is input, and each costs something."""
_GOOGLE = b"google"
TALK = frozenset(
    (
        "model", "messages", "system", "stream", "stream_options", "max_tokens", "max_completion_tokens", "temperature",
        "top_p", "top_k", "stop", "stop_sequences", "n", "seed", "user", "presence_penalty", "frequency_penalty",
    )
)  # fmt: skip
"""Keys of a body that only talks. A provider searches where it is given a tool or an option for it, and these are neither."""
MOST_SEARCHES = 32
_DISGUISED = re.compile(rb"\\u00(?:3[0-9]|[46][1-9a-fA-F]|[57][0-9aA]|5[fF])")
"""A letter, a digit or an underscore as an escape: nobody has to write that, and the words that are looked for are made of them."""


class Worst(Struct, frozen=True, gc=False):
    """Tokens. `output` is for all answers together. `tier` is the service tier that was asked for."""

    input: int
    output: int
    tier: str = ""
    searches: int = 0


def worst(call: Call, route: Route) -> Worst:
    wire, dialect, top = call.body.wire(), call.dialect, call.body.top
    wanted = dialect.wanted(call.body)
    # 92 is a backslash: to look for one byte is as quick as can be where it is a number.
    escaped = 92 in wire and wire.find(b"\\u00") >= 0
    read = parse(call.body).wire() if escaped and _DISGUISED.search(wire) else wire
    refers = searches = False
    talks = TALK.issuperset(top)
    if _hinted(dialect.elsewhere, read, talks=talks):
        searches = not talks and any(word in read for word in SEARCH)
        refers = searches or any(end in read for end in dialect.elsewhere)
    tier = ""
    if not _RARE.isdisjoint(top):
        refers, tier = refers or not AT_THE_TOP.isdisjoint(top), _tier(top)
    most = (route.max_input or MOST_INPUT) * (wanted.inputs or 1)
    if not refers:
        told = len(wire) + HIDDEN + (_marks(call, wire) if route.spotlight is not None else 0)
        most = told if told < most else most  # noqa: FURB136  a tenth of the steps
    return Worst(most, _output(wanted, route, call.dialect), tier, MOST_SEARCHES if searches else 0)


def _output(wanted: Wanted, route: Route, dialect: Dialect) -> int:
    tokens, most = wanted.tokens, route.max_output
    if tokens is None or (not tokens and dialect.vectors is None):
        tokens = most or MOST_OUTPUT
    elif tokens > (most or MOST):
        tokens = most or MOST
    return tokens * (wanted.answers or 1)


def _hinted(elsewhere: tuple[bytes, ...], wire: bytes, *, talks: bool) -> bool:
    """False where none of these words is in it, and none of `SEARCH` that matters: one or two looks at most bodies in place of eight."""
    search, plain = _hints[elsewhere]
    if 95 in wire and search(wire, wire.find(b"_")) is not None:  # an underscore
        return True
    for word in plain:
        if wire.rfind(word) >= 0:  # from the end: a third of the time of `in`
            return True
    return not talks and wire.rfind(_GOOGLE) >= 0


def _found(elsewhere: tuple[bytes, ...]) -> tuple[Callable[[bytes, int], object], tuple[bytes, ...]]:
    """Words with an underscore are all looked for at once, from the first one on: texts have few of them. The others come one by one, those of Google by what they all have."""
    words = [word for word in (*elsewhere, *SEARCH) if _GOOGLE not in word]
    ends = sorted({re.escape(word.partition(b"_")[2]) for word in words if b"_" in word})
    search = re.compile(b"_(?:%b)" % b"|".join(ends)).search
    return search, tuple([word for word in words if b"_" not in word])


_hints = Remembered(_found)


def _marks(call: Call, wire: bytes) -> int:
    """What the marks around results of tools may add: a mark for each of them, and a byte more for each space."""
    results = sum(slot.place == "tool_result" for slot in call.dialect.texts(parse(call.body).tree))
    return results * LONGER + (wire.count(b" ") if results else 0)


def _tier(top: Mapping[str, Raw]) -> str:
    """What is no word is taken for an unknown tier, which may be the dearest one."""
    for name in TIERS:
        if name in top and (word := bytes(top[name])) != b"null":
            return word.strip(b'"').decode("latin-1")
    return ""


def cost(worst: Worst, upstreams: Sequence[Upstream], now: float) -> int | None:
    """In nanodollars, of the dearest upstream. None when one of them has no price."""
    most = 0
    for upstream in upstreams:
        price = upstream.quotes.at(now)
        if isinstance(price, Unpriced):
            return None
        spent = worst_case(price, worst.input, worst.output, worst.tier, worst.searches)
        if spent > most:  # noqa: PLR1730  a quarter of what `max` takes
            most = spent
    return nano(most)
