"""When an upstream says to come again (U6): seconds, milliseconds, a date, and what makes no sense."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockgate.core.retry_after import retry_after

NOW = 1_767_225_600.0


@pytest.mark.parametrize(
    ("name", "value", "seconds"),
    [
        (b"retry-after", b"7", 7),
        (b"retry-after", b"0.5", 0.5),
        (b"retry-after", b"1000000000", 1e9),
        (b"retry-after", b"Thu, 01 Jan 2026 00:00:30 GMT", 30),
        (b"retry-after", b"Wed, 31 Dec 2025 00:00:30 GMT", 0),
        (b"retry-after", b"-1", None),
        (b"retry-after", b"soon", None),
        (b"retry-after", b"", None),
        (b"retry-after", b"9" * 5000, None),
        (b"retry-after", b"Thu, 01 Jan 99999999999 00:00:30 GMT", None),
        (b"retry-after-ms", b"250", 0.25),
        (b"retry-after-ms", b"-5", None),
    ],
)
def test_U6_all_ways_to_say_it(name: bytes, value: bytes, seconds: float | None) -> None:
    assert retry_after(((name, value),), NOW) == seconds


def test_U6_milliseconds_are_the_better_word() -> None:
    assert retry_after(((b"retry-after", b"1"), (b"retry-after-ms", b"250")), NOW) == 0.25


@given(st.binary(max_size=80))
def test_U6_whatever_it_says_is_a_time_or_nothing(value: bytes) -> None:
    found = retry_after(((b"retry-after", value),), NOW)

    assert found is None or found >= 0
