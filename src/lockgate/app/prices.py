"""What every target of a configuration costs: the operator's own prices first, then the installed lists."""

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from lockgate.app.load import Loaded
from lockgate.app.settings import Config
from lockgate.core.price_list import PriceList, PriceListError, Quotes, Wanted, always
from lockgate.core.provider import Provider
from lockgate.core.registry import tables

log = logging.getLogger("lockgate.prices")

FOLDER = "prices"

Target = tuple[str, str]
"""A provider of the file, and the model's name there."""


@dataclass(frozen=True, slots=True)
class Prices:
    """Quotes for each target. `problem` says why the list could not be read; what was known before is kept then."""

    quotes: Mapping[Target, Quotes] = field(default_factory=dict)
    problem: str = ""


def prepare(data: Path) -> None:
    """Makes lists that were not made yet, for those who must not wait for it. Never raises."""
    try:
        for price_list in tables("lockgate.prices", PriceList).values():
            price_list.prepare(data / FOLDER)
    except PriceListError as error:
        log.error("prices cannot be had: %s", error)  # noqa: TRY400  the text says it all


def find(loaded: Loaded, before: Prices | None = None, *, patient: bool = False) -> Prices:
    """Never raises, and never asks the network. `patient`: there is time to make a list that was not made yet."""
    config = loaded.valid
    quotes = dict(_own(config))
    wanted = {target: listed for target, listed in _listed(config) if target not in quotes}
    if not wanted:
        return Prices(quotes)
    try:
        found = _look_up(loaded.data / FOLDER, set(wanted.values()), patient=patient)
    except PriceListError as error:
        log.error("prices stay as they were: %s", error)  # noqa: TRY400  the text says it all
        old = before.quotes if before else {}
        lost = Quotes(reason=f"the price list cannot be read: {error}")
        return Prices({**{target: old.get(target, lost) for target in wanted}, **quotes}, str(error))
    return Prices({**{target: found[listed] for target, listed in wanted.items()}, **quotes})


def targets(config: Config) -> Iterator[Target]:
    for name, model in config.models.items():
        for target in model.targets:
            yield target.provider, target.model or name


def _own(config: Config) -> Iterator[tuple[Target, Quotes]]:
    for provider, model in targets(config):
        for name in (f"{provider}/{model}", model, f"{provider}/*"):
            if (settings := config.prices.get(name)) is not None:
                yield (provider, model), always(settings.build())
                break


def _listed(config: Config) -> Iterator[tuple[Target, Wanted]]:
    """Targets whose provider stands in a list, and what it is called there."""
    providers = tables("lockgate.providers", Provider)
    for provider, model in targets(config):
        if name := providers[config.providers[provider].kind].price_list:
            yield (provider, model), (name, model)


def _look_up(folder: Path, wanted: set[Wanted], *, patient: bool) -> Mapping[Wanted, Quotes]:
    """The first list that has a price; otherwise what the last one says."""
    found: dict[Wanted, Quotes] = {}
    for price_list in tables("lockgate.prices", PriceList).values():
        if patient:
            price_list.prepare(folder)
        missing = {each for each in wanted if each not in found or not found[each].eras}
        found.update(price_list.look_up(folder, missing))
    return found
