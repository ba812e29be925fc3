"""The quickest is first, unless it is buried; who was silent is tried again."""

from lockgate.balancers.fastest import plugin
from lockgate.core.view import State
from tests.balancing import call, moment, upstreams, view


def order(*states: State, stream: bool = False, now: float = 100.0) -> list[int]:
    targets = upstreams(*[1] * len(states))
    ordered = plugin().build().order(targets, call(stream=stream), view(*states, now=now), moment(now))
    return [each.place for each in ordered]


def test_streams_by_first_token_and_others_by_the_whole() -> None:
    slow_start = State(ttft_s=2.0, total_s=3.0, heard=100.0)
    slow_end = State(ttft_s=0.2, total_s=9.0, heard=100.0)

    assert order(slow_start, slow_end, stream=True) == [1, 0]
    assert order(slow_start, slow_end) == [0, 1]


def test_what_runs_there_counts() -> None:
    quick, slow = State(busy=9, total_s=0.5, heard=100.0), State(total_s=2.0, heard=100.0)

    assert order(quick, slow) == [1, 0]


def test_who_was_never_heard_is_tried_once_at_a_time() -> None:
    known = State(total_s=0.5, heard=100.0)

    assert order(known, State()) == [1, 0]
    assert order(known, State(busy=1)) == [0, 1]


def test_who_was_silent_for_long_is_tried_again() -> None:
    slow = State(total_s=5.0, heard=100.0)

    assert order(State(total_s=1.0, heard=100.0), slow, now=100.0) == [0, 1]
    assert order(State(total_s=1.0, heard=139.0), slow, now=139.0) == [0, 1]
    assert order(State(total_s=1.0, heard=141.0), slow, now=141.0) == [1, 0]
