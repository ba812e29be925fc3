"""OpenAI Chat Completions, the format most providers copy."""

import re

import msgspec
from msgspec import Struct

from lockgate.codec import sse
from lockgate.core.body import Body, Headed, listed
from lockgate.core.dialect import Ask, Dialect, Endpoint, Passing, Target
from lockgate.core.permission import Permission
from lockgate.core.problem import Kind, Problem
from lockgate.dialects.openai_chat import (
    allowed,
    answer,
    chat,
    counts,
    deployment,
    models,
    offered,
    outgoing,
    problem,
    samples,
    texts,
    unsealed,
    usage,
    wanted,
)
from lockgate.dialects.openai_chat.asked import StreamOptions
from lockgate.dialects.openai_chat.decoder import Decoder
from lockgate.dialects.openai_chat.encoder import Encoder
from lockgate.dialects.openai_chat.watch import Watch


class _Peek(Struct, frozen=True, gc=False):
    stream: bool | None = None
    stream_options: StreamOptions | None = None


_peek = msgspec.json.Decoder(_Peek)
_FALSE = msgspec.Raw(b"false")
_LOOKED_AT = ("stream", "stream_options")


def ask(target: Target, body: Headed) -> Ask:
    """Model and streaming, from the top level alone."""
    model = deployment.model(target, body)
    listed(body, "messages")
    given = {key: body.top[key] for key in _LOOKED_AT if key in body.top}
    if not given or (len(given) == 1 and given.get("stream") == _FALSE):
        return Ask(model=model)
    try:
        peek = _peek.decode(msgspec.json.encode(given))
    except msgspec.DecodeError as error:
        where = "stream_options" if "stream_options" in str(error) or "include_usage" in str(error) else "stream"
        raise _refused(where, "an object" if where == "stream_options" else "true or false") from error
    options = peek.stream_options
    return Ask(model=model, stream=bool(peek.stream), usage=bool(options and options.include_usage))


def _refused(where: str, expected: str) -> Problem:
    return Problem(Kind.INVALID, f"{where} must be {expected}", where=where)


def rename(body: Body, model: str) -> Body:
    return body.set("model", model)


_ROOTS = ("/v1", "", "/openai/v1")
"""Where the paths begin: as they are, for clients that were told an address without `/v1`, and as Azure and Google have it."""

plugin = Dialect(
    name="openai_chat",
    endpoints=(
        *(
            endpoint
            for root in _ROOTS
            for endpoint in (
                Endpoint("POST", f"{root}/chat/completions", "chat", permission=Permission.MODELS_CALL),
                Endpoint("GET", f"{root}/models", "list_models", permission=Permission.MODELS_LIST),
                Endpoint(
                    "GET", re.compile(rf"^{root}/models/(?P<model>.+)$"), "get_model", permission=Permission.MODELS_LIST
                ),
            )
        ),
        Endpoint("POST", deployment.path("chat/completions"), "chat", permission=Permission.MODELS_CALL),
        Endpoint("GET", "/openai/models", "list_models", permission=Permission.MODELS_LIST),
    ),
    prefix="/v1",
    ask=ask,
    rename=rename,
    texts=texts.slots,
    samples=samples.samples,
    tools=offered.tools,
    passing=Passing(
        request=frozenset({b"idempotency-key"}),
        request_prefixes=(b"openai-",),
        response=frozenset({b"retry-after", b"retry-after-ms", b"x-should-retry"}),
        response_prefixes=(b"openai-", b"x-ratelimit-"),
    ),
    status=problem.status,
    problem=problem.render,
    read_problem=problem.read,
    decode_chat=chat.decode,
    encode_chat=outgoing.encode,
    decode_answer=answer.decode,
    encode_answer=answer.encode,
    media_type=lambda ask: b"text/event-stream" if ask.stream else b"application/json",
    framing=lambda ask: sse.Splitter(),
    decoder=Decoder,
    encoder=Encoder,
    watch=Watch,
    payload=lambda frame, ask: sse.data(frame),
    joined=texts.joined,
    unary_usage=usage.unary,
    allowed=allowed.allowed,
    wanted=wanted.wanted,
    with_counts=counts.with_counts,
    only_counts=counts.only_counts,
    unsealed=unsealed.unsealed,
    ping=lambda ask: b": ping\n\n",
    elsewhere=(b'_url"', b'file_id"'),
    at_most=wanted.at_most,
    models=models.listed,
    model=models.single,
)
