"""Every limit of the front door, in one frozen value."""

import resource
from collections.abc import Callable
from dataclasses import dataclass, field

from lockgate.core.problem import Problem

KIB = 1024
MIB = 1024 * KIB


_OWN = 48
"""Descriptors of the process itself: files, logs, the listener, the way to the desk."""
_MOST = 2048


def half_of_the_descriptors(soft: int) -> int:
    """Each connection of a client may need one more descriptor upstream, so clients get half of what is left for them."""
    return _MOST if soft == resource.RLIM_INFINITY else max(1, min(_MOST, (soft - _OWN) // 2))


def _connections() -> int:
    return half_of_the_descriptors(resource.getrlimit(resource.RLIMIT_NOFILE)[0])


@dataclass(frozen=True, slots=True)
class EdgeOptions:
    """What a client may take of memory, time and connections. Sizes are bytes, times are seconds.

    The defaults are those of the danger list (S42, S43, S47, S48): they hold against one hostile client and never
    bother an honest one.
    """

    max_request_line: int = 8 * KIB
    """The request line without its line end; a longer one is a 414."""
    max_head: int = 32 * KIB
    """Request line and header fields with all line ends; more is a 431 before the rest of it arrives."""
    max_fields: int = 100
    """Header fields of a request; more is a 431."""
    head_deadline: float = 10.0
    """From accept, or from the first byte of a later request, until the head is whole."""
    idle_deadline: float = 75.0
    """How long a connection is kept between two requests."""

    max_body: int = 10 * MIB
    """The largest body of a request; a larger one is a 413 before it is read."""
    max_bodies: int = 512 * MIB
    """All bodies that are held at the same moment; a request beyond it is a 503."""
    body_buffer: int = 64 * KIB
    """What is taken from the socket while nobody reads the body; then the client has to wait."""
    body_idle: float = 10.0
    """The longest silence while a body is being read."""
    body_grace: float = 10.0
    """How long a body may be slower than `body_rate`."""
    body_rate: int = 1 * KIB
    """The least bytes per second, on average, of a body that takes longer than `body_grace`."""

    send_deadline: float = 60.0
    """How long a client may leave its reply unread before the connection is cut."""
    write_buffer: int = 64 * KIB
    """What waits for a slow reader before the reply is held up; a body is written in slices of four times this."""
    max_pipelined: int = 64 * KIB
    """What a client may send ahead of the reply to its last request."""
    linger_bytes: int = 256 * KIB
    """What is read and thrown away after a refusal, so that the client can read the answer."""
    linger_deadline: float = 1.0
    """How long that is done."""

    max_connections: int = field(default_factory=_connections)
    """Connections in all. Beyond them a few are told so; then no more are accepted until some have ended."""
    per_address: int = 64
    """Connections of one IPv4 address or of one IPv6 /64 network."""
    per_loopback: int = 0
    """The same for this machine itself; 0 is `max_connections`."""

    allowed_hosts: frozenset[str] = frozenset()
    """Names that `Host` may have, in lower case and without the port; empty allows every well-formed one."""
    documents: bool = False
    """What is no request is refused with a problem document (RFC 9457), not with an error as clients of models read it."""
    tick: float = 0.25
    """How often deadlines are looked at: each may be late by this much."""
    noted: Callable[[Problem, str, str], None] | None = None
    """Told of each refusal that the application never sees: problem, request id, address. It must not block."""

    @property
    def slice(self) -> int:
        """The most that is written to a connection at once."""
        return 4 * self.write_buffer

    @property
    def spare(self) -> int:
        """Connections beyond the cap that are told why; the others are not accepted, and wait or go elsewhere."""
        return max(4, min(64, self.max_connections // 16))

    @property
    def loopback_cap(self) -> int:
        return self.per_loopback or self.max_connections
