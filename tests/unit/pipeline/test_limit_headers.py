"""How limits stand, in headers: what is remembered of a limit is its own, and the tightest is found as by dividing."""

from dataclasses import replace
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from lockgate.core.allowance import Limit
from lockgate.core.dialect import Allowed, tightest
from lockgate.core.limit import Shape, Standing
from lockgate.dialects import openai_chat
from lockgate.pipeline.limit_headers import limit_headers

MINUTE = 60_000_000
SHOP = Limit(("team", "shop"), "requests", Shape("sliding", 60, MINUTE), "team", "1m")
ALLOWED = st.builds(
    Allowed, st.sampled_from(("requests", "tokens")), st.integers(1, 50), st.integers(0, 60), st.just(1)
)


def said(*stands: tuple[Limit, Standing]) -> dict[bytes, bytes]:
    return dict(limit_headers(stands, openai_chat.plugin, 1_700_000_000.0))


def test_a_limit_and_how_it_stands() -> None:
    assert said((SHOP, Standing(1, 0, 59, 0, 30_000_001))) == {
        b"ratelimit-policy": b'"team/shop:requests:1m";q=60;w=60',
        b"ratelimit": b'"team/shop:requests:1m";r=59;t=31',
        b"x-ratelimit-limit-requests": b"60",
        b"x-ratelimit-remaining-requests": b"59",
        b"x-ratelimit-reset-requests": b"31s",
    }


@given(st.lists(st.integers(1, 1000), min_size=1, max_size=5))
def test_after_a_reload_the_new_limit_is_told(most: list[int]) -> None:
    for each in most:
        limit = replace(SHOP, shape=Shape("sliding", each, MINUTE))
        assert said((limit, Standing(0, 0, -1)))[b"ratelimit-policy"].endswith(b";q=%d;w=60" % each)
        assert said((limit, Standing(0, 0, -1)))[b"ratelimit"].endswith(b";r=0")


@given(st.lists(ALLOWED, max_size=6))
def test_the_tightest_is_the_one_with_the_smallest_part_left(limits: list[Allowed]) -> None:
    for kind in ("requests", "tokens", "cost"):
        mine = [each for each in limits if each.kind == kind]
        plain = min(mine, key=lambda each: Fraction(each.left, each.limit)) if mine else None
        assert tightest(limits, kind) is plain
