"""Finds models in the list."""

from collections.abc import Callable, Iterable, Mapping
from functools import cache, partial
from pathlib import Path

from lockgate.core.price_list import PriceListError, Quotes, Wanted
from lockgate.prices.genai.listing import Listed, Maker, maker, read
from lockgate.prices.genai.matching import dashed, means


def look_up(folder: Path, wanted: Iterable[Wanted]) -> Mapping[Wanted, Quotes]:
    """A quote for each; for what the list does not know, one without prices that says so."""
    known = cache(partial(maker, read(folder)))
    return {each: _quotes(known, *each) for each in wanted}


def _quotes(known: Callable[[str], Maker | None], provider: str, model: str) -> Quotes:
    own = known(provider)
    if own is None:
        return Quotes(reason=f"the price list does not know the provider {provider}")
    makers = [own, *(other for name in own.others if (other := known(name)))]
    name = model.lower()
    for spelled in dict.fromkeys((name, dashed(name))):
        for each in makers:
            if found := _found(each, spelled):
                return found.quotes
    return Quotes(reason=f"the price list does not know the model {model} of {provider}")


def _found(there: Maker, name: str) -> Listed | None:
    return next((listed for listed in there.models if _matches(listed, name)), None)


def _matches(listed: Listed, name: str) -> bool:
    try:
        return means(listed.match, name)
    except (KeyError, TypeError, ValueError) as error:
        raise PriceListError(f"the price list has a clause that is not understood at {listed.id}") from error
