"""An HTTP server on loopback for what stands in for a cloud's API: a function answers, and every request is remembered."""

import json
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.threaded import serving


@dataclass(frozen=True, slots=True)
class Asked:
    """`target` is path and query as sent; names of headers are in lower case."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


Answer = tuple[int, Any]
"""A status, and a document, or bytes as they are."""


@dataclass(slots=True)
class Cloud:
    url: str = ""
    seen: list[Asked] = field(default_factory=list)


@contextmanager
def cloud(answer: Callable[[Asked], Answer], tls: ssl.SSLContext | None = None) -> Iterator[Cloud]:
    made = Cloud()

    class Handler(BaseHTTPRequestHandler):
        def reply(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            assert len(headers) == len(self.headers.keys())
            made.seen.append(Asked(self.command, self.path, headers, body))
            status, said = answer(made.seen[-1])
            raw = said if isinstance(said, bytes) else json.dumps(said).encode()
            self.send_response(status)
            if status in (301, 302, 307):
                self.send_header("location", made.url + "/elsewhere")
            self.send_header("content-length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        do_GET = do_POST = do_PUT = reply  # noqa: N815 - the names are the library's

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    made.url = f"{'https' if tls else 'http'}://127.0.0.1:{server.server_port}"
    with serving(server):
        yield made
