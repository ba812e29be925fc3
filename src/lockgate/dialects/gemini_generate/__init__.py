"""Gemini's generateContent: Google's own API for its models."""

from lockgate.codec import json_array, sse
from lockgate.core.dialect import Ask, Dialect, Framing
from lockgate.core.passing import Passing
from lockgate.dialects.gemini_generate import (
    answer,
    chat,
    models,
    named,
    offered,
    problem,
    runs,
    samples,
    target,
    texts,
    unsealed,
    usage,
    wanted,
)
from lockgate.dialects.gemini_generate.decoder import Decoder, read
from lockgate.dialects.gemini_generate.encoder import Encoder
from lockgate.dialects.gemini_generate.watch import Watch


def _framing(ask: Ask) -> Framing:
    return json_array.Splitter() if ask.array else sse.Splitter()


plugin = Dialect(
    name="gemini_generate",
    endpoints=target.ENDPOINTS,
    prefix="/v1beta",
    ask=target.ask,
    rename=target.rename,
    texts=texts.slots,
    samples=samples.samples,
    tools=offered.tools,
    results=runs.results,
    # Exact names only: `x-goog-api-key` and `x-goog-user-project` are credentials of the client's.
    passing=Passing(request=frozenset({b"x-goog-api-client"}), response=frozenset({b"retry-after"})),
    status=problem.status,
    problem=problem.render,
    read_problem=problem.read,
    decode_chat=chat.decode,
    encode_chat=chat.encode,
    decode_answer=answer.decode,
    encode_answer=answer.encode,
    media_type=lambda ask: b"application/json" if ask.array else b"text/event-stream",
    framing=_framing,
    decoder=Decoder,
    encoder=Encoder,
    watch=Watch,
    payload=lambda frame, ask: read(frame, array=ask.array),
    joined=texts.joined,
    unary_usage=usage.unary,
    wanted=wanted.wanted,
    unsealed=unsealed.unsealed,
    # Google's own library takes a comment for the beginning of an error; an empty line is nothing to it.
    ping=lambda ask: b"" if ask.array else b"\n",
    naming=named.NAMING,
    elsewhere=(
        b'ile_data"',
        b'ileData"',
        b'nline_data"',
        b'nlineData"',
        b'rl_context"',
        b'rlContext"',
        b'ode_execution"',
        b'odeExecution"',
        b'ile_search"',
        b'ileSearch"',
    ),
    at_most=wanted.at_most,
    models=models.many,
    model=models.one,
    counted=models.counted,
)
