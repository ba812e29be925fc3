"""`headers`: names that are somebody else's business, and patterns that cannot be looked for."""

from collections.abc import Iterable, Iterator

from lockgate.app.header_patterns import matcher
from lockgate.app.mistake import Path, Wrong, quoted
from lockgate.app.parts import Parts
from lockgate.app.settings.headers import HeaderSettings
from lockgate.pipeline.authenticate import CARRIERS

_FRAMING = frozenset(
    [
        "accept-encoding",
        "connection",
        "content-encoding",
        "content-length",
        "content-type",
        "date",
        "expect",
        "host",
        "http2-settings",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    ]
)
_CREDENTIALS = frozenset(name.decode() for name in CARRIERS) | {"cookie", "set-cookie"}
_OURS = frozenset(["server-timing", "traceparent", "tracestate", "traceresponse", "x-request-id"])
_KEPT = frozenset(["content-type", "x-request-id", "x-lockgate-receipt"])
"""Of a reply, whatever the operator says."""
_WHENCE = frozenset(["forwarded", "via", "x-real-ip"])


def mistakes(parts: Parts) -> Iterator[Wrong]:
    yield from _headers(("headers",), parts.headers)
    for section, places in (("organizations", parts.organizations), ("teams", parts.teams), ("models", parts.models)):
        for name, place in places.items():
            yield from _headers((section, name, "headers"), place.headers)
    for name, provider in parts.providers.items():
        yield from _free(("providers", name, "headers"), provider.headers, _FRAMING | _CREDENTIALS | _OURS | _WHENCE)


def _headers(path: Path, settings: HeaderSettings | None) -> Iterator[Wrong]:
    if settings is None:
        return
    upstream = _FRAMING | _CREDENTIALS | _OURS | _WHENCE
    yield from _free((*path, "add"), settings.add, upstream)
    yield from _free((*path, "forward"), settings.forward, upstream)
    yield from _free((*path, "require"), settings.require, _FRAMING | _CREDENTIALS)
    yield from _free((*path, "response", "add"), settings.response.add, _FRAMING | _CREDENTIALS | _OURS)
    for number, name in enumerate(settings.response.remove):
        if name in _KEPT or name.startswith("x-forwarded-"):
            yield _taken((*path, "response", "remove", number), name)
    for name, required in settings.require.items():
        if required.pattern is not None:
            try:
                matcher(required.pattern)
            except ValueError as error:
                at = (*path, "require", name, "pattern")
                yield Wrong(at, quoted(required.pattern), f"an expression without looking back or ahead ({error})")


def _free(path: Path, names: Iterable[str], taken: frozenset[str]) -> Iterator[Wrong]:
    for number, name in enumerate(names):
        if name in taken or name.startswith(("x-forwarded-", "x-lockgate-")):
            yield _taken((*path, number if path[-1] == "forward" else name), name)


def _taken(path: Path, name: str) -> Wrong:
    return Wrong(path, quoted(name), "a header that is not for the gateway itself to handle")
