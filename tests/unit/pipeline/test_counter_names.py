"""Who has a counter of their own: everybody that a claim can name."""

from dataclasses import replace

import pytest

from lockgate.core.allowance import Limits
from lockgate.core.auth import Caller
from lockgate.pipeline.admit import NOWHERE
from lockgate.pipeline.applies import Applies, counter, value_of
from tests.fakes import Script
from tests.unit.pipeline.gateway import KEY, chat, openai_answer
from tests.unit.pipeline.limited import Shop, a_limit


def test_any_text_that_a_claim_may_hold_has_a_counter_of_its_own() -> None:
    """JSON of a token may hold half of a surrogate pair."""
    limit = a_limit("requests", 10)

    assert len({counter(limit, value) for value in ("\ud800", "\ud801", "\udc80", "\x80", "?")}) == 5


async def test_where_the_store_is_crowded_what_clients_make_up_shares_counters() -> None:
    shop = Shop(a_limit("requests", 10, by="header:x-who"), a_limit("requests", 1000, by="key"))
    shop.store.crowded = True

    for number in range(300):
        await shop.ask(Script(openai_answer()), chat("fast"), KEY, (b"x-who", b"%d" % number))

    names = {counter(a_limit("requests", 10), str(number), crowded=True) for number in range(100_000)}
    assert len(shop.memory.charged) > 100
    assert 10_000 < len(names) <= 1 << 16
    assert not names & {counter(a_limit("requests", 10), str(number)) for number in range(1000)}


def test_of_ipv6_whoever_has_a_network_has_all_of_its_addresses() -> None:
    limit = a_limit("requests", 10, by="client")
    same = {value_of(limit, (), client, {}) for client in ("2001:db8:0:1::1", "2001:db8:0:1:ffff::2")}
    others = {
        value_of(limit, (), client, {}) for client in ("2001:db8:0:2::1", "192.0.2.1", "::ffff:192.0.2.2", "::1", "")
    }

    assert len(same) == 1
    assert len(others) == 5
    assert not same & others
    assert value_of(limit, (), "::ffff:192.0.2.1", {}) == value_of(limit, (), "192.0.2.1", {})


@pytest.mark.parametrize("user", ["key key_2", "user key key_2", "key "])
def test_a_user_that_is_called_like_a_key_does_not_count_with_it(user: str) -> None:
    """What somebody is called, an identity provider may leave to themselves."""
    applies = Applies(Limits.of([replace(a_limit("requests", 10, by="user"), place=("gateway", ""))]))
    people = (Caller("jwt:1", "shop", user=user), Caller("key_2", "shop"), Caller("jwt:2", "shop", user="key_2"))

    assert len({applies.of(each, NOWHERE).all.all[0].counter for each in people}) == 3
