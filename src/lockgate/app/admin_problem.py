"""What the admin listener refuses, as RFC 9457 has it."""

from collections.abc import Sequence
from typing import Any

import msgspec

from lockgate.core.http import Headers, Reply

PROBLEM: Headers = ((b"content-type", b"application/problem+json"),)


def problem(status: int, title: str, errors: Sequence[str] = (), *, code: str = "", headers: Headers = ()) -> Reply:
    """`code` is that of the same refusal at the data plane, where there is one."""
    document: dict[str, Any] = {"type": "about:blank", "title": title, "status": status}
    if code:
        document["code"] = code
    if errors:
        document["errors"] = errors
    return Reply(status, (*PROBLEM, *headers), msgspec.json.encode(document))
