"""Where the text is: every string of a request or an answer, but for the words of the protocol listed here."""

from collections.abc import Iterator
from typing import Any

from lockgate.core.base64_text import reads
from lockgate.core.body import Path, Tree
from lockgate.core.dialect import Place, Slot
from lockgate.core.slots import apart, coded, walk

_SPELLINGS = {
    "system_instruction": "systemInstruction",
    "inline_data": "inlineData",
    "file_data": "fileData",
    "mime_type": "mimeType",
    "function_call": "functionCall",
    "function_response": "functionResponse",
    "executable_code": "executableCode",
    "code_execution_result": "codeExecutionResult",
    "tool_call": "toolCall",
    "tool_response": "toolResponse",
    "tool_type": "toolType",
    "thought_signature": "thoughtSignature",
    "tool_config": "toolConfig",
    "function_calling_config": "functionCallingConfig",
    "generation_config": "generationConfig",
    "response_mime_type": "responseMimeType",
    "response_modalities": "responseModalities",
    "thinking_config": "thinkingConfig",
    "thinking_level": "thinkingLevel",
}
_IN_PARTS = {
    ("inlineData", "mimeType"),
    ("fileData", "mimeType"),
    ("thoughtSignature",),
    ("functionCall", "id"),
    ("functionResponse", "id"),
    ("executableCode", "id"),
    ("executableCode", "language"),
    ("codeExecutionResult", "id"),
    ("codeExecutionResult", "outcome"),
    ("toolCall", "id"),
    ("toolCall", "toolType"),
    ("toolResponse", "id"),
    ("toolResponse", "toolType"),
}
_WORDS = {
    ("model",),
    ("contents", "role"),
    ("systemInstruction", "role"),
    ("candidates", "content", "role"),
    ("candidates", "finishReason"),
    ("candidates", "safetyRatings", "category"),
    ("candidates", "safetyRatings", "probability"),
    ("promptFeedback", "blockReason"),
    ("usageMetadata", "promptTokensDetails", "modality"),
    ("usageMetadata", "candidatesTokensDetails", "modality"),
    ("usageMetadata", "cacheTokensDetails", "modality"),
    ("modelVersion",),
    ("responseId",),
    ("createTime",),
    ("safetySettings", "category"),
    ("safetySettings", "threshold"),
    ("toolConfig", "functionCallingConfig", "mode"),
    ("generationConfig", "responseMimeType"),
    ("generationConfig", "responseModalities"),
    ("generationConfig", "thinkingConfig", "thinkingLevel"),
}
_FILES = {("inlineData", "data"), ("functionResponse", "parts", "inlineData", "data")}
_ARGUMENTS = {
    ("functionCall", "args"),
    ("functionCall", "partialArgs"),
    ("executableCode", "code"),
    ("toolCall", "args"),
}
_RESULTS = {("functionResponse", "response"), ("codeExecutionResult", "output"), ("toolResponse", "response")}
_PARTS = (("contents", "parts"), ("candidates", "content", "parts"), ("systemInstruction", "parts"))

_APART = frozenset(("logprobsResult",))
"""They say a text again, token by token."""


def slots(tree: Tree) -> Iterator[Slot]:
    for slot in walk(tree, lambda path: _place(tree, path)):
        yield coded(slot) if slot.path[-1] == "data" and _within(_shape(slot.path)) in _FILES else slot


def joined(tree: Tree) -> Iterator[Slot]:
    return apart(slots(tree), _APART)


def _place(tree: Tree, path: Path) -> Place | None:
    """Lists may be left out where they hold one thing, so only the names on the way count."""
    shape = _shape(path)
    if shape in _WORDS:
        return None
    if (rest := _within(shape)) is not None:
        return _in_part(tree, path, rest)
    return "tool" if shape[:1] == ("tools",) else "opaque"


def _shape(path: Path) -> tuple[str, ...]:
    return tuple(_SPELLINGS.get(step, step) for step in path if isinstance(step, str))


def _within(shape: tuple[str, ...]) -> tuple[str, ...] | None:
    """What is left of it within a part."""
    return next((shape[len(parts) :] for parts in _PARTS if shape[: len(parts)] == parts), None)


def _in_part(tree: Tree, path: Path, rest: tuple[str, ...]) -> Place | None:
    if rest in _FILES:
        return _brought(tree, path, rest) if _readable(tree, path) else None
    if rest in _IN_PARTS:
        return None
    if rest[:2] in _ARGUMENTS:
        return "tool_arguments"
    if rest[:2] in _RESULTS:
        return "tool_result"
    return _speaker(tree, path) if rest == ("text",) else "opaque"


def _readable(tree: Tree, path: Path) -> bool:
    """A file of text, in base64."""
    node: Any = tree
    for step in path[:-1]:
        node = node[step]
    if not isinstance(node, dict):
        return False
    return any(reads(node["data"], node.get(name)) for name in ("mimeType", "mime_type"))


def _brought(tree: Tree, path: Path, rest: tuple[str, ...]) -> Place:
    if rest[0] == "functionResponse":
        return "tool_result"
    return "document" if path[0] == "contents" else _speaker(tree, path)


def _speaker(tree: Tree, path: Path) -> Place:
    """Who wrote a part's text. Only a model's own turn may call it a thought."""
    if str(path[0]) != "contents" and str(path[0]) != "candidates":
        return "system"
    node: Any = tree
    role = "model" if path[0] == "candidates" else "user"
    for step in path[:-1]:
        node = node[step]
        if isinstance(node, dict) and isinstance(node.get("role"), str):
            role = node["role"]
    if role.lower() not in ("model", "assistant"):
        return "user"
    return "thinking" if node.get("thought") is True else "assistant"
