"""Caches, files, stores, corpora, and where an answer goes on: what a request names of what Google keeps, in both spellings.

Google AI for Developers, "Generating content"; Gen AI SDK, `Tool.retrieval`. No answer gives an id that can be named here.
"""

from collections.abc import Mapping
from typing import Any

from lockgate.core.named_fields import NamedFields
from lockgate.core.naming import Named, Naming, named

FIELDS = NamedFields(
    also=frozenset(
        (
            "cachedcontent", "filesearchstorenames", "filesearchstorename", "filesearchstore", "datastore", "engine",
            "ragcorpus", "ragcorpora", "continuationtoken",
        )
    ),
    whole=frozenset(("retrieval",)),
    own=frozenset(
        (
            "args", "response", "parameters", "parametersjsonschema", "responseschema", "responsejsonschema", "labels",
            "partmetadata",
        )
    ),
    below=frozenset(("cachedcontent", "file")),
    addresses=frozenset(("fileuri",)),
)  # fmt: skip
_TURNS = frozenset(("contents", "systemInstruction", "system_instruction"))
_CONFIG = frozenset(("generationConfig", "generation_config"))
_SAFETY = frozenset(("safetySettings", "safety_settings"))
_TURN = frozenset(("role", "parts"))
_PART: Mapping[str, frozenset[str] | None] = {
    "text": None,
    "thought": None,
    "thoughtSignature": None,
    "thought_signature": None,
    "functionCall": frozenset(("id", "name", "args")),
    "function_call": frozenset(("id", "name", "args")),
    "functionResponse": frozenset(("id", "name", "response")),
    "function_response": frozenset(("id", "name", "response")),
    "inlineData": frozenset(("mimeType", "mime_type", "data", "displayName", "display_name")),
    "inline_data": frozenset(("mimeType", "mime_type", "data", "displayName", "display_name")),
}
"""What a part may be that names nothing, and the fields of each."""
_OPTIONS = frozenset(
    (
        "temperature", "topP", "top_p", "topK", "top_k", "candidateCount", "candidate_count", "maxOutputTokens",
        "max_output_tokens", "stopSequences", "stop_sequences", "responseMimeType", "response_mime_type", "seed",
        "responseModalities", "response_modalities", "presencePenalty", "presence_penalty", "frequencyPenalty",
        "frequency_penalty", "mediaResolution", "media_resolution", "responseLogprobs", "response_logprobs", "logprobs",
    )
)  # fmt: skip
_SCHEMAS = frozenset(("responseSchema", "response_schema", "responseJsonSchema", "response_json_schema"))
_THINKING = frozenset(("thinkingConfig", "thinking_config"))
_THOUGHTS = frozenset(
    ("thinkingBudget", "thinking_budget", "includeThoughts", "include_thoughts", "thinkingLevel", "thinking_level")
)
_FUNCTIONS = frozenset(("functionDeclarations", "function_declarations"))
_FUNCTION = frozenset(
    ("name", "description", "parameters", "parametersJsonSchema", "parameters_json_schema", "response", "behavior")
)
_SETTING = frozenset(("category", "threshold", "method"))


def look(tree: dict[str, Any]) -> Named:
    return named(names=not all(map(_field, tree, tree.values())))


def _field(key: str, value: Any) -> bool:
    """It surely names nothing."""
    if key in _TURNS:
        return all(map(_turn, value if type(value) is list else (value,)))
    if key in _CONFIG:
        return type(value) is dict and all(map(_option, value, value.values()))
    if key == "tools":
        return type(value) is list and all(map(_tool, value))
    if key in _SAFETY:
        return type(value) is list and all(_leaf(each, _SETTING) for each in value)
    return key in ("model", "labels")


def _turn(turn: Any) -> bool:
    if type(turn) is not dict or not _TURN.issuperset(turn):
        return False
    parts = turn.get("parts")
    return all(map(_part, parts if type(parts) is list else (parts,)))


def _part(part: Any) -> bool:
    if type(part) is not dict:
        return False
    for key, value in part.items():
        if key not in _PART:
            return False
        if type(value) is not str and type(value) is not bool:
            known = _PART[key]
            if known is None or not _leaf(value, known):
                return False
    return True


def _option(key: str, value: Any) -> bool:
    if key in _OPTIONS:
        return type(value) is not dict
    return key in _SCHEMAS or (key in _THINKING and _leaf(value, _THOUGHTS))


def _tool(group: Any) -> bool:
    return type(group) is dict and all(map(_group, group, group.values()))


def _group(key: str, value: Any) -> bool:
    if key in _FUNCTIONS:
        return type(value) is list and all(_leaf(each, _FUNCTION) for each in value)
    return type(value) is dict and not value


def _leaf(node: Any, known: frozenset[str]) -> bool:
    return type(node) is dict and known.issuperset(node)


NAMING = Naming(look=look, opened=FIELDS.opened)
