"""A word in every text of the tools that OpenAI runs, or defines: calls, results, offers, citations.

API reference, "Responses": tools and output items.
"""

from collections.abc import Iterator
from typing import Any

import msgspec

from lockgate.codec import sse
from lockgate.core.dialect import Place
from lockgate.core.sample import Sample

Node = dict[str, Any]
_encode = msgspec.json.Encoder().encode


def _items(word: str) -> Iterator[tuple[str, Place, Node]]:
    done = {"id": "x1", "status": "completed"}
    search = {"type": "web_search_call", **done}
    yield "web search: input", "tool_arguments", search | {"action": {"type": "search", "query": word}}
    page = {"type": "url", "url": f"https://host.example/{word}"}
    yield "web search: output", "tool_arguments", search | {"action": {"type": "search", "sources": [page]}}
    files = {"type": "file_search_call", **done, "queries": ["q"]}
    yield "file search: input", "tool_arguments", files | {"queries": [word]}
    yield "file search: output", "tool_result", files | {"results": [{"file_id": "f1", "filename": "f", "text": word}]}
    code = {"type": "code_interpreter_call", **done, "container_id": "c1", "code": "1"}
    yield "code execution: input", "tool_arguments", code | {"code": word}
    yield "code execution: output", "tool_result", code | {"outputs": [{"type": "logs", "logs": word}]}
    call = {"type": "mcp_call", **done, "server_label": "files", "name": "echo", "arguments": "{}"}
    yield "MCP: input", "tool_arguments", call | {"arguments": _encode({"a": word}).decode()}
    yield "MCP: output", "tool_result", call | {"output": word}
    shell = {"type": "shell_call", **done, "call_id": "c1"}
    yield "shell: input", "tool_arguments", shell | {"action": {"commands": [word]}}
    said = {"stdout": word, "stderr": "", "outcome": {"type": "exit", "exit_code": 0}}
    yield "shell: output", "tool_result", {"type": "shell_call_output", **done, "call_id": "c1", "output": [said]}
    patch = {"type": "update_file", "path": "a", "diff": word}
    yield "patch: input", "tool_arguments", {"type": "apply_patch_call", **done, "call_id": "c1", "operation": patch}
    typed = {"type": "computer_call", **done, "call_id": "c1", "action": {"type": "type", "text": word}}
    yield "computer use: input", "tool_arguments", typed
    drawn = {"type": "image_generation_call", **done, "result": "QUJD", "revised_prompt": word}
    yield "picture: prompt", "opaque", drawn
    cited = {"type": "url_citation", "start_index": 0, "end_index": 2, "title": word, "url": "https://host.example/"}
    part = {"type": "output_text", "text": "hi", "annotations": [cited]}
    yield "citation", "opaque", {"type": "message", **done, "role": "assistant", "content": [part]}


def _offers(word: str) -> Iterator[tuple[str, Node]]:
    yield "web search", {"type": "web_search", "user_location": {"type": "approximate", "city": word}}
    yield "file search", {"type": "file_search", "vector_store_ids": [word]}
    yield "MCP", {"type": "mcp", "server_label": "files", "server_url": f"https://host.example/{word}"}
    function = {"type": "function", "name": "f", "description": word, "parameters": {}}
    yield "namespace", {"type": "namespace", "name": "n", "description": "d", "tools": [function]}
    grammar = {"type": "grammar", "syntax": "lark", "definition": word}
    yield "grammar", {"type": "custom", "name": "c", "format": grammar}


def samples(word: str) -> Iterator[Sample]:
    for slot, place, item in _items(word):
        yield Sample(slot, "request", place, _request(item))
        yield Sample(slot, "response", place, _encode(_response([item])))
        yield Sample(slot, "stream", "tool_result" if item["type"].endswith("_output") else "opaque", _stream(item))
    free = {"type": "custom_tool_call", "call_id": "c1", "name": "shell", "input": word}
    yield Sample("custom tool: input", "request", "tool_arguments", _request(free))
    yield Sample("custom tool: input", "response", "tool_arguments", _encode(_response([free])))
    yield Sample("custom tool: input", "stream", "tool_arguments", _stream(free))
    result = {"type": "custom_tool_call_output", "call_id": "c1", "output": word}
    yield Sample("custom tool: output", "request", "tool_result", _request(result))
    for name, tool in _offers(word):
        yield Sample(f"{name}: offer", "request", "tool", _request(tools=[tool]))
    added = {
        "type": "additional_tools",
        "role": "developer",
        "tools": [{"type": "function", "name": "f", "description": word}],
    }
    yield Sample("tools in the input: offer", "request", "tool", _request(added))


def _request(*items: Node, **more: Any) -> bytes:
    return _encode({"model": "m", "input": [{"role": "user", "content": "hi"}, *items], **more})


def _response(items: list[Node]) -> Node:
    return {"id": "r1", "object": "response", "created_at": 1, "status": "completed", "model": "m", "output": items}


def _stream(item: Node) -> bytes:
    begun = _response([]) | {"status": "in_progress"}
    events: list[Node] = [
        {"type": "response.created", "response": begun},
        {"type": "response.output_item.done", "output_index": 0, "item": item},
        {"type": "response.completed", "response": _response([item])},
    ]
    numbered = [event | {"sequence_number": number} for number, event in enumerate(events)]
    return b"".join([sse.frame(_encode(event), event["type"]) for event in numbered])
