"""What a request wants, from its path and its top-level keys; and the same request for another model."""

from typing import Any

import msgspec

from lockgate.core.body import Body, Headed, listed
from lockgate.core.dialect import Ask, Target
from lockgate.core.problem import Kind, Problem

_value = msgspec.json.Decoder()


def ask(target: Target, body: Headed) -> Ask:
    """Streams of this dialect always count tokens."""
    if "model" in target.names:
        return Ask(model=target.names["model"])
    model, stream = _top(body, "model"), _top(body, "stream")
    if not isinstance(model, str) or not model:
        raise Problem(Kind.INVALID, "must be the name of a model", where="model")
    if stream is not None and not isinstance(stream, bool):
        raise Problem(Kind.INVALID, "must be true or false", where="stream")
    listed(body, "messages")
    return Ask(model=model, stream=bool(stream), usage=True)


def rename(body: Body, model: str) -> Body:
    return body.set("model", model)


def _top(body: Headed, key: str) -> Any:
    raw = body.top.get(key)
    try:
        return None if raw is None else _value.decode(raw)
    except (ValueError, RecursionError) as error:
        raise Problem(Kind.INVALID, "is not valid JSON", where=key) from error
