"""Every fault that can be asked for by name, beside those that are places: see `places`."""

from lockgate.app.faulty.faults import bodies, breaks, frames, framing, statuses, well
from lockgate.app.faulty.play import Fault

FAULTS: dict[str, Fault] = {
    **well.FAULTS,
    **breaks.FAULTS,
    **statuses.FAULTS,
    **frames.FAULTS,
    **bodies.FAULTS,
    **framing.FAULTS,
}


def named(name: str) -> tuple[Fault, str] | None:
    """The fault of a name like `u8-503` or `slow-800`, and what stands behind it as its argument."""
    if name in FAULTS:
        return FAULTS[name], ""
    word, _, argument = name.rpartition("-")
    fault = FAULTS.get(f"{word}-")
    return None if fault is None else (fault, argument)
