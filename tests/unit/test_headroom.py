"""What upstreams say is left of their own limits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockgate.core.headroom import headroom
from lockgate.core.http import Headers


@pytest.mark.parametrize(
    ("headers", "left"),
    [
        (((b"x-ratelimit-limit-requests", b"100"), (b"x-ratelimit-remaining-requests", b"25")), 0.25),
        (((b"anthropic-ratelimit-requests-limit", b"50"), (b"anthropic-ratelimit-requests-remaining", b"5")), 0.1),
        (
            (
                (b"anthropic-ratelimit-input-tokens-limit", b"1000"),
                (b"anthropic-ratelimit-input-tokens-remaining", b"900"),
                (b"anthropic-ratelimit-output-tokens-limit", b"100"),
                (b"anthropic-ratelimit-output-tokens-remaining", b"0"),
                (b"anthropic-ratelimit-output-tokens-reset", b"2026-11-26T00:00:00Z"),
            ),
            0.0,
        ),
        (((b"x-ratelimit-limit-tokens", b"10"), (b"x-ratelimit-remaining-tokens", b"20")), 1.0),
        (((b"x-ratelimit-remaining-tokens", b"20"),), None),
        (((b"x-ratelimit-limit-tokens", b"0"), (b"x-ratelimit-remaining-tokens", b"0")), None),
        (((b"x-ratelimit-limit-tokens", b"-5"), (b"x-ratelimit-remaining-tokens", b"many")), None),
        ((), None),
    ],
)
def test_the_tightest_counts(headers: Headers, left: float | None) -> None:
    assert headroom(headers) == left


@given(
    st.lists(
        st.tuples(
            st.sampled_from([b"x-ratelimit-limit-a", b"x-ratelimit-remaining-a", b"anthropic-ratelimit-a-limit"]),
            st.binary(max_size=20),
        )
    )
)
def test_whatever_it_says_is_a_part_or_nothing(headers: list[tuple[bytes, bytes]]) -> None:
    left = headroom(tuple(headers))

    assert left is None or 0 <= left <= 1
