"""What a request has become by the time it is routed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Protocol

from msgspec import Struct

from lockgate.core.body import Headed
from lockgate.core.cache import CachePolicy
from lockgate.core.dialect import Ask, Dialect, Operation
from lockgate.core.flow_rule import Flowing, FlowRule
from lockgate.core.guard import NO_RULES, Rules
from lockgate.core.header_policy import HeaderPolicy, Source
from lockgate.core.holder import Holder, Line
from lockgate.core.http import Headers, Origin, Timeouts
from lockgate.core.level import Level
from lockgate.core.naming import NOTHING, Named
from lockgate.core.price_list import UNKNOWN, Quotes
from lockgate.core.provider import Provider
from lockgate.core.remote_guard import NO_REMOTE_RULES, RemoteRules
from lockgate.core.restoring import Restorer
from lockgate.core.retry import ONCE, Hedge, Retry
from lockgate.core.secret import Secret
from lockgate.core.spotlight import Spotlight
from lockgate.core.versions import Versions
from lockgate.core.view import Moment, View
from lockgate.core.when import Condition, When

_PATIENCE = Timeouts()


class Call(Struct, frozen=True):
    """What is asked, in which dialect, with the client's headers that may matter upstream."""

    dialect: Dialect
    operation: Operation
    ask: Ask
    body: Headed
    headers: Headers
    flows: tuple[Flowing, ...] = ()
    """Rules about tools that hold for its answer, for what it holds."""
    tools: tuple[Level, ...] = ()
    """What the tool calls of the answer are held against; nothing when all may be called."""
    conversation: bytes = b""
    """The name of the one that its values are hidden in; empty where none are. Never the client's own word for it."""
    displaced: bool = False
    """Documents of the request are not what the client sent: it knows other places in them."""
    restorer: Restorer | None = None
    """Gives the client its own values back; None when no token went to the model."""
    held: Line | None = None
    """Its conversation may be held by the provider; None where nobody on its route does that."""
    named: Named = NOTHING
    """What it names of what a provider keeps, as far as that is known."""

    def __repr__(self) -> str:
        return f"Call({self.dialect.name} {self.operation})"

    def speaks(self, upstream: "Upstream") -> bool:
        """It goes there in its own dialect."""
        return upstream.provider.service(self.dialect).dialect is self.dialect


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
    max_bytes: int = 64 * 1024 * 1024
    """The largest answer that is taken from it."""
    max_stream: float = 0.0
    """How many seconds a stream may last, where that is not `timeouts.total`."""
    place: int = -1
    """Which row of the health table is its own; -1 where nobody keeps one."""
    weight: int = 1
    """Its share, for balancers that know shares."""
    group: int = 0
    """Upstreams of a later group are for when none of an earlier one is well."""
    seed: int = 0
    """30 bits that are its own, the same in every process and after every start."""
    metered: bool = False
    """Its answers are asked what is left of its own limits."""
    when: When | None = None
    """For which requests it is there."""
    holder: Holder | None = None
    """The account, and who may name what it holds. None: nobody may name anything."""


class Balancer(Protocol):
    """An order of the upstreams for one request: the first choice, and its fall-backs behind it.

    Pure: the same upstreams, request, view and moment make the same order. It never adds or drops an upstream.
    """

    def order(self, upstreams: Sequence[Upstream], call: Call, view: View, moment: Moment) -> Sequence[Upstream]: ...


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
    remote_request_rules: RemoteRules = NO_REMOTE_RULES
    remote_response_rules: RemoteRules = NO_REMOTE_RULES
    cache: CachePolicy | None = None
    """Which answers are kept, where any are."""
    balancer: Balancer | None = None
    """Without one: the order of the file."""
    conditional: bool = False
    """Some of its upstreams are not for all requests."""
    grouped: bool = False
    """Its upstreams are of several groups."""
    retry: Retry = ONCE
    deadline: float | None = None
    """Seconds for all attempts together; None: as long as they take."""
    hedge: Hedge | None = None
    collapse: bool = False
    """The same request of the same caller, while it runs, is not asked twice."""
    ping: float = 0.0
    """Seconds of silence before a stream begins after which the client hears from us; 0: never."""
    flows: tuple[FlowRule, ...] = ()
    spotlight: Spotlight | None = None
    """How results of tools are marked, where they are."""
    turns: Iterator[int] = field(default_factory=count, repr=False, compare=False)
    """How many plans were made of it, narrowed by policies or not."""
    selects: bool = field(init=False, repr=False, compare=False)
    """It asks something of a request before it is for it."""
    shapes: bool = field(init=False, repr=False, compare=False)
    """The body of a request is looked at, or changed, on its way."""
    reviews: bool = field(init=False, repr=False, compare=False)
    """Some rule is about its answers."""

    def __post_init__(self) -> None:
        """What no request has to ask again."""
        rules = self.request_rules or self.remote_request_rules or self.flows
        decided = {
            "selects": self.condition is not None or self.conditional,
            "shapes": bool(rules or self.spotlight is not None or self.max_output),
            "reviews": bool(self.response_rules or self.remote_response_rules),
        }
        for name, value in decided.items():
            object.__setattr__(self, name, value)
