"""The ASGI scope of a request that passed every check."""

from uvicorn._types import ASGIVersions, HTTPScope

from lockgate.core.http import Headers
from lockgate.edge.grammar import RequestLine

_ASGI: ASGIVersions = {"version": "3.0", "spec_version": "2.3"}


def scope_of(
    line: RequestLine,
    headers: Headers,
    client: tuple[str, int] | None,
    server: tuple[str, int | None] | None,
    scheme: str,
) -> HTTPScope:
    """`raw_path` is the path as it was sent, and the one that routes are found by."""
    return {
        "type": "http",
        "asgi": _ASGI,
        "http_version": line.version,
        "method": line.method,
        "scheme": scheme,
        "path": line.text,
        "raw_path": line.path,
        "query_string": line.query,
        "root_path": "",
        "headers": headers,
        "client": client,
        "server": server,
    }
