"""The ASGI scope of a request that passed every check."""

from urllib.parse import unquote

from uvicorn._types import ASGIVersions, HTTPScope

from lockgate.core.http import Headers

_ASGI: ASGIVersions = {"version": "3.0", "spec_version": "2.3"}


def scope_of(
    *,
    method: bytes,
    version: bytes,
    path: bytes,
    query: bytes,
    headers: Headers,
    client: tuple[str, int] | None,
    server: tuple[str, int | None] | None,
    scheme: str,
) -> HTTPScope:
    """`raw_path` is the path as it was sent, and the one that routes are found by; `headers` is a tuple here."""
    text = path.decode("ascii")
    return {
        "type": "http",
        "asgi": _ASGI,
        "http_version": version.decode("ascii"),
        "method": method.decode("ascii"),
        "scheme": scheme,
        "path": unquote(text) if "%" in text else text,
        "raw_path": path,
        "query_string": query,
        "root_path": "",
        "headers": headers,
        "client": client,
        "server": server,
    }
