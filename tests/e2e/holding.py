"""An upstream that speaks the Responses API and holds what it answered, for each credential apart; and Chat Completions, which forget."""

import itertools
import json
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from http.server import ThreadingHTTPServer
from typing import Any

from tests.threaded import Answering, serving

Tree = dict[str, Any]
CALL = {"type": "function_call", "call_id": "call_1", "name": "weather", "arguments": '{"city":"Kyoto"}'}
CHAT = {"id": "c", "object": "chat.completion", "created": 1, "model": "m", "choices": [
    {"index": 0, "message": {"role": "assistant", "content": "translated"}, "finish_reason": "stop"}]}  # fmt: skip


class Holding(ThreadingHTTPServer):
    """`asked`: the credential, path and body of each request. `held`: of each credential, what its ids name. `down` are answered 503.
    `says` is put behind each answer. `broken`: answers break off.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Asked)
        self.asked: list[tuple[str, str, Tree]] = []
        self.held: dict[str, dict[str, str]] = {}
        self.down: set[str] = set()
        self.says = ""
        self.broken = False
        self.numbers = itertools.count(1)

    @property
    def last(self) -> Tree:
        return self.asked[-1][2]

    def answer(self, key: str, tree: Tree) -> tuple[int, Tree]:
        held, number = self.held.setdefault(key, {}), next(self.numbers)
        previous = tree.get("previous_response_id")
        if previous is not None and previous not in held:
            return 400, _error(f"Previous response with id '{previous}' not found.", "previous_response_id")
        items = tree["input"] if isinstance(tree["input"], list) else [{"role": "user", "content": tree["input"]}]
        for item in items:
            named = item.get("type") in ("reasoning", "item_reference") and "id" in item
            if named and item["id"] not in held:
                return 404, _error(f"Item with id '{item['id']}' not found.", "input")
            if item.get("encrypted_content", sealed(key)) != sealed(key):
                return 400, _error("The encrypted content could not be verified.", "input")
        said = "|".join([*filter(None, [held.get(previous or "", "")]), *map(_text, items)])
        output: list[Tree] = [
            {"id": f"rs_{number}", "type": "reasoning", "summary": [], "encrypted_content": sealed(key)},
            {"id": f"msg_{number}", "type": "message", "status": "completed", "role": "assistant",
             "content": [{"type": "output_text", "text": said + self.says, "annotations": []}]},
        ]  # fmt: skip
        if tree.get("tools"):
            output.append({"id": f"fc_{number}", "status": "completed", **CALL})
        if tree.get("store", True):
            held.update({f"resp_{number}": said, **{item["id"]: said for item in output}})
        counted = {"input_tokens": 10, "output_tokens": 5, "total_tokens": 15}
        return 200, {
            "id": f"resp_{number}", "object": "response", "created_at": 1, "model": tree["model"], "status": "completed", "error": None,
            "output": output, "usage": counted, "previous_response_id": previous, "store": tree.get("store", True), "brand_new": {"id": "x"},
        }  # fmt: skip


def sealed(key: str) -> str:
    """What proves a thought to the account that it was thought at: as OpenAI's, base64 for URLs. It begins like a key of ours."""
    return f"gAAAAA-lg-{sha256(key.encode()).hexdigest()}=="


def _text(item: Tree) -> str:
    said = item.get("content") or item.get("output") or ""
    return said if isinstance(said, str) else "".join(part.get("text", "") for part in said)


def _error(message: str, param: str) -> Tree:
    return {"error": {"message": message, "type": "invalid_request_error", "param": param, "code": None}}


def events(whole: Tree) -> Iterator[Tree]:
    """The same answer as a stream."""
    begun = {**whole, "status": "in_progress", "output": [], "usage": None}
    yield {"type": "response.created", "response": begun}
    yield {"type": "response.in_progress", "response": begun}
    for at, item in enumerate(whole["output"]):
        place = {"output_index": at, "item_id": item["id"]}
        empty = {**item, "content": [], "arguments": ""} if item["type"] != "reasoning" else item
        yield {"type": "response.output_item.added", "output_index": at, "item": empty}
        if item["type"] == "message":
            text, inside = item["content"][0]["text"], {**place, "content_index": 0}
            yield {"type": "response.content_part.added", **inside, "part": {**item["content"][0], "text": ""}}
            for start in range(0, len(text), 5):
                yield {"type": "response.output_text.delta", **inside, "delta": text[start : start + 5]}
            yield {"type": "response.output_text.done", **inside, "text": text}
            yield {"type": "response.content_part.done", **inside, "part": item["content"][0]}
        if item["type"] == "function_call":
            yield {"type": "response.function_call_arguments.delta", **place, "delta": item["arguments"]}
            yield {"type": "response.function_call_arguments.done", **place, "arguments": item["arguments"]}
        yield {"type": "response.output_item.done", "output_index": at, "item": item}
    yield {"type": "response.completed", "response": whole}


class _Asked(Answering):
    def do_POST(self) -> None:
        server = self.server
        assert isinstance(server, Holding)
        tree = self.asked_for()
        key = self.headers["authorization"].removeprefix("Bearer ")
        server.asked.append((key, self.path, tree))
        if server.broken:
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", "1000")
            self.end_headers()
            self.wfile.write(b'{"id":')
            self.close_connection = True
        elif key in server.down:
            self.say(json.dumps(_error("down", "")).encode(), 503)
        elif not self.path.endswith("/responses"):
            self.say(json.dumps(CHAT).encode())
        else:
            status, whole = server.answer(key, tree)
            if status == 200 and tree.get("stream"):
                numbered = [{**event, "sequence_number": at} for at, event in enumerate(events(whole))]
                frames = [f"event: {each['type']}\ndata: {json.dumps(each)}\n\n" for each in numbered]
                self.say("".join(frames).encode(), kind="text/event-stream")
            else:
                self.say(json.dumps(whole).encode(), status)


@contextmanager
def holding() -> Iterator[Holding]:
    with serving(Holding()) as server:
        yield server
