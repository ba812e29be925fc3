"""An upstream that says its caller's credential back: where, in which form and in pieces of which size, as the prompt asks."""

import base64
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.threaded import serving
from tests.unit.egress.ways import WAYS


def asking(place: str, way: str = "plain", size: int = 1000) -> str:
    """A prompt."""
    told = base64.b64encode(json.dumps([place, way, size]).encode()).decode()
    return f"echo<{told}>"


class Echo(BaseHTTPRequestHandler):
    """OpenAI's Chat Completions, badly kept. `body` `unknown` `header` `400` `429` `500` `texts` `event` `comment`."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers["content-length"])).decode()
        place, way, size = json.loads(base64.b64decode(re.search("echo<([^>]*)>", raw)[1]))  # type: ignore[index]
        said = WAYS[way](self.headers["authorization"].removeprefix("Bearer "))
        if '"stream":true' in raw.replace(" ", ""):
            self._stream(place, said, size)
        elif place == "header":
            self._whole(200, _answer("hi"), ("openai-processing-ms", said.replace("\n", "")))
        elif place == "unknown":
            self._whole(200, {**_answer("hi"), "debug": {"headers": [said]}})
        elif place.isdigit():
            self._whole(int(place), {"error": {"message": f"bad key {said}", "type": "x", "code": None, "param": None}})
        else:
            self._whole(200, _answer(f"my key is {said}"))

    def _whole(self, status: int, document: Any, *headers: tuple[str, str]) -> None:
        body = json.dumps(document).encode()
        self.send_response(status)
        for name, value in (("content-type", "application/json"), ("content-length", str(len(body))), *headers):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _stream(self, place: str, said: str, size: int) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        if place == "header":
            self.send_header("openai-processing-ms", said)
        self.send_header("connection", "close")
        self.end_headers()
        text = f"my key is {said} and that is all" if place == "texts" else "nothing"
        out = [_chunk({"role": "assistant", "content": ""})]
        out += [_chunk({"content": text[at : at + size]}) for at in range(0, len(text), size)]
        if place == "event":
            out.append(b'data: {"error":{"message":%b,"type":"x"}}\n\n' % json.dumps(f"oh {said}").encode())
        elif place == "comment":
            out.append(b": debug %b\n\n" % said.encode())
        out += [_chunk({}, "stop"), b"data: [DONE]\n\n"]
        for frame in out:
            for at in range(0, len(frame), 50):
                self.wfile.write(frame[at : at + 50])
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        pass


def _answer(text: str) -> dict[str, Any]:
    choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
    usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
    return {"id": "c", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice], "usage": usage}


def _chunk(delta: dict[str, Any], finish: str | None = None) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    document = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}
    return b"data: %b\n\n" % json.dumps(document).encode()


@contextmanager
def echoing() -> Iterator[int]:
    """Its port, while it answers."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    server.daemon_threads = True
    with serving(server):
        yield server.server_port
