"""What a wire format has to be: a table of pure functions, and small state machines for its streams."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Literal, Protocol

from msgspec import Struct

from lockgate.core.allowed import Allowed
from lockgate.core.answer import Answer, Usage
from lockgate.core.body import Body, Headed, Path, Tree
from lockgate.core.called import Called
from lockgate.core.chat import Chat
from lockgate.core.events import Event
from lockgate.core.holding import Holds
from lockgate.core.naming import Naming
from lockgate.core.passing import Passing
from lockgate.core.permission import Permission
from lockgate.core.problem import Problem
from lockgate.core.sample import Sample
from lockgate.core.vectors import Vectors
from lockgate.core.wanted import Wanted

Operation = Literal["chat", "embeddings", "count_tokens", "list_models", "get_model", "version"]
WORK = frozenset[str](("chat", "embeddings"))
"""Operations that a model works for: they cost, and count for every limit."""
Place = Literal[
    "system", "user", "document", "assistant", "tool_arguments", "tool_result", "tool", "thinking", "opaque"
]
"""`document`: what a user attached as a file or a document of its own, and did not say."""


class Ask(Struct, frozen=True):
    """What a request wants, before its content is looked at, and what only the gateway knows of it.
    `usage`: the client wants token counts in the stream. `array`: the stream is one JSON array, not events. `called`: tools
    that the client calls otherwise than upstreams do, by the name that those know.
    `request_id` and `created` (seconds since 1970) are the seed for ids and dates that the other side does not give.
    """

    model: str
    stream: bool = False
    usage: bool = False
    array: bool = False
    request_id: str = ""
    created: int = 0
    called: dict[str, Called] = {}

    @property
    def seed(self) -> str:
        """What ids of calls are made of: they come back with the next request, and OpenAI takes none beyond 40 characters."""
        id_ = self.request_id
        return id_ if len(id_) <= 24 else blake2b(id_.encode(), digest_size=12).hexdigest()


class Target(Struct, frozen=True):
    """Where a request was sent: the groups of the endpoint's pattern, percent-decoded, and the query."""

    names: dict[str, str] = {}
    query: str = ""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A method and path that a dialect answers: an exact path, or a pattern over the raw path. `header`: only for clients that
    send it; such endpoints are asked before the others. Without a `permission` the gateway does not start (S15).
    """

    method: str
    path: str | re.Pattern[str]
    operation: Operation
    header: bytes = b""
    permission: Permission | None = None


class Slot(Struct, frozen=True, gc=False):
    """A piece of text in a document, where it is, and whose it is."""

    path: Path
    place: Place
    text: str


class Offered(Struct, frozen=True, gc=False):
    """A tool that a request offers to the model. `name` is empty for what should be one and has none.
    `run`: the provider runs it by itself, and it may send or fetch; or nobody can tell.
    """

    path: Path
    name: str
    run: bool = False


class Encoded(Struct, frozen=True):
    """A translation, and what could not be said in the other dialect. Losses are data, never silent."""

    wire: bytes
    lost: tuple[str, ...] = ()


class ModelCard(Struct, frozen=True):
    """A model as a list of models shows it. `created` is in seconds since 1970."""

    id: str
    owner: str = "lockgate"
    created: int = 0


class Framing(Protocol):
    """Cuts a byte stream into frames with their ends, so that joined they are the stream again, byte for byte.

    However the bytes were cut on the way, the frames are the same. Raises `ValueError` for a frame beyond its limit.
    """

    def feed(self, data: bytes) -> Sequence[bytes]: ...
    def end(self) -> Sequence[bytes]:
        """What is left without an end, as one frame."""
        ...


class Decoder(Protocol):
    """Frames to events. One per answer. Raises `Problem` for an upstream's error event, or nonsense."""

    def feed(self, frame: bytes) -> Sequence[Event]: ...
    def end(self) -> Sequence[Event]:
        """The upstream closed. Gives what is due when the answer was whole; raises `Problem` when it was cut short."""
        ...


class Encoder(Protocol):
    """Events to wire bytes. One per answer. `lost` grows with what could not be said."""

    lost: list[str]

    def feed(self, event: Event) -> bytes: ...
    def fail(self, problem: Problem) -> bytes:
        """The dialect's error event. Never followed by a clean end."""
        ...


