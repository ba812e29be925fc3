"""Dates: RFC 3339 here, seconds since 1970 in the canonical form."""

from datetime import UTC, datetime

_LAST = 253_402_300_799
"""The end of the year 9999: more cannot be written."""


def seconds(text: str | None) -> int:
    """0 for what is not a date. The server writes nanoseconds and its own time zone."""
    try:
        moment = datetime.fromisoformat(text or "")
    except ValueError:
        return 0
    return max(int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()), 0)


def written(created: int) -> str:
    moment = datetime.fromtimestamp(created if 0 <= created <= _LAST else 0, UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
