"""The cheapest for what this request is likely to use; nobody knows is last."""

from lockgate.balancers.cheapest import plugin
from lockgate.core.price import filled
from lockgate.core.price_list import DAY, UNKNOWN, Era, Quotes, always
from tests.balancing import call, moment, upstreams, view


def price(asked: int, answered: int) -> Quotes:
    return always(filled({"input": ((0, asked),), "output": ((0, answered),)}))


def order(*quotes: Quotes, size: int = 400, max_tokens: int | None = None) -> list[int]:
    targets = upstreams(*[1] * len(quotes), quotes=quotes)
    ordered = plugin(output=100).build().order(targets, call(max_tokens=max_tokens), view(), moment(size=size))
    return [each.place for each in ordered]


def test_by_what_is_asked_and_what_is_answered() -> None:
    cheap_to_ask, cheap_to_answer = price(1, 10), price(5, 2)

    assert order(cheap_to_ask, cheap_to_answer, size=400) == [1, 0]
    assert order(cheap_to_ask, cheap_to_answer, size=40_000) == [0, 1]


def test_a_short_answer_is_expected_where_the_client_wants_one() -> None:
    assert order(price(1, 10), price(5, 2), max_tokens=5) == [0, 1]


def test_who_has_no_price_is_last() -> None:
    assert order(UNKNOWN, price(9, 9), price(1, 1)) == [2, 1, 0]


def test_long_requests_may_have_another_price() -> None:
    steps = always(filled({"input": ((0, 1), (1000, 50)), "output": ((0, 1),)}))

    assert order(price(2, 1), steps, size=400) == [1, 0]
    assert order(price(2, 1), steps, size=40_000) == [0, 1]


def test_prices_of_the_hour_are_those_of_the_hour() -> None:
    day, night = filled({"input": ((0, 9),), "output": ((0, 9),)}), filled({"input": ((0, 1),), "output": ((0, 1),)})
    changing = Quotes((Era(0, ((0, night), (6 * 3600, day))),))
    balancer, targets = plugin().build(), upstreams(1, 1, quotes=(changing, price(5, 5)))
    midnight = moment().wall // DAY * DAY

    def first(hour: int) -> int:
        at = moment()
        return balancer.order(targets, call(), view(), type(at)(0.0, midnight + hour * 3600, 0, at.random))[0].place

    assert [first(1), first(7), first(2)] == [0, 1, 0]
