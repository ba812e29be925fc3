"""What tokens cost: the price of a model, the cost of a usage, and the most that a request can cost. Exact, in attodollars."""

from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter

from msgspec import Struct
from msgspec.structs import replace

from lockgate.core.answer import Usage

Rate = tuple[tuple[int, int], ...]
"""Attodollars per token, in steps: `(0, price)`, then for each step `(above so many input tokens, price of them all)`."""


class Price(Struct, frozen=True, omit_defaults=True):
    """What a model's tokens cost, each kind of them; `request` and `search` are for one.

    A kind without a price of its own costs what the kind that it is part of costs: see `filled`.
    `tiers` are the prices of other service tiers than the standard one, by the provider's word for them.
    """

    input: Rate
    output: Rate
    cached: Rate = ()
    written: Rate = ()
    written_hour: Rate = ()
    reasoning: Rate = ()
    input_audio: Rate = ()
    output_audio: Rate = ()
    cached_audio: Rate = ()
    input_image: Rate = ()
    output_image: Rate = ()
    cached_image: Rate = ()
    input_video: Rate = ()
    output_video: Rate = ()
    request: int = 0
    search: int = 0
    dearest: tuple[Rate, Rate] = ((), ())
    """Of any input token and any output token, of any request with so many input tokens at most."""
    tiers: dict[str, "Price"] = {}


class Unpriced(Struct, frozen=True, gc=False):
    """There is no price, and why. It is never the same as a price of nothing."""

    reason: str


_PART_OF: Mapping[str, str] = {
    "cached": "input",
    "written": "input",
    "written_hour": "written",
    "reasoning": "output",
    "input_audio": "input",
    "output_audio": "output",
    "cached_audio": "input_audio",
    "input_image": "input",
    "output_image": "output",
    "cached_image": "cached",
    "input_video": "input",
    "output_video": "output",
}
_INPUT_MEDIA = ("input_audio", "cached_audio", "input_image", "cached_image", "input_video")
_INPUT = ("input", "cached", "written", "written_hour", *_INPUT_MEDIA)
_OUTPUT = ("output", "reasoning", "output_audio", "output_image", "output_video")
_input_rates: Callable[[Price], tuple[Rate, ...]] = attrgetter(*_INPUT)
_output_rates: Callable[[Price], tuple[Rate, ...]] = attrgetter(*_OUTPUT)


def filled(rates: Mapping[str, Rate], request: int = 0, search: int = 0) -> Price:
    """A price with a rate for every kind of token; `rates` has `input` and `output` at least."""
    full = dict(rates)
    for kind, whole in _PART_OF.items():
        full.setdefault(kind, full[whole])
    price = Price(full.pop("input"), full.pop("output"), request=request, search=search)
    price = replace(price, **full)
    return replace(price, dearest=(_envelope(_input_rates(price)), _envelope(_output_rates(price))))


def cost(price: Price, usage: Usage) -> int:
    """What this usage costs, in attodollars. Counts that contradict each other are cut to what their total allows."""
    given, taken = price.input, price.output
    if len(given) == 1 == len(taken) and _is_bare(usage):
        return price.request + usage.input * given[0][1] + usage.output * taken[0][1]
    if usage.tier and price.tiers:
        price = price.tiers.get(usage.tier, price)
    spent = price.request + usage.searches * price.search
    return spent + (_by_kind(price, usage) if _has_media(usage) else _of_text(price, usage))


def _is_bare(usage: Usage) -> bool:
    """Nothing but text was counted, none of it of a kind of its own: nearly every answer. Then two products are all there is."""
    return not (usage.cached or usage.written or usage.reasoning or usage.searches or usage.tier or _has_media(usage))


def _of_text(price: Price, usage: Usage) -> int:
    """The same as `_by_kind` for the usual case, in a fifth of the time: nothing but text."""
    total = usage.input
    cached = min(usage.cached, total)
    written = min(usage.written, total - cached)
    hour = min(usage.written_hour, written)
    reasoning = min(usage.reasoning, usage.output)
    spent = (total - cached - written) * _at(price.input, total) + (usage.output - reasoning) * _at(price.output, total)
    if cached:
        spent += cached * _at(price.cached, total)
    if written:
        spent += (written - hour) * _at(price.written, total) + hour * _at(price.written_hour, total)
    if reasoning:
        spent += reasoning * _at(price.reasoning, total)
    return spent


