"""A word in every text of the tools that Anthropic runs, or defines: calls, results, offers, citations.

Pages "Web search tool", "Web fetch tool", "Code execution tool", "Computer use tool", "MCP connector".
"""

from collections.abc import Iterator
from typing import Any

import msgspec

from lockgate.codec import sse
from lockgate.core.dialect import Place
from lockgate.core.sample import Sample

Node = dict[str, Any]
_encode = msgspec.json.Encoder().encode


def _calls(word: str) -> Iterator[tuple[str, Node]]:
    server: Node = {"type": "server_tool_use", "id": "srvtoolu_1"}
    yield "web search", server | {"name": "web_search", "input": {"query": word}}
    yield "web fetch", server | {"name": "web_fetch", "input": {"url": f"https://host.example/{word}"}}
    yield "code execution", server | {"name": "bash_code_execution", "input": {"command": word}}
    yield "tool search", server | {"name": "tool_search_tool_regex", "input": {"pattern": word}}
    mcp = {"type": "mcp_tool_use", "id": "mcptoolu_1", "name": "echo", "server_name": "files"}
    yield "MCP", mcp | {"input": {"param": word}}
    yield (
        "computer use",
        {"type": "tool_use", "id": "toolu_1", "name": "computer", "input": {"action": "type", "text": word}},
    )


def _results(word: str) -> Iterator[tuple[str, Node]]:
    url, seal = "https://host.example/", "QUJD"
    hit = {"type": "web_search_result", "url": url, "title": word, "encrypted_content": seal, "page_age": "1 day"}
    yield "web search", _result("web_search", [hit])
    source = {"type": "text", "media_type": "text/plain", "data": word}
    page = {"type": "document", "source": source, "title": "t"}
    yield "web fetch", _result("web_fetch", {"type": "web_fetch_result", "url": url, "content": page})
    ran = {"type": "bash_code_execution_result", "stdout": word, "stderr": "", "return_code": 0, "content": []}
    yield "code execution", _result("bash_code_execution", ran)
    found = {
        "type": "tool_search_tool_search_result",
        "tool_references": [{"type": "tool_reference", "tool_name": word}],
    }
    yield "tool search", _result("tool_search", found)
    yield "MCP", _result("mcp", [{"type": "text", "text": word}]) | {"is_error": False}


def _result(name: str, content: Any) -> Node:
    return {"type": f"{name}_tool_result", "tool_use_id": "srvtoolu_1", "content": content}


def _offers(word: str) -> Iterator[tuple[str, Place, Node]]:
    place = {"type": "approximate", "city": word}
    tool = {"type": "web_search_20250305", "name": "web_search", "user_location": place}
    yield "web search", "tool", {"tools": [tool]}
    tool = {"type": "web_fetch_20250910", "name": "web_fetch", "allowed_domains": [f"{word}.example"]}
    yield "web fetch", "tool", {"tools": [tool]}
    server = {"type": "url", "url": f"https://host.example/{word}", "name": "files"}
    yield "MCP", "opaque", {"mcp_servers": [server]}


def _cited(word: str) -> Node:
    where = {"type": "web_search_result_location", "url": "https://host.example/", "title": "t", "cited_text": word}
    return where | {"encrypted_index": "QUJD"}


def samples(word: str) -> Iterator[Sample]:
    for name, call in _calls(word):
        yield from _of_block(f"{name}: input", "tool_arguments", call)
        yield Sample(f"{name}: input", "stream", "tool_arguments", _stream(call | {"input": {}}, _pieces(call)))
    for name, result in _results(word):
        yield from _of_block(f"{name}: output", "tool_result", result)
        yield Sample(f"{name}: output", "stream", "tool_result", _stream(result))
    seen = {"type": "tool_result", "tool_use_id": "toolu_1", "content": [{"type": "text", "text": word}]}
    yield Sample("computer use: output", "request", "tool_result", _request(seen))
    for name, place, offer in _offers(word):
        yield Sample(f"{name}: offer", "request", place, _request({"type": "text", "text": "hi"}, **offer))
    yield from _of_block("citation", "opaque", {"type": "text", "text": "hi", "citations": [_cited(word)]})
    yield Sample("citation", "stream", "opaque", _stream({"type": "text", "text": ""}, _citing(word)))


def _pieces(call: Node) -> Node:
    return {"type": "input_json_delta", "partial_json": _encode(call["input"]).decode()}


def _citing(word: str) -> Node:
    return {"type": "citations_delta", "citation": _cited(word)}


def _of_block(slot: str, place: Place, block: Node) -> Iterator[Sample]:
    yield Sample(slot, "request", place, _request(block))
    message = {"id": "m1", "type": "message", "role": "assistant", "model": "m", "content": [block]}
    usage = {"input_tokens": 1, "output_tokens": 1}
    yield Sample(slot, "response", place, _encode({**message, "stop_reason": "end_turn", "usage": usage}))


def _request(block: Node, **more: Any) -> bytes:
    role = "user" if block["type"] == "tool_result" else "assistant"
    messages = [{"role": "user", "content": "hi"}, {"role": role, "content": [block]}]
    return _encode({"model": "m", "max_tokens": 9, "messages": messages, **more})


def _stream(block: Node, *deltas: Node) -> bytes:
    message = {
        "id": "m1",
        "type": "message",
        "role": "assistant",
        "model": "m",
        "content": [],
        "usage": {"input_tokens": 1},
    }
    said = [{"type": "content_block_delta", "index": 0, "delta": delta} for delta in deltas]
    every: list[Node] = [
        {"type": "message_start", "message": message},
        {"type": "content_block_start", "index": 0, "content_block": block},
        *said,
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 2}},
        {"type": "message_stop"},
    ]
    return b"".join(sse.frame(_encode(each), each["type"]) for each in every)
