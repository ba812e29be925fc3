"""Requests in the official wire formats, sent with the standard library: what any client would send."""

import http.client
import socket
from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from lockgate.app.demo.gateway import Running

SECONDS = 15.0


class Answer(NamedTuple):
    """`text` is the body as it came; `document` what it says as JSON, None for a stream."""

    status: int
    headers: Mapping[str, str]
    text: str
    document: Any


def post(gateway: Running, path: str, body: object, headers: Mapping[str, str] | None = None) -> Answer:
    """One request with the demo's key, unless `headers` bring others. `body` is bytes, or is sent as JSON."""
    raw = body if isinstance(body, bytes) else msgspec.json.encode(body)
    carried = {"authorization": f"Bearer {gateway.key}"} if headers is None else dict(headers)
    connection = http.client.HTTPConnection(gateway.host, gateway.port, timeout=SECONDS)
    try:
        connection.request("POST", path, raw, {"content-type": "application/json", **carried})
        response = connection.getresponse()
        return _read(response.status, dict(response.getheaders()), response.read().decode())
    finally:
        connection.close()


def raw(gateway: Running, request: bytes) -> Answer:
    """Bytes as they are, for requests that no honest client would send."""
    with socket.create_connection((gateway.host, gateway.port), SECONDS) as connection:
        connection.sendall(request)
        received = b""
        while chunk := connection.recv(65536):
            received += chunk
    head, _, body = received.partition(b"\r\n\r\n")
    return _read(int(head.split(b" ", 2)[1]), {}, body.decode())


def _read(status: int, headers: Mapping[str, str], text: str) -> Answer:
    try:
        document = msgspec.json.decode(text)
    except msgspec.DecodeError:
        document = None
    return Answer(status, headers, text, document)
