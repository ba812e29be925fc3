"""The paths of the data plane that need no key: is it alive, does it take requests, is anybody there at all."""

from lockgate.core.http import Inbound, Reply
from lockgate.core.permission import Permission

TEXT = ((b"content-type", b"text/plain; charset=utf-8"),)
LIVE = ("/livez", "/healthz", "/health/liveness", "/health/liveliness")
READY = ("/readyz", "/health/readiness")
"""The first of each is ours; the others are what probes that were written for another gateway ask."""
ROUTES = dict.fromkeys((*LIVE, *READY), Permission.ANYBODY)


def health(inbound: Inbound, *, draining: bool, audit: bool = True) -> Reply | None:
    """The reply to a health probe; None for everything else. `audit`: records are taken."""
    if inbound.path not in ROUTES or inbound.method not in ("GET", "HEAD"):
        return None
    if inbound.path in READY and draining:
        return Reply(503, TEXT, b"draining\n")
    if inbound.path in READY and not audit:
        return Reply(503, TEXT, b"the audit log cannot be written\n")
    return Reply(200, TEXT, b"ok\n")
