"""An upstream that notes the credential of each request, and takes only those that it is told to."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import ThreadingHTTPServer
from typing import Any

from tests.threaded import Answering, serving

ANSWER = {"id": "c", "object": "chat.completion", "created": 1, "model": "m", "choices": [
    {"index": 0, "message": {"role": "assistant", "content": "hi"}, "finish_reason": "stop"}]}  # fmt: skip


class Keyed(ThreadingHTTPServer):
    """`keys` in the order in which they came; `taken` are good, all of them if it is None. `status` and `reason` are for the others."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Asked)
        self.keys: list[str] = []
        self.taken: set[str] | None = None
        self.status = 401
        self.reason = "API_KEY_INVALID"


class _Asked(Answering):
    def do_POST(self) -> None:
        server = self.server
        assert isinstance(server, Keyed)
        self.rfile.read(int(self.headers["content-length"]))
        key = (self.headers["authorization"] or self.headers["x-goog-api-key"]).removeprefix("Bearer ")
        server.keys.append(key)
        good = server.taken is None or key in server.taken
        error = {"error": {"code": server.status, "message": "no", "details": [{"reason": server.reason}]}}
        answer: dict[str, Any] = ANSWER if good else error
        self.say(json.dumps(answer).encode(), 200 if good else server.status)


@contextmanager
def keyed() -> Iterator[Keyed]:
    with serving(Keyed()) as server:
        yield server
