"""The order of the file stays."""

from lockgate.balancers.priority import plugin
from tests.balancing import call, moment, upstreams, view


def test_the_order_stays() -> None:
    given = upstreams(1, 1, 1)

    assert plugin().build().order(given, call(), view(), moment()) == given
