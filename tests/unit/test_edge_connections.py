"""The count of connections: who counts as one client, and that what left is forgotten."""

from hypothesis import given
from hypothesis import strategies as st

from lockgate.edge.connections import Connections
from lockgate.edge.options import EdgeOptions

ADDRESSES = [
    "127.0.0.1",
    "::1",
    "10.0.0.1",
    "10.0.0.2",
    "::ffff:10.0.0.1",
    "2001:db8::1",
    "2001:db8::2",
    "2001:db8:0:1::1",
    "",
]


def test_an_address_and_a_network_have_their_cap() -> None:
    connections = Connections(EdgeOptions(max_connections=100, per_address=2))

    entered = [connections.enter(one) for one in ("10.0.0.1", "::ffff:10.0.0.1", "10.0.0.1", "10.0.0.2")]
    networks = [connections.enter(one) for one in ("2001:db8::1", "2001:db8::2", "2001:db8::3", "2001:db8:0:1::1")]
    loopback = [connections.enter(one) for one in ("127.0.0.1", "127.0.0.2", "::1", "", "127.0.0.1")]

    assert entered == [True, True, False, True]
    assert networks == [True, True, False, True]
    assert all(loopback)


@given(st.lists(st.tuples(st.booleans(), st.sampled_from(ADDRESSES)), max_size=60))
def test_counts_are_those_of_a_plain_list(steps: list[tuple[bool, str]]) -> None:
    connections, inside = Connections(EdgeOptions(max_connections=10, per_address=3)), []
    for coming, address in steps:
        if coming:
            if connections.enter(address):
                inside.append(address)
        elif address in inside:
            inside.remove(address)
            connections.leave(address)
        assert connections.total == len(inside) <= 10

    for address in inside:
        connections.leave(address)
    assert connections.total == 0
    assert not connections._by_origin
