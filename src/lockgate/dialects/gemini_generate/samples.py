"""A word in every text of the tools that Google runs, or defines: calls, results, offers, what an answer rests on.

Google's API reference: `Part`, `Tool`, `GroundingMetadata`, `UrlContextMetadata`.
"""

from collections.abc import Iterator
from typing import Any

import msgspec

from lockgate.core.dialect import Place
from lockgate.core.sample import Sample

Node = dict[str, Any]
_encode = msgspec.json.Encoder().encode


def _parts(word: str) -> Iterator[tuple[str, Place, Node]]:
    yield "code execution: input", "tool_arguments", {"executableCode": {"language": "PYTHON", "code": word}}
    printed = {"outcome": "OUTCOME_OK", "output": word}
    yield "code execution: output", "tool_result", {"codeExecutionResult": printed}
    search = {"id": "t1", "toolType": "GOOGLE_SEARCH_WEB"}
    yield "web search: input", "tool_arguments", {"toolCall": search | {"args": {"queries": [word]}}}
    yield "web search: output", "tool_result", {"toolResponse": search | {"response": {"suggestion": word}}}
    fetch = {"id": "t1", "toolType": "URL_CONTEXT"}
    yield (
        "web fetch: input",
        "tool_arguments",
        {"toolCall": fetch | {"args": {"urls": [f"https://host.example/{word}"]}}},
    )
    yield "web fetch: output", "tool_result", {"toolResponse": fetch | {"response": {"pages": [{"text": word}]}}}
    typed = {"name": "type_text_at", "args": {"x": 1, "y": 2, "text": word}}
    yield "computer use: input", "tool_arguments", {"functionCall": typed}


def _beside(word: str) -> Iterator[tuple[str, Node]]:
    """Beside the parts of a candidate."""
    yield "web search: queries", {"groundingMetadata": {"webSearchQueries": [word]}}
    chunk = {"web": {"uri": "https://host.example/", "title": word}}
    yield "web search: pages", {"groundingMetadata": {"groundingChunks": [chunk]}}
    support = {"segment": {"startIndex": 0, "endIndex": 2, "text": word}, "groundingChunkIndices": [0]}
    yield "citation", {"groundingMetadata": {"groundingSupports": [support]}}
    read = {"retrievedUrl": f"https://host.example/{word}", "urlRetrievalStatus": "URL_RETRIEVAL_STATUS_SUCCESS"}
    yield "web fetch: pages", {"urlContextMetadata": {"urlMetadata": [read]}}


def _offers(word: str) -> Iterator[tuple[str, Node]]:
    yield "web search", {"googleSearch": {"excludeDomains": [word]}}
    yield "file search", {"fileSearch": {"fileSearchStoreNames": [f"fileSearchStores/{word}"]}}
    yield "computer use", {"computerUse": {"excludedPredefinedFunctions": [word]}}
    transport = {"url": f"https://host.example/{word}"}
    yield "MCP", {"mcpServers": [{"name": "files", "streamableHttpTransport": transport}]}


def samples(word: str) -> Iterator[Sample]:
    for slot, place, part in _parts(word):
        yield Sample(slot, "request", place, _request({"role": "model", "parts": [part]}))
        yield from _answers(slot, place, part, {})
    response = {"functionResponse": {"name": "type_text_at", "response": {"text": word}}}
    yield Sample("computer use: output", "request", "tool_result", _request({"role": "user", "parts": [response]}))
    for slot, fields in _beside(word):
        yield from _answers(slot, "opaque", {"text": "hi"}, fields)
    for name, tool in _offers(word):
        yield Sample(f"{name}: offer", "request", "tool", _request(tools=[tool]))


def _request(*contents: Node, **more: Any) -> bytes:
    return _encode({"contents": [{"role": "user", "parts": [{"text": "hi"}]}, *contents], **more})


def _answers(slot: str, place: Place, part: Node, fields: Node) -> Iterator[Sample]:
    content = {"role": "model", "parts": [part]}
    wire = _encode({"candidates": [{"content": content, "index": 0, "finishReason": "STOP", **fields}]})
    yield Sample(slot, "response", place, wire)
    yield Sample(slot, "stream", place, b"data: %b\r\n\r\n" % wire)