class Watch(Protocol):
    """Looks at frames that pass verbatim, as cheaply as it can, and never raises for what it does not know."""

    usage: Usage | None
    ended: bool
    """The dialect's own end was seen: an upstream that closes before it has cut the answer short."""
    over: bool
    """The frame was seen behind which the dialect has none. False for ever where only the connection says the end."""
    failed: Problem | None
    """An error event was seen."""

    def feed(self, frame: bytes) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """A wire format. Its folder has a file for each group of rows."""

    name: str
    vectors: Vectors | None = None
    """Only of dialects whose answers are vectors. They have no chats: see `no_chat`, and are translated into none."""
    endpoints: tuple[Endpoint, ...]
    prefix: str
    """Paths under it that no endpoint answers are refused in this dialect."""
    ask: Callable[[Target, Headed], Ask]
    rename: Callable[[Body, str], Body]
    texts: Callable[[Tree], Iterator[Slot]]
    """Every text of a request or an answer; what the dialect does not know is `opaque`, never skipped."""
    roles: Mapping[str, Place] = field(default_factory=dict, hash=False)
    """In a list `messages`, whose texts are, by their `role`."""
    passing: Passing
    samples: Callable[[str], Iterator[Sample]] = field(default=lambda word: iter(()))
    """With this word in each text that tools have in this dialect which its provider runs by itself."""
    tools: Callable[[Tree], Iterator[Offered]] | None = None
    """The tools that a request offers. Without it, whose policy is about tools may offer none in this dialect."""
    results: Callable[[Tree], Iterator[str]] = field(default=lambda tree: iter(()))
    """Of the tools that a provider ran by itself, those whose results a request's history holds."""
    tells_runs: bool = False
    """An answer tells of every tool that the provider ran by itself, before anything that came of it."""
    status: Callable[[Problem], int]
    problem: Callable[[Problem, str], bytes]
    """The error body for a problem, with the request's id."""
    read_problem: Callable[[int, bytes], Problem]
    """An upstream's error status and body as a problem of kind UPSTREAM_ERROR with that status. Never raises."""

    decode_chat: Callable[[bytes, Ask], Chat]
    """Raises `Problem(INVALID, where=…)` for wrong types."""
    encode_chat: Callable[[Chat], Encoded]
    decode_answer: Callable[[bytes, Ask], Answer]
    """Raises `Problem(BAD_UPSTREAM)` for nonsense."""
    encode_answer: Callable[[Answer, Ask], Encoded]

    media_type: Callable[[Ask], bytes]
    framing: Callable[[Ask], Framing]
    decoder: Callable[[Ask], Decoder]
    encoder: Callable[[Ask], Encoder]
    watch: Callable[[], Watch]
    payload: Callable[[bytes, Ask], bytes]
    """The JSON in a frame, as it stands there; empty where there is none."""
    joined: Callable[[Tree], Iterator[Slot]]
    """Of a frame's JSON, the strings that a client may join with those of other frames; the dialect's own words are not."""
    repeats: bool = False
    """Frames say again what others said: who changes one text of a stream writes all that follows anew."""
    unary_usage: Callable[[bytes], Usage | None]
    """The counts in a whole answer, without decoding the rest of it. Never raises."""

    wanted: Callable[[Headed], Wanted] = field(default=lambda body: Wanted())
    """How much answer a request wants. Raises `Problem(INVALID)` for an amount that is none."""
    with_counts: Callable[[Body], Body] | None = None
    """The same streamed request, asking for token counts: for dialects whose streams count only when they are asked to."""
    only_counts: Callable[[bytes], bool] | None = None
    """Whether a frame is there for the counts alone: a client that did not ask need not see it."""
    elsewhere: tuple[bytes, ...] = (b'rl"', b'ri"', b'ile_id"', b'ileId"', b'ile_data"', b'ileData"')
    """Ends of names of what may mean more tokens than it has bytes: a picture or its address, a file, a tool that fetches or runs something."""
    unsealed: Callable[[Tree, str], tuple[Tree, tuple[str, ...]]] | None = None
    """A request for that model without thoughts that providers of other dialects sealed, as `seals` marks them; what was lost."""
    ping: Callable[[Ask], bytes] = field(default=lambda ask: b"")
    """What keeps a stream alive before its first frame and means nothing to its clients; empty where there is no such thing."""
    acting: tuple[str, ...] = ()
    """Keys of a request by which a provider does more than answer: keeps it for later, calls servers of its own."""
    holds: Holds | None = None
    """What its provider may hold for later, for dialects that have such things; `naming`: what else it keeps under ids."""
    naming: Naming | None = None
    at_most: Callable[[Body, int], Body] | None = None
    """The same request with a limit on the tokens of an answer, in place of the client's own."""
    models: Callable[[Sequence[ModelCard]], bytes]
    model: Callable[[ModelCard], bytes]
    counted: Callable[[int], bytes] | None = None
    """The answer of `count_tokens`, for dialects that have it."""
    cites: bytes = b""
    """Where a request has this, its answers may say where in its documents something stands, in characters."""
    version: bytes = b""
    """What clients are told that ask which version of this dialect is spoken, for dialects that have it."""
    allowed: Allowed | None = None
    """How limits stand, in the headers that this dialect's clients know."""
    extra_headers: Callable[[str], tuple[tuple[bytes, bytes], ...]] = field(default=lambda request_id: ())
    """Headers that this dialect's clients look for in every response, from the request's id."""
