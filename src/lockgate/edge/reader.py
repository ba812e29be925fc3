"""Reads the body of a request: all of it, but never more than the limits."""

from lockgate.core.problem import Kind, Problem
from lockgate.edge.intake import Arrived, Intake
from lockgate.edge.options import EdgeOptions
from lockgate.edge.refusal import overloaded


class Bodies:
    """How many bytes of bodies are held by all requests together."""

    __slots__ = ("held",)

    def __init__(self) -> None:
        self.held = 0


class Reader:
    """`read` is an Inbound's: called once, after the sender is known. `release` when the request is done."""

    __slots__ = ("_bodies", "_intake", "_options", "_size")

    def __init__(self, intake: Intake | Arrived, options: EdgeOptions, bodies: Bodies) -> None:
        self._intake = intake
        self._options = options
        self._bodies = bodies
        self._size = 0

    async def read(self) -> bytes:
        """The whole body. Raises a `Problem`: what `take` raises, TOO_LARGE, and OVERLOADED when too much is held for others."""
        intake = self._intake
        if isinstance(intake, Arrived):
            whole = intake.take()
            self._count(len(whole))
            return whole
        parts: list[bytes] = []
        while True:
            part = await intake.take()
            self._count(len(part))
            if intake.whole:
                return part if not parts else b"".join((*parts, part))
            parts.append(part)

    def _count(self, size: int) -> None:
        self._size += size
        self._bodies.held += size
        if self._size > self._options.max_body:
            raise Problem(Kind.TOO_LARGE, f"the body is larger than {self._options.max_body} bytes")
        if self._bodies.held > self._options.max_bodies:
            raise overloaded("too many large bodies at once")

    def release(self) -> None:
        self._bodies.held -= self._size
        self._size = 0
