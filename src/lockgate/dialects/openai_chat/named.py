"""Files, sounds, voices, caches, libraries: what a request names of what its provider keeps, and the ids of sounds in answers.

OpenAI API reference, "Create chat completion"; and what its copies add: Mistral's libraries and connectors, Azure's data sources,
OpenRouter's presets, Google's caches, memory of vLLM, SGLang and llama.cpp, files by an address of their own (Moonshot).
"""

from collections.abc import Mapping
from typing import Any

from lockgate.core.named_fields import NamedFields
from lockgate.core.naming import Named, Naming, named
from lockgate.dialects.openai_chat.sounded import marked

FIELDS = NamedFields(
    free=frozenset(("toolcallid", "callid", "userid", "requestid", "sessionid")),
    also=frozenset(("container", "cachedcontent", "preset", "idslot", "fileid", "fileids")),
    whole=frozenset(("datasources", "kvtransferparams", "sessionparams", "disaggregatedparams", "thread")),
    own=frozenset(
        (
            "parameters", "arguments", "metadata", "schema", "responseformat", "logitbias", "toolchoice", "trace",
            "chattemplatekwargs", "guidedjson", "structuredoutputs",
        )
    ),
    below=frozenset(
        (
            "audio", "voice", "container", "conversation", "prompt", "thread", "session", "cache", "file", "files",
            "memory", "assistant", "agent", "collection", "collections",
        )
    ),
    addresses=frozenset(("url", "imageurl", "videourl", "audiourl", "fileurl", "documenturl")),
)  # fmt: skip
_SOUNDS = frozenset(("audio", "modalities"))
_TOP = frozenset(
    (
        "model", "stream", "max_tokens", "max_completion_tokens", "temperature", "top_p", "top_k", "min_p", "stop", "n", "seed",
        "user", "presence_penalty", "frequency_penalty", "repetition_penalty", "logprobs", "top_logprobs", "parallel_tool_calls",
        "reasoning_effort", "verbosity", "service_tier", "store", "safety_identifier", "prompt_cache_key",
        "prompt_cache_retention", "random_seed", "safe_prompt", "include_reasoning", "modalities", "session_id",
        "tool_choice", "response_format", "metadata", "logit_bias",
    )
)  # fmt: skip
"""What can name nothing, whatever it says; or is a document of the client's own."""
_OPTIONS = frozenset(("include_usage", "include_obfuscation"))
_SWITCHES = frozenset(("effort", "max_tokens", "exclude", "enabled", "type", "summary"))
_INSIDE: Mapping[str, frozenset[str]] = {"stream_options": _OPTIONS, "reasoning": _SWITCHES, "thinking": _SWITCHES}
_TURN = frozenset(
    (
        "role", "content", "name", "tool_calls", "tool_call_id", "refusal", "reasoning_content", "reasoning",
        "function_call", "cache_control",
    )
)  # fmt: skip
_CALL = frozenset(("id", "type", "index", "function"))
_CALLED = frozenset(("name", "arguments"))
_TOOL = frozenset(("type", "function", "strict", "cache_control"))
_FUNCTION = frozenset(("name", "description", "parameters", "strict"))
_MARKER = frozenset(("type", "ttl"))
_PARTS: Mapping[Any, frozenset[str]] = {
    "text": frozenset(("type", "text")),
    "image_url": frozenset(("type", "image_url")),
    "input_audio": frozenset(("type", "input_audio")),
}
_PICTURE = frozenset(("url", "detail"))
_SOUND = frozenset(("data", "format"))


def look(tree: dict[str, Any]) -> Named:
    return named(names=not _plain(tree), makes=not _SOUNDS.isdisjoint(tree))


def _plain(tree: dict[str, Any]) -> bool:
    """It surely names nothing."""
    for key in tree.keys() - _TOP:
        value = tree[key]
        if key in ("messages", "tools"):
            if value is not None and not (
                type(value) is list and all(map(_turn if key == "messages" else _tool, value))
            ):
                return False
        elif key not in _INSIDE or not _leaf(value, _INSIDE[key]):
            return False
    return True


def _turn(turn: Any) -> bool:
    if type(turn) is not dict or not _TURN.issuperset(turn):
        return False
    content = turn.get("content")
    if type(content) is list:
        if not all(map(_part, content)):
            return False
    elif content is not None and type(content) is not str:
        return False
    if len(turn) == 2:
        return True
    calls = turn.get("tool_calls")
    if calls is not None and not (type(calls) is list and all(map(_call, calls))):
        return False
    called, reasoning = turn.get("function_call"), turn.get("reasoning")
    if reasoning is not None and type(reasoning) is not str:
        return False
    return (called is None or _leaf(called, _CALLED)) and _marker(turn)


def _part(part: Any) -> bool:
    if type(part) is str:
        return True
    if type(part) is not dict or type(kind := part.get("type")) is not str or (known := _PARTS.get(kind)) is None:
        return False
    if not known.issuperset(part) and not (known.issuperset(part.keys() - {"cache_control"}) and _marker(part)):
        return False
    if kind == "text":
        return type(part.get("text")) is str
    inner = part.get(kind)
    if kind == "input_audio":
        return type(inner) is str or _leaf(inner, _SOUND)
    url = inner.get("url") if type(inner) is dict and _PICTURE.issuperset(inner) else inner
    return type(url) is str and url[:5] == "data:"


def _call(call: Any) -> bool:
    return type(call) is dict and _CALL.issuperset(call) and _leaf(call.get("function"), _CALLED)


def _tool(tool: Any) -> bool:
    if type(tool) is not dict or not _TOOL.issuperset(tool):
        return False
    function = tool.get("function")
    return type(function) is dict and _FUNCTION.issuperset(function) and (len(tool) == 2 or _marker(tool))


def _leaf(node: Any, known: frozenset[str]) -> bool:
    return type(node) is dict and known.issuperset(node)


def _marker(node: dict[str, Any]) -> bool:
    marker = node.get("cache_control")
    return marker is None or _leaf(marker, _MARKER)


NAMING = Naming(look=look, opened=FIELDS.opened, marked=marked)
