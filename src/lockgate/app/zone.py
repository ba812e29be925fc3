"""Time zones by name, from the machine's own table."""

from datetime import UTC, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


def zone(name: str) -> tzinfo:
    """`ValueError`, saying what is expected, for a name that the machine does not know. UTC needs no table."""
    if name == "UTC":
        return UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"UTC, or a time zone that this machine knows, like Europe/Berlin (not {name!r})") from error
