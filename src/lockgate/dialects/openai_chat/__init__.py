"""OpenAI Chat Completions, the format most providers copy."""

import re

from lockgate.codec import sse
from lockgate.core.body import Body, Headed, listed
from lockgate.core.dialect import Ask, Dialect, Endpoint, Target
from lockgate.core.passing import Passing
from lockgate.core.permission import Permission
from lockgate.dialects.openai_chat import (
    allowed,
    answer,
    chat,
    counts,
    deployment,
    models,
    named,
    offered,
    outgoing,
    problem,
    samples,
    streamed,
    texts,
    unsealed,
    usage,
    wanted,
)
from lockgate.dialects.openai_chat.decoder import Decoder
from lockgate.dialects.openai_chat.encoder import Encoder
from lockgate.dialects.openai_chat.watch import Watch


def ask(target: Target, body: Headed) -> Ask:
    """Model and streaming, from the top level alone."""
    model = deployment.model(target, body)
    listed(body, "messages")
    return streamed.asked(model, body)


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
    roles=texts.ROLES,
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
    allowed=allowed.ALLOWED,
    wanted=wanted.wanted,
    with_counts=counts.with_counts,
    only_counts=counts.only_counts,
    unsealed=unsealed.unsealed,
    ping=lambda ask: b": ping\n\n",
    naming=named.NAMING,
    elsewhere=(b'_url"', b'file_id"'),
    at_most=wanted.at_most,
    models=models.listed,
    model=models.single,
)
