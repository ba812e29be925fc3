"""Anthropic Messages: the table of this wire format."""

import re

from lockgate.codec import sse
from lockgate.core.dialect import Dialect, Endpoint
from lockgate.core.passing import Passing
from lockgate.core.permission import Permission
from lockgate.dialects.anthropic_messages import (
    allowed,
    answer,
    asking,
    decoder,
    encoder,
    joined,
    models,
    named,
    offered,
    problem,
    read_chat,
    runs,
    samples,
    texts,
    unsealed,
    usage,
    wanted,
    watch,
    write_chat,
)

_VERSION = b"anthropic-version"

plugin = Dialect(
    name="anthropic_messages",
    endpoints=(
        Endpoint("POST", "/v1/messages", "chat", permission=Permission.MODELS_CALL),
        Endpoint("POST", "/v1/messages/count_tokens", "count_tokens", permission=Permission.MODELS_COUNT),
        Endpoint("GET", "/v1/models", "list_models", _VERSION, Permission.MODELS_LIST),
        Endpoint("GET", re.compile(r"^/v1/models/(?P<model>.+)$"), "get_model", _VERSION, Permission.MODELS_LIST),
    ),
    prefix="/v1/messages",
    ask=asking.ask,
    rename=asking.rename,
    texts=texts.slots,
    roles=texts.ROLES,
    samples=samples.samples,
    tools=offered.tools,
    results=runs.results,
    tells_runs=True,
    passing=Passing(
        request_prefixes=(b"anthropic-",),
        response=frozenset((b"retry-after", b"x-should-retry")),
        response_prefixes=(b"anthropic-",),
    ),
    status=problem.status,
    problem=problem.render,
    read_problem=problem.read,
    decode_chat=read_chat.decode,
    encode_chat=write_chat.encode,
    decode_answer=answer.decode,
    encode_answer=answer.encode,
    media_type=lambda ask: b"text/event-stream",
    framing=lambda ask: sse.Splitter(),
    decoder=decoder.Decoder,
    encoder=encoder.Encoder,
    watch=watch.Watch,
    payload=lambda frame, ask: sse.data(frame),
    joined=joined.joined,
    unary_usage=usage.of_answer,
    allowed=allowed.ALLOWED,
    wanted=wanted.wanted,
    unsealed=unsealed.unsealed,
    ping=lambda ask: b'event: ping\ndata: {"type": "ping"}\n\n',
    acting=("mcp_servers",),
    naming=named.NAMING,
    elsewhere=(b'"url"', b'file_id"', b'"base64"', b'"web_fetch_2', b'"code_execution_2'),
    at_most=wanted.at_most,
    models=models.listing,
    model=models.single,
    counted=models.counted,
    cites=b'"citations"',
    extra_headers=lambda request_id: ((b"request-id", request_id.encode()),),
)
