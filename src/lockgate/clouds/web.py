"""One short, blocking request for a secret: no redirects, no proxies, certificates always verified, an end in any case."""

import http.client
import socket
import ssl
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct

SECONDS = 5.0
LIMIT = 256 * 1024
NO_DOCUMENT = (msgspec.MsgspecError, RecursionError)
"""What decoding raises for what is none, or is nested too deep."""
T = TypeVar("T")


class Silent(Exception):
    """There is no answer as it should be. The text says how, and holds nothing of what was said."""


class Told(Struct, frozen=True):
    status: int
    body: bytes

    def read(self, kind: type[T]) -> T:
        """The body as such a document."""
        try:
            return msgspec.json.decode(self.body, type=kind)
        except NO_DOCUMENT:
            raise Silent("its answer is not what its documentation says") from None

    def error(self, kind: type[T], nothing: T) -> T:
        """The same of an error's body, which may be a page of a proxy."""
        try:
            return msgspec.json.decode(self.body, type=kind)
        except NO_DOCUMENT:
            return nothing


def ask(
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: bytes | None = None,
    *,
    ca: Path | None = None,
    seconds: float = SECONDS,
) -> Told:
    """Whatever status it is. `ca`: these roots instead of the system's. Raises `Silent`."""
    late = threading.Event()
    try:
        connection = _connection(url, ca, seconds)
        try:
            connection.connect()
            timer = threading.Timer(seconds, _cut, (connection.sock, late))
            timer.daemon = True
            timer.start()
            try:
                connection.request(method, _target(url), body, dict(headers))
                response = connection.getresponse()
                raw = response.read(LIMIT + 1)
            finally:
                timer.cancel()
        finally:
            connection.close()
    except ssl.SSLError:
        raise Silent("it is too slow" if late.is_set() else "its TLS is not acceptable") from None
    except (OSError, ValueError, http.client.HTTPException):
        raise Silent("it is too slow" if late.is_set() else "it does not answer") from None
    if late.is_set():
        raise Silent("it is too slow")
    if len(raw) > LIMIT:
        raise Silent("its answer is too long")
    return Told(response.status, raw)


def _cut(sock: socket.socket, late: threading.Event) -> None:
    late.set()
    with suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)


def _target(url: str) -> str:
    parts = urlsplit(url)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _connection(url: str, ca: Path | None, seconds: float) -> http.client.HTTPConnection:
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme == "http":
        return http.client.HTTPConnection(host, parts.port, timeout=seconds)
    if parts.scheme != "https":
        raise ValueError("neither http nor https")
    context = ssl.create_default_context(cafile=str(ca) if ca else None)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return http.client.HTTPSConnection(host, parts.port, timeout=seconds, context=context)


def host_of(url: str) -> str:
    """As the request's `Host` says it."""
    parts = urlsplit(url)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname or ""
    return host if parts.port in (None, {"http": 80, "https": 443}[parts.scheme]) else f"{host}:{parts.port}"


def picked(text: str, field: str | None) -> str:
    """The secret itself, or one field of it where it is a JSON object. Raises `Silent`."""
    if field is None:
        return text
    try:
        found = msgspec.json.decode(text, type=dict[str, object]).get(field)
    except NO_DOCUMENT:
        raise Silent("it is no JSON object, and has no fields") from None
    if not isinstance(found, str):
        raise Silent(f"it has no text in the field {field!r}")
    return found
