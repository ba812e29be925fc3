"""Ollama's own chat format: one JSON document per line, and streamed unless told otherwise."""

import msgspec

from lockgate.codec import ndjson
from lockgate.core.body import Body, Headed, listed
from lockgate.core.dialect import Ask, Dialect, Endpoint, Target
from lockgate.core.passing import Passing
from lockgate.core.permission import Permission
from lockgate.core.problem import Kind, Problem
from lockgate.dialects.ollama_chat import answer, chat, models, offered, outgoing, problem, texts, wanted
from lockgate.dialects.ollama_chat.decoder import Decoder
from lockgate.dialects.ollama_chat.encoder import Encoder
from lockgate.dialects.ollama_chat.watch import Watch, unary_usage

_model = msgspec.json.Decoder(str)
_stream = msgspec.json.Decoder(bool | None)


def ask(target: Target, body: Headed) -> Ask:
    """Model and streaming, from the top level alone. A stream always ends with its counts."""
    try:
        model = _model.decode(body.top["model"])
    except (KeyError, msgspec.DecodeError):
        model = ""
    if not model:
        raise Problem(Kind.INVALID, "model must be the name of a model", where="model")
    try:
        stream = _stream.decode(body.top["stream"]) if "stream" in body.top else None
    except msgspec.DecodeError:
        raise Problem(Kind.INVALID, "stream must be true or false", where="stream") from None
    listed(body, "messages")
    return Ask(model=model, stream=stream is not False, usage=True)


def rename(body: Body, model: str) -> Body:
    return body.set("model", model)


plugin = Dialect(
    name="ollama_chat",
    endpoints=(
        Endpoint("POST", "/api/chat", "chat", permission=Permission.MODELS_CALL),
        Endpoint("GET", "/api/tags", "list_models", permission=Permission.MODELS_LIST),
        Endpoint("GET", "/api/version", "version", permission=Permission.MODELS_LIST),
    ),
    prefix="/api",
    ask=ask,
    rename=rename,
    texts=texts.slots,
    tools=offered.tools,
    passing=Passing(response=frozenset({b"retry-after"})),
    status=problem.status,
    problem=problem.render,
    read_problem=problem.read,
    decode_chat=chat.decode,
    encode_chat=outgoing.encode,
    decode_answer=answer.decode,
    encode_answer=answer.encode,
    media_type=lambda ask: b"application/x-ndjson" if ask.stream else b"application/json",
    framing=lambda ask: ndjson.Splitter(),
    decoder=Decoder,
    encoder=Encoder,
    watch=Watch,
    payload=lambda frame, ask: frame.strip(),
    joined=texts.joined,
    unary_usage=unary_usage,
    wanted=wanted.wanted,
    elsewhere=(b'"images"',),
    at_most=wanted.at_most,
    models=models.listed,
    model=models.single,
    version=models.VERSION,
)
