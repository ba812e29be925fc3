"""Ollama's completion of one prompt: the table of this wire format. To every provider it goes as a chat."""

from lockgate.codec import ndjson
from lockgate.core.dialect import Dialect, Endpoint
from lockgate.core.passing import Passing
from lockgate.core.permission import Permission
from lockgate.dialects.ollama_chat import models, wanted
from lockgate.dialects.ollama_chat.watch import Watch, unary_usage
from lockgate.dialects.ollama_generate import answer, asked, chat, outgoing, problem, samples, texts
from lockgate.dialects.ollama_generate.decoder import Decoder
from lockgate.dialects.ollama_generate.encoder import Encoder

plugin = Dialect(
    name="ollama_generate",
    endpoints=(Endpoint("POST", "/api/generate", "chat", permission=Permission.MODELS_CALL),),
    prefix="/api/generate",
    ask=asked.ask,
    rename=asked.rename,
    texts=texts.slots,
    samples=samples.samples,
    tools=asked.tools,
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
