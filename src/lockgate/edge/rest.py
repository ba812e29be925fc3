"""A connection that is not read for a while: what its client sends meanwhile waits in the system and costs nothing."""

from functools import partial

from lockgate.edge.intake import Wire


def rest(wire: Wire, seconds: float) -> None:
    if not seconds:
        return
    wire.flow.pause_reading()
    wire.loop.call_later(seconds, partial(_awake, wire))


def _awake(wire: Wire) -> None:
    if not wire.transport.is_closing():
        wire.flow.resume_reading()
