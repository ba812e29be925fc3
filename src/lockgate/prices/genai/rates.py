"""One price of the list as ours; what cannot be said in tokens has a reason instead."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from msgspec.structs import replace

from lockgate.core.money import ATTO_PER_USD, atto
from lockgate.core.price import Price, Rate, filled

_TOKENS = {
    "input_mtok": "input",
    "output_mtok": "output",
    "cache_read_mtok": "cached",
    "cache_write_mtok": "written",
    "cache_write_1h_mtok": "written_hour",
    "output_reasoning_mtok": "reasoning",
    "input_audio_mtok": "input_audio",
    "output_audio_mtok": "output_audio",
    "cache_audio_read_mtok": "cached_audio",
    "input_image_mtok": "input_image",
    "output_image_mtok": "output_image",
    "cache_image_read_mtok": "cached_image",
    "input_video_mtok": "input_video",
    "output_video_mtok": "output_video",
}
_COUNTS = {"requests_kcount": "request", "web_searches_kcount": "search"}
_NOT_IN_A_CHAT = frozenset(("storage_searches_kcount",))
"""Of other endpoints than those that Lockgate serves."""


class NotPriced(Exception):
    """There is no price in tokens. The text says why."""


def price(given: Mapping[str, Any], tiers: Mapping[str, Mapping[str, Any]]) -> Price:
    """The standard price, with those of other tiers in it."""
    return replace(_one(given), tiers={word: _one(changed) for word, changed in tiers.items()})


def _one(given: Mapping[str, Any]) -> Price:
    if "input_mtok" not in given:
        by = ", ".join(sorted(given)) or "nothing"
        raise NotPriced(f"it is not priced by input tokens but by {by}")
    if strange := given.keys() - _TOKENS.keys() - _COUNTS.keys() - _NOT_IN_A_CHAT:
        raise NotPriced(f"it is priced by {', '.join(sorted(strange))} too, which is not counted here")
    rates = {ours: _rate(given[theirs]) for theirs, ours in _TOKENS.items() if theirs in given}
    rates.setdefault(
        "output", rates["input"]
    )  # an embedding has none; if there is some after all, it is not for nothing
    counts = {ours: _count(given[theirs]) for theirs, ours in _COUNTS.items() if theirs in given}
    return filled(rates, **counts)


def _rate(value: Any) -> Rate:
    steps = value if isinstance(value, list) else [(0, value)]
    return tuple((int(above), atto(_sane(usd))) for above, usd in steps)


def _count(value: Any) -> int:
    """A price for a thousand as attodollars for one, rounded up."""
    if isinstance(value, list):
        raise NotPriced("requests or searches are priced in steps, which is not counted here")
    return -int(-_sane(value) * ATTO_PER_USD // 1000)


def _sane(value: Any) -> Decimal:
    if not (isinstance(value, Decimal) and value.is_finite() and value >= 0):
        raise NotPriced(f"a price of {value!r}")
    return value
