"""The list against the package's own arithmetic, every model of it; and what happens when it is broken."""

import importlib
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from lockgate.core.answer import Usage
from lockgate.core.money import ATTO_PER_USD
from lockgate.core.price import Unpriced, cost
from lockgate.core.price_list import PriceListError, Quotes
from lockgate.prices.genai import plugin
from lockgate.prices.genai.listing import FORM, Maker, maker, place, read
from lockgate.prices.genai.matching import dashed

USAGE = Usage(10_000, 500, cached=2_000, written=1_000, written_hour=400)
LONG = Usage(300_000, 500, cached=2_000, written=1_000, written_hour=400)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("prices")
    plugin.prepare(made)
    return made


@pytest.fixture(scope="module")
def package() -> Any:
    return importlib.import_module("genai_prices")


@pytest.fixture(scope="module")
def theirs(package: Any) -> list[Any]:
    return list(importlib.import_module("genai_prices.data").providers)


def entries(folder: Path, theirs: list[Any]) -> Iterator[tuple[Any, Any, Quotes]]:
    listing = read(folder)
    for provider in theirs:
        ours = maker(listing, provider.id)
        assert isinstance(ours, Maker)
        for model, listed in zip(provider.models, ours.models, strict=True):
            assert listed.id == model.id
            yield provider, model, listed.quotes


def test_S02_every_model_of_the_list_has_a_price_or_a_reason(folder: Path, theirs: list[Any]) -> None:
    now = time.time()
    kinds = [type(quotes.at(now)) for _, _, quotes in entries(folder, theirs)]

    unpriced = [quotes.at(now) for _, _, quotes in entries(folder, theirs) if not quotes.eras]
    assert len(kinds) > 2000
    assert kinds.count(Unpriced) == len(unpriced) < len(kinds) / 5
    assert all(isinstance(each, Unpriced) and len(each.reason) > 20 for each in unpriced)


@pytest.mark.parametrize("usage", [USAGE, LONG], ids=["short", "long"])
@pytest.mark.parametrize("hours", [0, 9, 24 * 400])
def test_a_cost_is_what_the_package_itself_says(
    folder: Path, theirs: list[Any], package: Any, usage: Usage, hours: int
) -> None:
    moment = time.time() + hours * 3600
    compared = 0
    for provider, model, quotes in entries(folder, theirs):
        price = quotes.at(moment)
        if isinstance(price, Unpriced) or price.request:
            continue
        at = datetime.fromtimestamp(moment, UTC)
        expected = model.calc_price(
            _theirs(package, usage, model, at), provider, genai_request_timestamp=at
        ).total_price

        # their floats carry noise behind the twelfth decimal of a price per million
        assert abs(Decimal(cost(price, usage)) / ATTO_PER_USD - expected) < Decimal("1e-12"), (provider.id, model.id)
        compared += 1
    assert compared > 1900


def _theirs(package: Any, usage: Usage, model: Any, at: datetime) -> Any:
    """The same counts, in kinds that the package has a price for: it refuses an hour's tokens beside unpriced others."""
    counts = {"input_tokens": usage.input, "output_tokens": usage.output, "cache_read_tokens": usage.cached}
    counts["cache_write_tokens"] = usage.written
    if model.get_prices(at).cache_write_1h_mtok is not None:
        counts["cache_write_1h_tokens"] = usage.written_hour
    if model.get_prices(at).output_mtok is None:
        counts["output_tokens"] = 0
        counts["input_tokens"] += usage.output  # what ours takes for an output that should not be there
    return package.Usage(**counts)


def test_names_are_found_as_the_package_finds_them(folder: Path) -> None:
    snapshot = importlib.import_module("genai_prices.data_snapshot").get_snapshot()
    names = [
        "gpt-4o",
        "GPT-4o-2024-08-06",
        "gpt-5.2-20251211",
        "claude-sonnet-4-5-20250929",
        "gemini-2.5-flash",
        "nonsense",
    ]
    wanted = [(provider, name) for provider in ("openai", "anthropic", "google", "azure") for name in names]

    found = plugin.look_up(folder, wanted)

    for provider, name in wanted:
        try:
            expected = snapshot.find_provider_model(name, None, provider, None)[1].id
        except LookupError:
            expected = None
        assert bool(found[provider, name].eras) == (expected is not None), (provider, name)


def test_what_is_not_known_says_so(folder: Path) -> None:
    found = plugin.look_up(folder, [("openai", "gpt-99"), ("nobody", "gpt-5")])

    assert [each.reason for each in found.values()] == [
        "the price list does not know the model gpt-99 of openai",
        "the price list does not know the provider nobody",
    ]


@pytest.mark.parametrize("damage", [b"", b"{", b'{"form": 1, "version": "0", "providers": {}}', b"\xff" * 10])
def test_S02_a_broken_file_is_an_error_and_is_made_anew_when_there_is_time(tmp_path: Path, damage: bytes) -> None:
    plugin.prepare(tmp_path)
    place(tmp_path).write_bytes(damage)

    with pytest.raises(PriceListError):
        plugin.look_up(tmp_path, [("openai", "gpt-5")])
    plugin.prepare(tmp_path)

    assert plugin.look_up(tmp_path, [("openai", "gpt-5")])["openai", "gpt-5"].eras


def test_S02_a_provider_or_clause_that_is_not_understood_is_an_error(folder: Path, tmp_path: Path) -> None:
    whole = place(folder).read_bytes()
    place(tmp_path).write_bytes(whole.replace(b'["equals","gpt-5"]', b'["sounds_like","gpt-5"]'))

    with pytest.raises(PriceListError, match="not understood"):
        plugin.look_up(tmp_path, [("openai", "gpt-5")])
    place(tmp_path).write_bytes(whole.replace(b'"quotes"', b'"quots"').replace(b'"eras"', b'"eras":1,"x"'))
    with pytest.raises(PriceListError):
        plugin.look_up(tmp_path, [("openai", "gpt-5")])


def test_a_date_may_be_written_without_dashes() -> None:
    names = ("gpt-5.2-20251211", "gpt-20251399", "a-20250230", "a-20250228:free")

    assert [dashed(name) for name in names] == ["gpt-5.2-2025-12-11", "gpt-20251399", "a-20250230", "a-2025-02-28:free"]


def test_a_file_of_another_form_is_not_read(folder: Path, tmp_path: Path) -> None:
    whole = place(folder).read_bytes()
    place(tmp_path).write_bytes(whole.replace(f'{{"form":{FORM}'.encode(), f'{{"form":{FORM + 1}'.encode(), 1))

    with pytest.raises(PriceListError, match="another version"):
        plugin.look_up(tmp_path, [])
