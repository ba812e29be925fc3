"""A small server with the paths of Gemini: it answers with what a test put there, and keeps what it was asked."""

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import cast
from urllib.parse import unquote, urlsplit

import msgspec

from lockgate.core.answer import Answer
from lockgate.core.body import head
from lockgate.core.chat import Chat
from lockgate.core.dialect import Ask, Endpoint, ModelCard, Target
from lockgate.core.events import Event
from lockgate.core.problem import Problem
from lockgate.dialects.gemini_generate import plugin


class Server(ThreadingHTTPServer):
    """Answers with what a test put there, and keeps what it was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[tuple[Ask, Chat]] = []
        self.headers: list[dict[str, str]] = []
        self.answer: Answer | Problem | None = None
        self.events: list[Event | Problem] = []


class Handler(BaseHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 the name is the base class's
        pass

    def do_GET(self) -> None:
        endpoint, _ = self.found()
        card = ModelCard("assistant")
        self.send(200, plugin.models([card]) if endpoint.operation == "list_models" else plugin.model(card))

    def do_POST(self) -> None:
        server = cast("Server", self.server)
        raw = self.rfile.read(int(self.headers["content-length"]))
        _, target = self.found()
        ask = msgspec.structs.replace(plugin.ask(target, head(raw)), request_id="r1")
        server.asked.append((ask, plugin.decode_chat(raw, ask)))
        server.headers.append({name.lower(): value for name, value in self.headers.items()})
        if isinstance(server.answer, Problem):
            self.send(plugin.status(server.answer), plugin.problem(server.answer, "r1"))
        elif ask.stream:
            encoder = plugin.encoder(ask)
            feeds = (encoder.fail(e) if isinstance(e, Problem) else encoder.feed(e) for e in server.events)
            self.send(200, b"".join(feeds), plugin.media_type(ask).decode())
        elif server.answer:
            self.send(200, plugin.encode_answer(server.answer, ask).wire)

    def found(self) -> tuple[Endpoint, Target]:
        url = urlsplit(self.path)
        for endpoint in plugin.endpoints:
            if endpoint.method != self.command or (endpoint.header and endpoint.header.decode() not in self.headers):
                continue
            if isinstance(endpoint.path, str):
                if endpoint.path == url.path:
                    return endpoint, Target(query=url.query)
            elif hit := endpoint.path.fullmatch(url.path):
                return endpoint, Target({name: unquote(value) for name, value in hit.groupdict().items()}, url.query)
        raise AssertionError(self.path)

    def send(self, status: int, body: bytes, kind: str = "application/json") -> None:
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
