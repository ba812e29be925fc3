"""What a wire format of the demo has to be: a table of pure functions from a request to bytes."""

from collections.abc import Callable
from dataclasses import dataclass

from lockgate.core.body import Tree
from lockgate.providers.demo.script import Plan
from lockgate.providers.demo.wanted import Wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One answer's circumstances. `number` makes its ids; `created` is in seconds since 1970.

    `usage`: the client wants counts in the stream. `array`: the stream is one JSON array, not events.
    """

    number: int
    model: str = ""
    created: int = 0
    stream: bool = False
    usage: bool = False
    array: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """A wire format. `stream` gives the pieces of an answer, one word or event each, as they are written.

    `read` raises `Problem` for what the real service would refuse. `broken` is the error event within a stream.
    `failure` is the body of an error status. `lead` is how many pieces come before the first word.
    """

    read: Callable[[Tree, Turn], Wanted]
    whole: Callable[[Plan, Turn], bytes]
    stream: Callable[[Plan, Turn], list[bytes]]
    stream_type: Callable[[Turn], bytes]
    failure: Callable[[int, str, Turn], bytes]
    broken: Callable[[Turn], bytes]
    request_id: bytes
    """The header that this service gives its answers an id with."""