def _has_media(usage: Usage) -> bool:
    return bool(
        usage.input_audio
        or usage.output_audio
        or usage.input_image
        or usage.output_image
        or usage.input_video
        or usage.output_video
    )


def _by_kind(price: Price, usage: Usage) -> int:
    total, spent = usage.input, 0
    for count, rate in zip(_input_counts(usage), _input_rates(price), strict=True):
        if count:
            spent += count * _at(rate, total)
    for count, rate in zip(_output_counts(usage), _output_rates(price), strict=True):
        if count:
            spent += count * _at(rate, total)
    return spent


def worst_case(price: Price, input_tokens: int, output_tokens: int, tier: str = "", searches: int = 0) -> int:
    """The most that a request of so many tokens at most can cost, in attodollars: each token as the dearest kind.

    `tier` is what the request asks for, and the standard one may be used all the same; a word that the price does not
    know may turn out as any of them, so the dearest one is taken.
    """
    given, taken = price.dearest
    most = price.request + searches * price.search if searches else price.request
    most += input_tokens * (given[0][1] if len(given) == 1 else _at(given, input_tokens))
    most += output_tokens * (taken[0][1] if len(taken) == 1 else _at(taken, input_tokens))
    if tier and tier not in _STANDARD:
        return max(most, _in_tiers(price, input_tokens, output_tokens, tier, searches))
    return most


def _in_tiers(price: Price, input_tokens: int, output_tokens: int, tier: str, searches: int) -> int:
    known = price.tiers.get(tier)
    others = [known] if known else price.tiers.values()
    return max([worst_case(other, input_tokens, output_tokens, "", searches) for other in others], default=0)


_STANDARD = frozenset(("default", "standard", "standard_only", "batch"))


def _input_counts(usage: Usage) -> tuple[int, ...]:
    """Every input token once, in the order of `_INPUT`.

    Where it is not said how much of the sound was cached, as little of it as can be: fresh sound is the dearer.
    """
    left = usage.input
    cached = min(usage.cached, left)
    written = min(usage.written, left - cached)
    hour = min(usage.written_hour, written)
    audio = min(usage.input_audio, left - written)
    image = min(usage.input_image, left - written - audio)
    video = min(usage.input_video, left - written - audio - image)
    fresh = left - cached - written
    least = max(0, audio + image + video - fresh)  # so much sound and pictures must have been cached
    cached_audio = min(usage.cached_audio, cached, audio)
    cached_image = min(usage.cached_image, cached - cached_audio, image)
    more = max(0, least - cached_audio - cached_image)
    cached_image += (extra := min(more, image - cached_image))
    cached_audio += (also := min(more - extra, audio - cached_audio))
    cached_video = more - extra - also
    return (
        fresh - (audio - cached_audio) - (image - cached_image) - (video - cached_video),
        cached - cached_audio - cached_image,
        written - hour,
        hour,
        audio - cached_audio,
        cached_audio,
        image - cached_image,
        cached_image,
        video - cached_video,
    )


def _output_counts(usage: Usage) -> tuple[int, ...]:
    """Every output token once, in the order of `_OUTPUT`."""
    left = usage.output
    audio = min(usage.output_audio, left)
    image = min(usage.output_image, left - audio)
    video = min(usage.output_video, left - audio - image)
    reasoning = min(usage.reasoning, left - audio - image - video)
    return left - audio - image - video - reasoning, reasoning, audio, image, video


def _at(rate: Rate, input_tokens: int) -> int:
    """The price of one token in a request of so many input tokens."""
    found = rate[0][1]
    for above, price in rate[1:]:
        if input_tokens > above:
            found = price
    return found


def _envelope(rates: Sequence[Rate]) -> Rate:
    """The most that a token costs at any of these rates, in any request up to so many input tokens.

    A later step may be the cheaper one: a request may stay below it.
    """
    steps: list[tuple[int, int]] = []
    for above, price in sorted(step for rate in rates for step in rate):
        if not steps:
            steps.append((above, price))
        elif price > steps[-1][1]:
            if above == steps[-1][0]:
                steps.pop()
            steps.append((above, price))
    return tuple(steps)
