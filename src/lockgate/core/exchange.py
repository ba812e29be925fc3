"""What a request has become by the time it is routed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from msgspec import Struct

from lockgate.core.body import Headed
from lockgate.core.dialect import Ask, Dialect, Operation
from lockgate.core.guard import NO_RULES, Rules
from lockgate.core.header_policy import HeaderPolicy, Source
from lockgate.core.http import Headers, Origin, Timeouts
from lockgate.core.level import Level
from lockgate.core.price_list import UNKNOWN, Quotes
from lockgate.core.provider import Provider
from lockgate.core.restoring import Restorer
from lockgate.core.secret import Secret
from lockgate.core.versions import Versions

_PATIENCE = Timeouts()
Condition = Callable[[Mapping[str, object]], bool]
"""Facts of a request and its caller in, whether it may pass out. What it raises is a no."""


class Call(Struct, frozen=True):
    """What is asked, in which dialect, with the client's headers that may matter upstream."""

    dialect: Dialect
    operation: Operation
    ask: Ask
    body: Headed
    headers: Headers
    tools: tuple[Level, ...] = ()
    """What the tool calls of the answer are held against; nothing when all may be called."""
    restorer: Restorer | None = None
    """Gives the client its own values back; None when no token went to the model."""

    def __repr__(self) -> str:
        return f"Call({self.dialect.name} {self.operation})"


@dataclass(frozen=True, slots=True)
class Upstream:
    """A configured place to send calls to. `model` is the name there; empty means the one that the client used.

    `region` is where the operator says it is; empty is nowhere, and on no list of regions.
    """

    name: str
    provider: Provider
    origin: Origin
    base_path: str
    credential: Secret | None
    model: str = ""
    timeouts: Timeouts = _PATIENCE
    region: str = ""
    add: Mapping[bytes, Source] | None = None
    """Headers for this upstream alone."""
    quotes: Quotes = UNKNOWN
    """What its tokens cost."""
    versions: Versions | None = None
    """Of its credential, where there are two."""


@dataclass(frozen=True, slots=True)
class Route:
    """What a model name means here: the upstreams to try, in order, the rules on the way, and its size."""

    model: str
    upstreams: tuple[Upstream, ...]
    request_rules: Rules = NO_RULES
    response_rules: Rules = NO_RULES
    max_input: int = 0
    """The tokens that the model takes, 0 where nobody said."""
    max_output: int = 0
    """The tokens that an answer may have, 0 where nobody said."""
    headers: HeaderPolicy | None = None
    condition: Condition | None = None
    """Asked about each request to the model."""
