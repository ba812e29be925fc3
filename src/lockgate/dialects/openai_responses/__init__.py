"""OpenAI Responses: the table of this wire format."""

from lockgate.codec import sse
from lockgate.core.dialect import Dialect, Endpoint
from lockgate.core.holding import Holds
from lockgate.core.passing import Passing
from lockgate.core.permission import Permission
from lockgate.dialects.openai_chat import allowed, models
from lockgate.dialects.openai_responses import (
    answer,
    asking,
    chat,
    held,
    joined,
    marked,
    offered,
    outgoing,
    problem,
    runs,
    samples,
    texts,
    usage,
    wanted,
)
from lockgate.dialects.openai_responses.decoder import Decoder
from lockgate.dialects.openai_responses.encoder import Encoder
from lockgate.dialects.openai_responses.watch import Watch

_ROOTS = ("/v1", "", "/openai/v1", "/openai")
"""Where the paths begin: as they are, for clients that were told an address without `/v1`, and as Azure has it, now and before."""

plugin = Dialect(
    name="openai_responses",
    endpoints=tuple(
        Endpoint("POST", f"{root}/responses", "chat", permission=Permission.MODELS_CALL) for root in _ROOTS
    ),
    prefix="/v1/responses",
    ask=asking.ask,
    rename=asking.rename,
    texts=texts.slots,
    samples=samples.samples,
    tools=offered.tools,
    results=runs.results,
    tells_runs=True,
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
    joined=joined.joined,
    repeats=True,
    unary_usage=usage.unary,
    allowed=allowed.ALLOWED,
    wanted=wanted.wanted,
    ping=lambda ask: b": ping\n\n",
    elsewhere=(b'_url"', b'file_id"', b'"web_search', b'"file_search"', b'_interpreter"', b'"mcp"'),
    at_most=wanted.at_most,
    holds=Holds(
        previous=held.PREVIOUS,
        stays=held.stays,
        acts=offered.acts,
        refuse=held.refuse,
        alone=held.alone,
        opened=held.opened,
        marked=marked.marked,
        begun=marked.begun,
    ),
    models=models.listed,
    model=models.single,
)
