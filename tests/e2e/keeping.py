"""An upstream that keeps containers, files and sounds for each credential apart, in the words of three providers."""

import itertools
import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import ThreadingHTTPServer
from typing import Any

from tests.threaded import Answering, serving

Tree = dict[str, Any]


class Keeping(ThreadingHTTPServer):
    """`asked`: the credential, path and body of each request. `kept`: whose each id is."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Asked)
        self.asked: list[tuple[str, str, Tree]] = []
        self.kept: dict[str, str] = {}
        self.numbers = itertools.count(1)

    @property
    def last(self) -> Tree:
        return self.asked[-1][2]

    def made(self, key: str, word: str) -> str:
        id_ = f"{word}_{next(self.numbers)}"
        self.kept[id_] = key
        return id_

    def message(self, key: str, tree: Tree) -> tuple[int, Tree]:
        wanted = tree.get("container")
        if wanted is not None and self.kept.get(wanted) != key:
            return 404, {"type": "error", "error": {"type": "not_found_error", "message": f"no container {wanted}"}}
        container = {"id": wanted or self.made(key, "container"), "expires_at": "2026-11-28T00:00:00Z", "skills": None}
        made = {"type": "code_execution_output", "file_id": self.made(key, "file")}
        result = {"type": "code_execution_result", "stdout": "1", "stderr": "", "return_code": 0, "content": [made]}
        return 200, {
            "id": "msg_1", "type": "message", "role": "assistant", "model": "m", "stop_reason": "end_turn", "stop_sequence": None,
            "content": [{"type": "code_execution_tool_result", "tool_use_id": "s", "content": result}, {"type": "text", "text": "done"}],
            "container": container, "usage": {"input_tokens": 1, "output_tokens": 1},
        }  # fmt: skip

    def completion(self, key: str, tree: Tree) -> tuple[int, Tree]:
        for turn in tree["messages"]:
            if "audio" in turn and self.kept.get(turn["audio"]["id"]) != key:
                return 400, {
                    "error": {"message": "no such sound", "type": "invalid_request_error", "param": None, "code": None}
                }
        sound = {"id": self.made(key, "audio"), "data": "AAAA", "transcript": "hi", "expires_at": 1}
        said = {"role": "assistant", "content": None, "refusal": None, "audio": sound}
        return 200, {
            "id": "c", "object": "chat.completion", "created": 1, "model": "m",
            "choices": [{"index": 0, "message": said, "finish_reason": "stop", "logprobs": None}],
        }  # fmt: skip


def claude_events(whole: Tree) -> Iterator[Tree]:
    yield {"type": "message_start", "message": {**whole, "content": [], "container": None, "stop_reason": None}}
    yield {"type": "content_block_start", "index": 0, "content_block": whole["content"][0]}
    yield {"type": "content_block_stop", "index": 0}
    yield {"type": "content_block_start", "index": 1, "content_block": {"type": "text", "text": ""}}
    yield {"type": "content_block_delta", "index": 1, "delta": {"type": "text_delta", "text": "done"}}
    yield {"type": "content_block_stop", "index": 1}
    ended = {"stop_reason": "end_turn", "stop_sequence": None, "container": whole["container"]}
    yield {"type": "message_delta", "delta": ended, "usage": {"output_tokens": 1}}
    yield {"type": "message_stop"}


def openai_events(whole: Tree) -> Iterator[Tree]:
    head = {**whole, "object": "chat.completion.chunk"}
    sound = whole["choices"][0]["message"]["audio"]
    for delta in ({"role": "assistant", "audio": {"id": sound["id"], "transcript": "hi"}}, {"audio": {"data": "AAAA"}}):
        yield {**head, "choices": [{"index": 0, "delta": delta, "finish_reason": None}]}
    yield {**head, "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}


class _Asked(Answering):
    def do_POST(self) -> None:
        server = self.server
        assert isinstance(server, Keeping)
        tree = self.asked_for()
        key = (self.headers["authorization"] or self.headers["x-api-key"] or self.headers["x-goog-api-key"]).split()[-1]
        server.asked.append((key, self.path, tree))
        if "enerateContent" in self.path:
            part = {"role": "model", "parts": [{"text": "hi"}]}
            said = json.dumps({"candidates": [{"content": part, "finishReason": "STOP"}]})
            stream = "alt=sse" in self.path
            self.say(
                (f"data: {said}\n\n" if stream else said).encode(),
                kind="text/event-stream" if stream else "application/json",
            )
            return
        claude = self.path.endswith("/messages")
        status, whole = server.message(key, tree) if claude else server.completion(key, tree)
        if status != 200 or not tree.get("stream"):
            self.say(json.dumps(whole).encode(), status)
            return
        frames = [
            (f"event: {each['type']}\n" if claude else "") + f"data: {json.dumps(each)}\n\n"
            for each in (claude_events if claude else openai_events)(whole)
        ]
        self.say("".join([*frames, "" if claude else "data: [DONE]\n\n"]).encode(), kind="text/event-stream")


@contextmanager
def keeping() -> Iterator[Keeping]:
    with serving(Keeping()) as server:
        yield server
