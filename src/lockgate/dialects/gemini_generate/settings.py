"""`generationConfig`, both ways."""

from typing import Any

from msgspec import Raw

from lockgate.core.chat import Chat, Format
from lockgate.dialects.gemini_generate import reasoning, schema, wire
from lockgate.dialects.gemini_generate.fields import Fields

_MAX_STOPS = 5
_SAME = (
    ("max_tokens", "maxOutputTokens"),
    ("top_p", "topP"),
    ("top_k", "topK"),
    ("frequency_penalty", "frequencyPenalty"),
    ("presence_penalty", "presencePenalty"),
)


def decode(request: Fields) -> dict[str, Any]:
    """The fields of `Chat` that come from here."""
    config = request.child("generationConfig")
    if config is None:
        return {}
    said = {
        "temperature": config.number("temperature"),
        "top_p": config.number("topP"),
        "top_k": config.integer("topK"),
        "max_tokens": config.integer("maxOutputTokens"),
        "stop": config.strings("stopSequences"),
        "seed": config.integer("seed"),
        "presence_penalty": config.number("presencePenalty"),
        "frequency_penalty": config.number("frequencyPenalty"),
        "n": max(1, config.integer("candidateCount") or 1),
        "logprobs": config.flag("responseLogprobs") or False,
        "top_logprobs": config.integer("logprobs"),
        "format": _format(config),
        "reasoning": reasoning.decode(config),
    }
    _only_text(config)
    config.close()
    return said


def _format(config: Fields) -> Format | None:
    mime = config.text("responseMimeType")
    own, standard = config.take("responseSchema"), config.take("responseJsonSchema")
    if mime not in ("", "text/plain", "application/json"):
        config.lose("responseMimeType")
    if standard is not None:
        return Format("schema", Raw(wire.encode(standard)))
    if own is not None:
        return Format("schema", schema.to_json_schema(own))
    return Format("json") if mime == "application/json" else None


def _only_text(config: Fields) -> None:
    """Text alone is the default; anything else has no word elsewhere."""
    modalities = config.take("responseModalities")
    if modalities not in (None, [], ["TEXT"], ["text"]):
        config.lose("responseModalities")


def encode(chat: Chat, lost: list[str]) -> dict[str, Any]:
    said: dict[str, Any] = {wired: value for ours, wired in _SAME if (value := getattr(chat, ours)) is not None}
    if chat.temperature is not None:
        said["temperature"] = min(chat.temperature, 2.0)
        if chat.temperature > 2:
            lost.append("temperature above 2")
    if chat.stop:
        said["stopSequences"] = list(chat.stop[:_MAX_STOPS])
        if len(chat.stop) > _MAX_STOPS:
            lost.append(f"more than {_MAX_STOPS} stop sequences")
    if chat.seed is not None:
        said["seed"] = chat.seed & 0x7FFFFFFF  # theirs has 32 bits; the same seed still gives the same one
    if chat.n > 1:
        said["candidateCount"] = chat.n
    if chat.logprobs:
        said["responseLogprobs"] = True
        if chat.top_logprobs is not None:
            said["logprobs"] = chat.top_logprobs
    said |= _answer_format(chat.format, lost)
    if thinking := reasoning.encode(chat.reasoning, chat.model, lost):
        said["thinkingConfig"] = thinking
    return said


def _answer_format(wanted: Format | None, lost: list[str]) -> dict[str, Any]:
    if wanted is None:
        return {}
    if wanted.description:
        lost.append("description of the answer's schema")
    if wanted.kind == "json":
        return {"responseMimeType": "application/json"}
    return {"responseMimeType": "application/json", "responseJsonSchema": wanted.schema}
