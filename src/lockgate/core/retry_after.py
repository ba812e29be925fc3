"""When an upstream says to come again: `retry-after-ms`, or `retry-after` in seconds or as a date."""

import re
from email.utils import parsedate_to_datetime

from lockgate.core.http import Headers, header

_NUMBER = re.compile(rb"[0-9]{1,12}(\.[0-9]{1,9})?")


def retry_after(headers: Headers, now: float) -> float | None:
    """Seconds from `now` (of the day), not below 0; None without a header that makes sense. Callers cap it."""
    milliseconds = header(headers, b"retry-after-ms")
    if milliseconds is not None and _NUMBER.fullmatch(milliseconds):
        return float(milliseconds) / 1000
    value = header(headers, b"retry-after")
    if value is None or len(value) > 64:
        return None
    if _NUMBER.fullmatch(value):
        return float(value)
    try:
        date = parsedate_to_datetime(value.decode("latin-1"))
    except (ValueError, IndexError, TypeError, OverflowError):
        return None
    if date.tzinfo is None:
        return None
    return max(0.0, date.timestamp() - now)
