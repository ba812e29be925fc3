"""How limits stand is said as by looking at each of them; the tightest of a kind is found as by dividing exactly."""

import tracemalloc
from dataclasses import replace
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from lockgate.core.allowance import Limit
from lockgate.core.dialect import Dialect
from lockgate.core.limit import Standing
from lockgate.dialects import anthropic_messages, ollama_chat
from lockgate.dialects.openai_chat import plugin
from lockgate.pipeline.chosen import Applied, Chosen
from lockgate.pipeline.limit_headers import limit_headers, told
from lockgate.pipeline.limit_lines import limit_lines
from tests.unit.pipeline.limited import a_budget, a_limit

REQUESTS, TOKENS = st.just("requests"), st.just("tokens")


@given(st.lists(st.tuples(REQUESTS | TOKENS, st.integers(1, 50), st.integers(0, 60)), min_size=1, max_size=6))
def test_dialects_tell_of_each_kind_the_one_with_the_smallest_part_left(stands: list[tuple[str, int, int]]) -> None:
    chosen = Chosen(Applied(a_limit(kind, most, "1m")) for kind, most, _ in stands)
    said = dict(limit_headers(chosen, [Standing(0, 0, left) for _, _, left in stands], plugin, 0.0))

    for kind in ("requests", "tokens"):
        mine = [(left, most) for each, most, left in stands if each == kind]
        plain = min(mine, key=lambda each: Fraction(*each)) if mine else None
        told = tuple([said.get(b"x-ratelimit-%b-%b" % (what, kind.encode())) for what in (b"remaining", b"limit")])
        assert told == ((b"%d" % plain[0], b"%d" % plain[1]) if plain else (None, None))


@st.composite
def standing(draw: st.DrawFn) -> tuple[Limit, Standing]:
    kind = draw(st.sampled_from(("requests", "tokens", "concurrency", "cost")))
    label = {"by": draw(st.sampled_from(("team", "header:x-%d")))}
    limit = a_budget(1, per="1h", **label) if kind == "cost" else a_limit(kind, 9, per_of(kind), **label)
    reset = draw(st.sampled_from((0, 1, 999_999, 1_000_000, 59_000_001)))
    return limit, Standing(0, 0, draw(st.integers(-5, 9)), 0, reset)


def per_of(kind: str) -> str | None:
    return None if kind == "concurrency" else "1m"


@given(st.lists(st.lists(standing(), min_size=1, max_size=5), min_size=1, max_size=4))
def test_what_is_left_is_said_of_each_limit_with_a_time_where_there_is_one(
    requests: list[list[tuple[Limit, Standing]]],
) -> None:
    chosen = Chosen(Applied(limit) for limit, _ in requests[0])
    for given_ in requests:  # the same choice again and again: what it remembers is of no other
        stands = [(limit, it) for (limit, _), (_, it) in zip(requests[0], given_, strict=False)]
        stands += [(limit, Standing(0, 0, 1)) for limit, _ in requests[0][len(stands) :]]
        plain = []
        for limit, it in stands:
            seconds = -(-it.reset // 1_000_000)
            plain.append(f'"{limit.label}";r={max(0, it.free)}' + (f";t={seconds}" if seconds else ""))

        said = dict(limit_headers(chosen, [it for _, it in stands], plugin, 0.0))

        assert said[b"ratelimit"] == ", ".join(plain).encode()


DIALECTS = st.sampled_from((plugin, anthropic_messages.plugin, ollama_chat.plugin))


@given(st.lists(standing(), min_size=1, max_size=6), DIALECTS, st.floats(0, 4e9))
def test_lines_say_what_pairs_say(stands: list[tuple[Limit, Standing]], dialect: Dialect, now: float) -> None:
    chosen = Chosen(Applied(limit) for limit, _ in stands)
    standings = [it for _, it in stands]
    for _ in range(2):
        pairs = limit_headers(chosen, standings, dialect, now)

        assert limit_lines(chosen, standings, dialect, now) == b"".join(b"%b: %b\r\n" % pair for pair in pairs)


@given(st.text(st.characters(max_codepoint=0x17F), min_size=1, max_size=9))
def test_S38_lines_are_never_more_than_they_seem(name: str) -> None:
    """What the operator calls a model may be anything: what is no header as it is goes the way on which the edge looks."""
    limit = replace(a_limit("requests", 9, "1m"), place=("model", name), by="model")
    lines = limit_lines(Chosen([Applied(limit)]), [Standing(0, 0, 5)], ollama_chat.plugin, 0.0)

    assert bool(lines) == (name.isascii() and name.isprintable())
    assert not lines or lines.decode("ascii").replace("\r\n", "").isprintable()
    assert lines.count(b"\n") == lines.count(b"\r\n") == (2 if lines else 0)


def test_a_name_with_quotes_is_one_string_in_a_header() -> None:
    """RFC 9651 3.3.3: the operator may call a model or a user what is visible, quotes and backslashes too."""
    limit = replace(a_limit("requests", 9, "1m"), place=("model", 'a"b\\c'), by="model")
    named = limit.label.replace("\\", "\\\\").replace('"', '\\"')
    headers = dict(limit_headers(Chosen([Applied(limit)]), [Standing(0, 0, 5, 0, 0)], plugin, 0.0))

    assert headers[b"ratelimit"] == f'"{named}";r=5'.encode()
    assert headers[b"ratelimit-policy"].startswith(f'"{named}";q='.encode())


def test_S48_names_that_an_upstream_makes_up_are_not_kept() -> None:
    tracemalloc.start()
    for number in range(1000):
        told(((b"x-ratelimit-%d-" % number + b"x" * 60_000, b"1"),))
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert held < 16 << 20
