"""From a whole head to an ASGI scope: every check that needs no body, in order."""

from uvicorn._types import ASGIVersions, HTTPScope

from lockgate.core.http import header
from lockgate.edge.grammar import check_request_line
from lockgate.edge.head import Head, understood
from lockgate.edge.options import EdgeOptions
from lockgate.edge.refusal import refused
from lockgate.edge.second import agrees
from lockgate.edge.tls import Extensions

_ASGI: ASGIVersions = {"version": "3.0", "spec_version": "2.3"}


def request_of(
    head: bytes,
    options: EdgeOptions,
    client: tuple[str, int] | None,
    server: tuple[str, int | None] | None,
    tls: Extensions | None,
) -> tuple[HTTPScope, Head]:
    """The scope of a request, or the `Problem` with it. `raw_path` is the path as sent, which routes are found by."""
    fields_at = head.index(b"\n") + 1
    line = check_request_line(head[:fields_at])
    meaning = understood(head, fields_at, line.version, options)
    if line.authority and line.authority.lower() != (header(meaning.headers, b"host") or b"").lower():
        raise refused("the address and the Host header name different hosts")
    agrees(head)
    scope: HTTPScope = {
        "type": "http",
        "asgi": _ASGI,
        "http_version": line.version,
        "method": line.method,
        "scheme": "http" if tls is None else "https",
        "path": line.text,
        "raw_path": line.path,
        "query_string": line.query,
        "root_path": "",
        "headers": meaning.headers,
        "client": client,
        "server": server,
    }
    if tls is not None:
        scope["extensions"] = tls
    return scope, meaning
