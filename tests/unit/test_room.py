"""How many may wait: a crowd that comes of a sudden has more room than a line that never ends."""

from hypothesis import given
from hypothesis import strategies as st

from lockgate.core.room import BURST, FIRST, LEAST, WAIT, Room

SUDDEN, STANDING = int(FIRST * BURST), int(FIRST * WAIT)


def test_four_hundred_who_begin_at_once_are_let_in_and_wait_no_longer_than_the_burst_says() -> None:
    room = Room()
    assert room.at(5.0) == SUDDEN >= 400
    room.seen(5.0, waits=True)
    assert room.at(5.0 + BURST - 0.01) == SUDDEN


def test_a_line_that_does_not_end_has_room_for_those_who_get_their_turn_in_time() -> None:
    room = Room()
    room.seen(5.0, waits=True)
    for tenth in range(1, 100):
        room.seen(5.0 + tenth / 10, waits=True)
    assert room.at(5.0 + BURST + 0.01) == room.at(15.0) == STANDING


def test_a_line_that_was_empty_for_a_moment_has_not_ended() -> None:
    room = Room()
    room.seen(5.0, waits=True)
    room.seen(6.0, waits=False)
    room.seen(6.0 + WAIT, waits=True)
    assert room.at(6.0 + WAIT) == STANDING

    room.seen(7.0, waits=False)
    assert room.at(7.0 + WAIT) == STANDING
    assert room.at(7.1 + WAIT) == SUDDEN
    room.seen(8.0, waits=True)
    assert room.at(8.0) == SUDDEN


def test_what_gets_its_turn_in_a_second_is_learned() -> None:
    room = Room()
    for _ in range(40):
        room.learn(200.0)
    assert room.at(1.0) == LEAST
    for _ in range(40):
        room.learn(5000.0)
    assert 950 < room.at(1.0) <= 1000


@given(st.lists(st.tuples(st.floats(0, 2), st.booleans(), st.floats(0, 10_000)), max_size=60))
def test_there_is_always_some_room_and_never_more_than_is_served_in_the_longest_wait(
    story: list[tuple[float, bool, float]],
) -> None:
    room, now = Room(), 0.0
    for passed, waits, rate in story:
        now += passed
        room.seen(now, waits=waits)
        room.learn(rate)
        assert LEAST <= room.at(now) <= max(LEAST, 10_000 * BURST)
