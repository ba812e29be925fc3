"""The admin listener's route about upstreams: how each of them stands, as the workers see it together."""

import msgspec
from msgspec import Struct

from lockgate.app.desk import AdminRoute, Desk
from lockgate.core.http import Headers, Inbound, Reply
from lockgate.core.permission import Permission
from lockgate.core.view import STATES
from lockgate.sinks.metrics import Counts

JSON: Headers = ((b"content-type", b"application/json"),)


class Told(Struct):
    """An upstream; `ejections` counts why it was left out, since the start."""

    upstream: str
    state: str
    busy: int
    ejections: dict[str, int]


async def _upstreams(desk: Desk, inbound: Inbound) -> Reply:
    counts, _ = await desk.counts()
    body = msgspec.json.encode({"upstreams": told(counts)}).decode()
    return Reply(200, JSON, desk.clean(body).encode())


def told(counts: Counts) -> list[Told]:
    """By name. What is in no configuration any more is not told."""
    found = {
        label: Told(label, STATES[at], counts.upstream_busy.get((label,), 0), {})
        for (label,), at in sorted(counts.upstream_states.items())
    }
    for (label, reason), number in sorted(counts.ejections.items()):
        if label in found:
            found[label].ejections[reason] = number
    return list(found.values())


ROUTES = (AdminRoute("/api/upstreams", _upstreams, Permission.METRICS_READ),)
