"""Where requests of this dialect go: the model and the verb stand in the path, and the form of a stream in the query."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

from lockgate.core.body import Body, Headed, Parsed, listed
from lockgate.core.dialect import Ask, Endpoint, Target
from lockgate.core.permission import Permission
from lockgate.core.problem import Kind, Problem
from lockgate.dialects.gemini_generate import wire

_SEGMENT = r"(?!\.{1,2}(?:[/:]|$))[^/?#]+"
_MODEL = rf"(?P<model>{_SEGMENT}(?:/{_SEGMENT})*)"

_ONE = rf"/models/{_MODEL}(?<!enerateContent)(?<!:countTokens)"
_KEY = b"x-goog-api-key"

_CALL = re.compile(rf"/v1(?:beta)?/models/{_MODEL}:(?P<verb>(?:streamG|g)enerateContent)")
_COUNT = re.compile(rf"/v1(?:beta)?/models/{_MODEL}:countTokens")
_LIST = Permission.MODELS_LIST

ENDPOINTS = (
    Endpoint("POST", _CALL, "chat", permission=Permission.MODELS_CALL),
    Endpoint("POST", _COUNT, "count_tokens", permission=Permission.MODELS_COUNT),
    Endpoint("GET", "/v1beta/models", "list_models", permission=_LIST),
    Endpoint("GET", re.compile(rf"/v1beta{_ONE}"), "get_model", permission=_LIST),
    # Google's own client asks for /v1 by default since its third version. The path is OpenAI's too: the key tells.
    Endpoint("GET", "/v1/models", "list_models", _KEY, _LIST),
    Endpoint("GET", re.compile(rf"/v1{_ONE}"), "get_model", _KEY, _LIST),
)


def ask(target: Target, body: Headed) -> Ask:
    """A body may name the model once more; another one than the path's would be asked for behind the rules' back."""
    model = target.names.get("model", "")
    if "model" in body.top and wire.tree.decode(body.top["model"]) not in (model, f"models/{model}"):
        raise Problem(Kind.INVALID, "the body's model is not the one in the path", where="model")
    if "generateContentRequest" in body.top:  # a whole request to be counted, as older clients send it
        return Ask(model)
    listed(body, "contents")
    stream = target.names.get("verb") == "streamGenerateContent"
    # Streams always count their tokens here.
    return Ask(model, stream=stream, usage=True, array=stream and not _wants_events(target.query))


def rename(body: Body, model: str) -> Body:
    """The provider's path carries the name. A name in the body can only contradict it, so it goes."""
    if isinstance(body, Headed):
        return Headed(_without(body.top)) if "model" in body.top else body
    return Parsed(_without(body.tree)) if "model" in body.tree else body


def _without(top: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in top.items() if key != "model"}


def _wants_events(query: str) -> bool:
    try:
        asked = parse_qs(query, max_num_fields=100)
    except ValueError:
        return False
    return "sse" in asked.get("alt", []) or "sse" in asked.get("$alt", [])
