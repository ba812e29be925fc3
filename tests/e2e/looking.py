"""An upstream that looks, the moment a request arrives, whether the audit log has its intent already."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import ThreadingHTTPServer
from pathlib import Path

from tests.threaded import Answering, serving

ANSWER = {
    "id": "c", "object": "chat.completion", "created": 1, "model": "m",
    "choices": [{"index": 0, "message": {"role": "assistant", "content": "yes"}, "finish_reason": "stop"}],
    "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
}  # fmt: skip


class Looking:
    """`seen` are the ids that arrived, `early` those whose intent was not in a file by then."""

    def __init__(self, folder: Callable[[], Path]) -> None:
        self.folder = folder
        self.port = 0
        self.seen: list[str] = []
        self.early: list[str] = []

    def look(self, request_id: str) -> None:
        mark = f'"kind":"intent","request_id":"{request_id}"'.encode()
        written = any(mark in path.read_bytes() for path in self.folder().glob("*.jsonl"))
        self.seen.append(request_id)
        if not written:
            self.early.append(request_id)


class Quiet(ThreadingHTTPServer):
    """A gateway that was killed breaks its connections: nothing to tell."""

    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        pass


@contextmanager
def looking(folder: Callable[[], Path]) -> Iterator[Looking]:
    """Prompts are the ids of their requests. It has to be told where the log is, for a gateway may have its own mounts."""
    state = Looking(folder)

    class Handler(Answering):
        def do_POST(self) -> None:
            body = self.asked_for()
            state.look(body["messages"][0]["content"])
            if body.get("stream"):
                chunk = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m"}
                deltas = [{"delta": {"content": "yes"}}, {"delta": {}, "finish_reason": "stop"}]
                frames = [json.dumps({**chunk, "choices": [{"index": 0, **delta}]}) for delta in deltas]
                answer = "".join(f"data: {frame}\n\n" for frame in [*frames, "[DONE]"])
                self.say(answer.encode(), kind="text/event-stream")
            else:
                self.say(json.dumps(ANSWER).encode())

    server = Quiet(("127.0.0.1", 0), Handler)
    state.port = server.server_address[1]
    with serving(server):
        yield state


def config(port: int, audit: str = "{}", workers: int = 1) -> str:
    return f"""\
version: 1
server: {{drain_seconds: 2, workers: {workers}}}
data: ./data
providers:
  up: {{kind: openai_compatible, base_url: "http://127.0.0.1:{port}/v1"}}
models:
  m: {{targets: [{{provider: up}}]}}
teams:
  all: {{models: ["*"]}}
keys:
  - {{name: tester, team: all, secret: {{env: KEY}}}}
audit: {audit}
"""
