"""For which requests a target is there: what they hold, who asks, the hour, and what it costs then."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from lockgate.core.level import Window

Condition = Callable[[Mapping[str, object]], bool]
"""Facts of a request and its caller in, whether it may pass out. What it raises is a no."""
Values = Mapping[str, frozenset[str]]
"""Names, and what their values may be; `*` is any value at all."""


@dataclass(frozen=True, slots=True)
class When:
    """All that is said has to hold. None, nothing or 0: nothing is said.

    `vision` and `tools`: for requests with pictures and tools, or for those without. `max_input` is in tokens, as far as
    bytes tell. Prices are attodollars for a token, without an upper step.
    """

    vision: bool | None = None
    tools: bool | None = None
    max_input: int = 0
    headers: Mapping[bytes, frozenset[str]] | None = None
    claims: Values | None = None
    metadata: Values | None = None
    windows: tuple[Window, ...] = ()
    max_input_price: int | None = None
    max_output_price: int | None = None
    condition: Condition | None = None
