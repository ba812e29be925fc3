"""Whether a stream is asked for, and whether with its counts: from the top level alone."""

import msgspec
from msgspec import Struct

from lockgate.core.body import Headed
from lockgate.core.dialect import Ask
from lockgate.core.problem import Kind, Problem
from lockgate.dialects.openai_chat.asked import StreamOptions


class _Peek(Struct, frozen=True, gc=False):
    stream: bool | None = None
    stream_options: StreamOptions | None = None


_peek = msgspec.json.Decoder(_Peek)
_FALSE = msgspec.Raw(b"false")
_LOOKED_AT = ("stream", "stream_options")


def asked(model: str, body: Headed) -> Ask:
    given = {key: body.top[key] for key in _LOOKED_AT if key in body.top}
    if not given or (len(given) == 1 and given.get("stream") == _FALSE):
        return Ask(model=model)
    try:
        peek = _peek.decode(msgspec.json.encode(given))
    except msgspec.DecodeError as error:
        where = "stream_options" if "stream_options" in str(error) or "include_usage" in str(error) else "stream"
        expected = "an object" if where == "stream_options" else "true or false"
        raise Problem(Kind.INVALID, f"{where} must be {expected}", where=where) from error
    options = peek.stream_options
    return Ask(model=model, stream=bool(peek.stream), usage=bool(options and options.include_usage))
