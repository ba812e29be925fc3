"""What belongs together stays together; what goes takes only its own with it."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockgate.balancers.sticky import plugin
from lockgate.core.auth import Caller
from lockgate.core.exchange import Call
from lockgate.core.holder import Holder
from lockgate.core.key_digest import Pepper
from tests.balancing import call, moment, upstreams, view

SESSION = b"x-session-id"


def first(targets: int, asked: Call, by: tuple[str, ...] = ("header:x-session-id", "prompt"), who: str = "k") -> int:
    return plugin(by=by).build().order(upstreams(*[1] * targets), asked, view(), moment(who=who))[0].place


def sessions(number: int) -> list[Call]:
    return [call(headers=((SESSION, b"s%d" % each),)) for each in range(number)]


def test_a_session_stays_and_sessions_are_spread() -> None:
    firsts = [first(4, asked) for asked in sessions(2000)]

    assert firsts == [first(4, asked) for asked in sessions(2000)]
    assert all(400 <= number <= 600 for number in Counter(firsts).values())


def test_weights_are_shares_of_the_sessions() -> None:
    balancer = plugin().build()
    firsts = Counter(balancer.order(upstreams(3, 1, 0), asked, view(), moment())[0].place for asked in sessions(2000))

    assert 1400 <= firsts[0] <= 1600
    assert firsts[2] == 0


@given(st.integers(2, 20), st.binary(min_size=1, max_size=20))
def test_who_goes_takes_only_its_own(number: int, session: bytes) -> None:
    targets, asked = upstreams(*[1] * number), call(headers=((SESSION, session),))
    ordered = plugin().build().order(targets, asked, view(), moment())

    assert sorted(each.place for each in ordered) == list(range(number))
    for gone in targets:
        rest = [each for each in targets if each is not gone]
        assert plugin().build().order(rest, asked, view(), moment()) == [each for each in ordered if each is not gone]


def test_a_conversation_goes_on_where_it_began() -> None:
    begun = [{"role": "system", "content": "be kind"}, {"role": "user", "content": "hello"}]
    more = [*begun, {"role": "assistant", "content": "hi"}, {"role": "user", "content": "and?"}]

    assert first(20, call(messages=begun)) == first(20, call(messages=more))
    assert len({first(20, call(messages=[begun[0], {"role": "user", "content": str(n)}])) for n in range(50)}) > 10


@pytest.mark.parametrize(
    ("by", "one", "other"),
    [
        ("previous_response_id", call(previous_response_id="r1"), call(previous_response_id="r1", user="x")),
        ("key", call(), call(user="x")),
    ],
    ids=["response", "key"],
)
def test_other_things_to_stay_by(by: str, one: Call, other: Call) -> None:
    assert first(20, one, (by,)) == first(20, other, (by,))


@pytest.mark.parametrize("by", [("previous_response_id",), ("header:x-session-id", "previous_response_id", "key")])
def test_an_answer_says_itself_which_target_gave_it(by: tuple[str, ...]) -> None:
    balancer, targets = plugin(by=by).build(), upstreams(*[1] * 5)
    holder = Holder(Pepper(bytes(32)), bytes(4))
    for home in targets:
        id_ = holder.marked("resp_1", Caller("key_1", "shop"), home.seed, bytes(8))

        assert balancer.order(targets, call(previous_response_id=id_), view(), moment())[0] is home
        gone = [each for each in targets if each is not home]
        assert balancer.order(gone, call(previous_response_id=id_), view(), moment()) == gone


def test_keys_are_told_apart() -> None:
    assert len({first(20, call(), ("key",), who=f"key_{each}") for each in range(100)}) > 15


def test_without_anything_to_stay_by_the_order_stays() -> None:
    targets = upstreams(1, 1, 1)

    assert plugin(by=("header:x-none",)).build().order(targets, call(), view(), moment()) == targets
