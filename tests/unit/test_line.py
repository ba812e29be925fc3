"""The line of those who wait, against a plain list of it."""

from hypothesis import given
from hypothesis import strategies as st

from lockgate.core.line import Line
from lockgate.core.rank import Rank

RANK = st.sampled_from(Rank)
STEP = st.one_of(
    st.tuples(st.just("put"), RANK),
    st.tuples(st.just("take"), RANK),
    st.tuples(st.just("leave"), st.integers(0, 40)),
    st.tuples(st.just("since"), st.integers(0, 40)),
    st.tuples(st.just("below"), st.integers(0, 3)),
)


@given(st.integers(0, 6), st.lists(STEP, max_size=60))
def test_nobody_is_turned_away_while_somebody_lower_stays(room: int, steps: list[tuple[str, int]]) -> None:
    line: Line[int] = Line(room)
    here: dict[int, Rank] = {}
    for now, (what, number) in enumerate(steps):
        out: list[tuple[int, Rank]] = []
        if what == "put":
            here[now] = Rank(number)
            gone = line.put(now, Rank(number), now)
            out = [] if gone is None else [(gone, here.pop(gone))]
        elif what == "take":
            turn = line.take()
            best = max(here.values(), default=None)
            assert turn == min((item for item, rank in here.items() if rank == best), default=None)
            here.pop(turn, None) if turn is not None else None
        elif what == "leave":
            assert line.leave(number) == (number in here)
            here.pop(number, None)
        elif what == "since":
            out = [(item, here.pop(item)) for item in line.since(number)]
            assert all(item > number for item in here)
        else:
            gone_below = line.below(number)
            assert sorted(gone_below) == sorted(item for item, rank in here.items() if rank < number)
            out = [(item, here.pop(item)) for item in gone_below]
        assert not any(rank < refused for _, refused in out for rank in here.values())
        assert line.size == len(here) <= room
        assert line.oldest() == min(here, default=None)


def test_in_a_full_line_the_last_of_the_lowest_class_makes_room() -> None:
    line: Line[str] = Line(3)
    for now, (name, rank) in enumerate((("a", Rank.PAID), ("b", Rank.FREE), ("c", Rank.FREE))):
        assert line.put(name, rank, now) is None

    assert line.put("d", Rank.FREE, 3) == "d"
    assert line.put("e", Rank.CRITICAL, 4) == "c"
    assert line.put("f", Rank.PAID, 5) == "b"
    assert line.put("g", Rank.PAID, 6) == "g"
    assert [line.take(), line.take(), line.take(), line.take()] == ["e", "a", "f", None]
