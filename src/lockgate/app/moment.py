"""A moment as people write it, into a time as the audit log writes it."""

import time
from datetime import UTC, datetime, tzinfo

from lockgate.core.duration import seconds

SAID = "a date like 2026-11-01, a time like 2026-11-01T08:00Z, or a length like 30d"


def moment(text: str, zone: tzinfo = UTC) -> str:
    """`ValueError`, with what it may be. A length is so long ago; a date without a zone is one of `zone`."""
    try:
        found = datetime.fromtimestamp(time.time() - seconds(text), UTC)
    except (ValueError, OverflowError, OSError):
        try:
            written = datetime.fromisoformat(text)
            found = (written if written.tzinfo else written.replace(tzinfo=zone)).astimezone(UTC)
        except (ValueError, OverflowError):
            raise ValueError(SAID) from None
    return found.isoformat(timespec="milliseconds").replace("+00:00", "Z")
