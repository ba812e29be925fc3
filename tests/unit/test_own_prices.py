"""`prices` of the configuration: taken as written, before any list; and what a reload does when the list is broken."""

from decimal import Decimal
from pathlib import Path

import msgspec
import pytest

from lockgate.app.load import Loaded, loads
from lockgate.app.prices import FOLDER, find, prepare
from lockgate.core.answer import Usage
from lockgate.core.money import usd
from lockgate.core.price import Price, Unpriced, cost
from lockgate.prices.genai.listing import place
from tests.unit.configurations import ENVIRON, read, said

TEXT = """\
version: 1
data: {data}
providers:
  openai: {{kind: openai, api_key: {{env: OPENAI_API_KEY}}}}
  llama: {{kind: ollama}}
models:
  gpt-5-mini: {{targets: [{{provider: openai}}]}}
  gpt-99: {{targets: [{{provider: openai}}]}}
  local: {{targets: [{{provider: llama, model: "llama3.2:1b"}}]}}
prices: {prices}
"""


def configured(data: Path, prices: str = "{}") -> Loaded:
    loaded = loads(TEXT.format(data=data, prices=prices).encode(), data / "lockgate.yaml", ENVIRON)
    assert loaded.problems == ()
    return loaded


@pytest.mark.parametrize("number", ["0.1", '"0.1"', "0.10", "1.0e-1", '"0.100000000000"'])
def test_a_price_is_taken_as_it_is_written(tmp_path: Path, number: str) -> None:
    prices = find(configured(tmp_path, f"{{gpt-99: {{input: {number}, output: 3}}}}"), patient=True)

    price = prices.quotes["openai", "gpt-99"].at(0)
    assert isinstance(price, Price)
    assert usd(cost(price, Usage(3_000_000, 1_000_000))) == "3.3"


def test_the_closest_name_counts(tmp_path: Path) -> None:
    names = '{"openai/*": {input: 1, output: 1}, gpt-99: {input: 2, output: 2}, "openai/gpt-99": {input: 3, output: 3}, "llama/*": {input: 0, output: 0}}'
    prices = find(configured(tmp_path, names), patient=True)

    costs = {}
    for target, quotes in prices.quotes.items():
        price = quotes.at(0)
        assert isinstance(price, Price)
        costs[target] = usd(cost(price, Usage(1_000_000)))
    assert costs == {("openai", "gpt-5-mini"): "1", ("openai", "gpt-99"): "3", ("llama", "llama3.2:1b"): "0"}


def test_long_requests_and_kinds_have_their_own_prices(tmp_path: Path) -> None:
    own = '{gpt-99: {input: 1, cached: "0.1", output: 2, input_audio: 5, request: 7, search: 10, long: {above: 1000, input: 2, output: 4}}}'
    prices = find(configured(tmp_path, own), patient=True)

    price = prices.quotes["openai", "gpt-99"].at(0)
    assert isinstance(price, Price)
    each = [
        Usage(1000, 0, cached=500),
        Usage(1001, 0, cached=1001),
        Usage(10, 0, input_audio=10),
        Usage(1001, 0, input_audio=1),
        Usage(searches=1),
    ]
    # 500 at 1 and 500 at 0.1; 1001 at 2, for long requests have no price for what is cached; 10 at 5; all at 2; one search
    assert [usd(cost(price, usage)) for usage in each] == [
        str(Decimal("0.007") + Decimal(rest)) for rest in ("0.00055", "0.002002", "0.00005", "0.002002", "0.01")
    ]


def test_a_model_that_nobody_lists_has_a_reason(tmp_path: Path) -> None:
    prices = find(configured(tmp_path), patient=True)

    listed, unknown = (prices.quotes["openai", name].at(0) for name in ("gpt-5-mini", "gpt-99"))
    assert isinstance(listed, Price)
    assert unknown == Unpriced("the price list does not know the model gpt-99 of openai")
    assert ("llama", "llama3.2:1b") not in prices.quotes


def test_a_price_that_no_target_has_is_a_mistake() -> None:
    text = "version: 1\nproviders: {d: {kind: demo}}\nmodels: {m: {targets: [{provider: d, model: up}]}}\nprices: {m: {input: 1, output: 1}, d/m: {input: 1, output: 1}, d/up: {input: 1, output: 1}}\n"

    assert [(line, path) for line, path, *_ in said(text)] == [(4, "prices.d/m"), (4, "prices.m")]


@pytest.mark.parametrize("price", ["-1", "nan", '"-1"', '"1e3"', '"1.1234567890123"', '""', "true", "[1]"])
def test_a_price_that_is_none_is_a_mistake(price: str) -> None:
    text = f"version: 1\nproviders: {{d: {{kind: demo}}}}\nmodels: {{m: {{targets: [{{provider: d}}]}}}}\nprices: {{m: {{input: {price}, output: 1}}}}\n"

    assert len(read(text).problems) == 1


def test_S02_prices_stay_when_the_list_breaks_and_are_reported(tmp_path: Path) -> None:
    before = find(configured(tmp_path), patient=True)
    place(tmp_path / FOLDER).write_bytes(b"{ broken")

    after = find(configured(tmp_path, "{gpt-99: {input: 1, output: 1}}"), before)

    assert "cannot be read" in after.problem
    assert after.quotes["openai", "gpt-5-mini"] == before.quotes["openai", "gpt-5-mini"]
    assert after.quotes["openai", "gpt-99"].eras
    prepare(tmp_path)
    assert find(configured(tmp_path), after).problem == ""


def test_S02_without_a_list_and_without_anything_before_nothing_has_a_price(tmp_path: Path) -> None:
    prices = find(configured(tmp_path))

    price = prices.quotes["openai", "gpt-5-mini"].at(0)
    assert isinstance(price, Unpriced)
    assert "cannot be read" in price.reason
    assert msgspec.json.encode(price)
