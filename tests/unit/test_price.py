"""Prices: costs worked out by hand, and what holds for all of them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as some
from msgspec.structs import replace

from lockgate.core.answer import Usage
from lockgate.core.money import ATTO_PER_USD, atto, nano, usd
from lockgate.core.price import Price, Rate, _by_kind, _has_media, _of_text, cost, filled, worst_case
from lockgate.core.price_list import DAY, Era, Quotes


def rate(price: str, *steps: tuple[int, str]) -> Rate:
    return ((0, atto(Decimal(price))), *((above, atto(Decimal(more))) for above, more in steps))


def priced(request: int = 0, search: int = 0, **prices: str) -> Price:
    return filled({kind: rate(price) for kind, price in prices.items()}, request, search)


GPT_4O = priced(input="2.50", cached="1.25", output="10")
SONNET = priced(input="3", cached="0.30", written="3.75", written_hour="6", output="15", search=ATTO_PER_USD // 100)
GEMINI_PRO = filled(
    {
        "input": rate("1.25", (200_000, "2.50")),
        "cached": rate("0.125", (200_000, "0.25")),
        "output": rate("10", (200_000, "15")),
    }
)
FLASH = priced(input="0.30", input_audio="1.00", cached="0.03", cached_audio="0.10", output="2.50")
GPT_AUDIO = priced(input="2.50", input_audio="40", output="10", output_audio="80")
FLASH_IMAGE = priced(input="0.30", output="2.50", output_image="30")

TABLE = {
    # 1000 plain at 2.50 and 9000 cached at 1.25; 500 out at 10, thoughts among them
    "OpenAI, cached input": (GPT_4O, Usage(10_000, 500, cached=9_000, reasoning=400), "0.01875"),
    # 200 plain at 3, 5000 read at 0.30, 1000 written at 3.75; 100 out at 15
    "Anthropic, cache read and written": (SONNET, Usage(6_200, 100, cached=5_000, written=1_000), "0.00735"),
    # 200 at 3, 700 written for 5 minutes at 3.75, 300 for an hour at 6; 100 at 15; 2 searches at 0.01
    "Anthropic, for an hour, and searches": (
        SONNET,
        Usage(1_200, 100, written=1_000, written_hour=300, searches=2),
        "0.026525",
    ),
    # thoughts are output: 1000 at 1.25, 300 at 10
    "Gemini, thoughts": (GEMINI_PRO, Usage(1_000, 300, reasoning=200), "0.00425"),
    "Gemini, just 200k": (GEMINI_PRO, Usage(200_000, 1_000), "0.26"),
    # one token more, and all of them cost more: 200001 at 2.50, 1000 at 15
    "Gemini, above 200k": (GEMINI_PRO, Usage(200_001, 1_000), "0.5150025"),
    "Gemini, above 200k, cached": (GEMINI_PRO, Usage(300_000, 0, cached=100_000), "0.525"),
    # 100 text at 0.30, 400 sound at 1.00
    "Gemini, sound": (FLASH, Usage(500, 0, input_audio=400), "0.00043"),
    # 100 text and 100 cached text, 200 fresh and 100 cached sound
    "Gemini, cached sound": (
        FLASH,
        Usage(500, 0, cached=200, cached_audio=100, input_audio=300),
        "0.000243",
    ),
    "OpenAI, sound both ways": (GPT_AUDIO, Usage(110, 120, input_audio=100, output_audio=100), "0.012225"),
    # 1290 tokens of a picture at 30, 10 of text at 2.50
    "Gemini, a picture": (FLASH_IMAGE, Usage(10, 1_300, output_image=1_290), "0.038728"),
    "a price for each request": (priced(5 * 10**15, input="1", output="1"), Usage(1, 1), "0.005002"),
    "nothing": (GPT_4O, Usage(), "0"),
}


@pytest.mark.parametrize("name", TABLE)
def test_a_cost_is_what_was_worked_out_by_hand(name: str) -> None:
    price, usage, dollars = TABLE[name]

    assert usd(cost(price, usage)) == dollars


def test_a_tier_has_its_own_price_and_an_unknown_one_the_standard_one() -> None:
    price = replace(priced(input="1", output="2"), tiers={"priority": priced(input="2", output="4")})

    assert [cost(price, Usage(10, 0, tier=tier)) // atto(Decimal(1)) for tier in ("", "priority", "scale")] == [
        10,
        20,
        10,
    ]
    assert worst_case(price, 10, 0) < worst_case(price, 10, 0, tier="priority") == worst_case(price, 10, 0, tier="auto")


counts = some.integers(0, 400_000)
prices = some.integers(0, 10**14)
rates = some.tuples(prices, some.lists(some.tuples(some.integers(1, 300_000), prices), max_size=2)).map(
    lambda drawn: ((0, drawn[0]), *sorted(drawn[1]))
)
rising = some.tuples(prices, some.lists(some.tuples(some.integers(1, 300_000), prices), max_size=2)).map(
    lambda drawn: tuple(
        zip((0, *sorted(a for a, _ in drawn[1])), sorted((drawn[0], *(p for _, p in drawn[1]))), strict=True)
    )
)
KINDS = Price.__struct_fields__[2:14]


def models(rate: some.SearchStrategy[Rate]) -> some.SearchStrategy[Price]:
    given = some.fixed_dictionaries({"input": rate, "output": rate}, optional=dict.fromkeys(KINDS, rate))
    return some.builds(filled, given, prices, prices)


usages = some.builds(Usage, *[counts] * 14, some.integers(0, 5))


@given(models(rates), usages, counts, counts)
def test_the_worst_case_is_never_less_than_a_true_cost(price: Price, usage: Usage, more: int, longer: int) -> None:
    bound = worst_case(price, usage.input + more, usage.output + longer, searches=usage.searches)

    assert cost(price, usage) <= bound


@given(models(rising), usages, counts, counts)
def test_more_tokens_never_cost_less(price: Price, usage: Usage, more: int, longer: int) -> None:
    plain = Usage(usage.input, usage.output)
    larger = Usage(usage.input + more, usage.output + longer)

    assert cost(price, plain) <= cost(price, larger)


@given(models(rates), usages, usages)
def test_merged_counts_cost_the_same_in_either_order_and_twice(price: Price, one: Usage, other: Usage) -> None:
    merged = one.merged(other)

    assert cost(price, merged) == cost(price, other.merged(one)) == cost(price, merged.merged(one).merged(other))


@given(models(rates), some.builds(Usage, *[counts] * 6))
def test_the_quick_way_is_the_long_way(price: Price, usage: Usage) -> None:
    assert not _has_media(usage)

    assert _of_text(price, usage) == _by_kind(price, usage)


@given(models(some.just(((0, 1),))), usages)
def test_every_token_is_paid_exactly_once(price: Price, usage: Usage) -> None:
    assert _by_kind(price, usage) == usage.input + usage.output


@given(some.decimals(0, 10_000, places=12))
def test_money_is_exact(dollars: Decimal) -> None:
    assert Decimal(usd(atto(dollars) * 10**6)) == dollars
    assert nano(atto(dollars)) * 10**9 >= atto(dollars) > (nano(atto(dollars)) - 1) * 10**9


def test_prices_of_a_date_and_of_an_hour() -> None:
    first, night, later = (priced(input=each, output=each) for each in "123")
    quotes = Quotes((Era(10 * DAY, ((0, first), (3600, night))), Era(20 * DAY, ((0, later),))))

    found = [
        quotes.at(moment) for moment in (0, 10 * DAY, 10 * DAY + 3599.9, 12 * DAY + 3600, 20 * DAY - 0.1, 20 * DAY)
    ]

    assert found == [first, first, first, night, night, later]
