"""A length of time as people write it: `500ms`, `5s`, `10m`, `1h`, `90d`."""

import re
from typing import Annotated

from msgspec import Meta

PATTERN = r"^[0-9]{1,9}(\.[0-9]{1,3})?(ms|s|m|h|d)$"
Duration = Annotated[str, Meta(pattern=PATTERN, description="A number and a unit: 500ms, 5s, 10m, 1h, 90d.")]

_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_written = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,3})?)(ms|s|m|h|d)")


def seconds(text: str) -> float:
    """The length in seconds. `ValueError` with advice for anything else."""
    match = _written.fullmatch(text)
    if match is None:
        raise ValueError(
            f"{text[:40]!r} is not a length of time; write a number and a unit, as in 500ms, 5s, 1h or 90d"
        )
    return float(match[1]) * _UNITS[match[2]]
