"""A word in every text of the tools that servers of this format run by themselves: calls, results, offers, citations.

OpenAI's API reference (`web_search_options`, `annotations`); Groq's `executed_tools`; `citations` and `search_results` of Perplexity and xAI.
"""

from collections.abc import Iterator
from typing import Any

import msgspec

from lockgate.core.dialect import Place
from lockgate.core.sample import Sample

Node = dict[str, Any]
_encode = msgspec.json.Encoder().encode


def _messages(word: str) -> Iterator[tuple[str, Place, Node]]:
    """What a message, or a piece of one, has beside its text."""
    cited = {"title": word, "url": "https://host.example/", "start_index": 0, "end_index": 2}
    yield "citation", "opaque", {"annotations": [{"type": "url_citation", "url_citation": cited}]}
    ran = {"index": 0, "type": "search", "arguments": "{}", "output": ""}
    yield "web search: input", "opaque", {"executed_tools": [ran | {"arguments": _encode({"query": word}).decode()}]}
    yield "web search: output", "opaque", {"executed_tools": [ran | {"output": word}]}
    hit = {"title": "t", "url": "https://host.example/", "content": word, "score": 0.5}
    yield "web search: pages", "opaque", {"executed_tools": [ran | {"search_results": {"results": [hit]}}]}
    code = {"index": 0, "type": "python", "arguments": word, "output": ""}
    yield "code execution: input", "opaque", {"executed_tools": [code]}
    yield "code execution: output", "opaque", {"executed_tools": [code | {"arguments": "", "output": word}]}
    call = {"index": 0, "id": "c1", "type": "custom", "custom": {"name": "shell", "input": word}}
    yield "custom tool: input", "opaque", {"tool_calls": [call]}


def _beside(word: str) -> Iterator[tuple[str, Node]]:
    """Beside the choices."""
    yield "web fetch: pages", {"citations": [f"https://host.example/{word}"]}
    yield "search results", {"search_results": [{"title": word, "url": "https://host.example/"}]}


def _offers(word: str) -> Iterator[tuple[str, Place, Node]]:
    location = {"type": "approximate", "approximate": {"city": word}}
    yield "web search", "opaque", {"web_search_options": {"user_location": location}}
    server = {"type": "mcp", "server_label": "files", "server_url": f"https://host.example/{word}"}
    yield "MCP", "tool", {"tools": [server]}
    yield "plugin", "opaque", {"plugins": [{"id": "web", "search_prompt": word}]}


def samples(word: str) -> Iterator[Sample]:
    for slot, place, fields in _messages(word):
        said = {"role": "assistant", "content": "hi", **fields}
        yield Sample(slot, "request", place, _request([said]))
        yield from _answers(slot, place, said, {})
    for slot, fields in _beside(word):
        yield from _answers(slot, "opaque", {"role": "assistant", "content": "hi"}, fields)
    for name, place, fields in _offers(word):
        yield Sample(f"{name}: offer", "request", place, _request([], **fields))


def _request(messages: list[Node], **more: Any) -> bytes:
    return _encode({"model": "m", "messages": [{"role": "user", "content": "hi"}, *messages], **more})


def _answers(slot: str, place: Place, message: Node, fields: Node) -> Iterator[Sample]:
    top = {"id": "a", "created": 1, "model": "m", **fields}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    yield Sample(slot, "response", place, _encode({"object": "chat.completion", "choices": [choice], **top}))
    pieces: list[Node] = [{"delta": message, "finish_reason": None}, {"delta": {}, "finish_reason": "stop"}]
    chunks = [{"object": "chat.completion.chunk", **top, "choices": [{"index": 0, **piece}]} for piece in pieces]
    wire = b"".join([b"data: %b\n\n" % _encode(chunk) for chunk in chunks])
    yield Sample(slot, "stream", place, wire + b"data: [DONE]\n\n")
