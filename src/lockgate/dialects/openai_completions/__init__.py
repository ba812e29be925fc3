"""OpenAI Completions, the older format of one prompt: the table. To every provider it goes as a chat."""

from lockgate.codec import sse
from lockgate.core.dialect import Dialect, Endpoint
from lockgate.core.passing import Passing
from lockgate.core.permission import Permission
from lockgate.dialects.openai_chat import allowed, deployment, models, usage
from lockgate.dialects.openai_chat.watch import Watch
from lockgate.dialects.openai_completions import answer, asked, chat, outgoing, problem, samples, texts, wanted
from lockgate.dialects.openai_completions.decoder import Decoder
from lockgate.dialects.openai_completions.encoder import Encoder

plugin = Dialect(
    name="openai_completions",
    endpoints=tuple(
        Endpoint("POST", path, "chat", permission=Permission.MODELS_CALL)
        for path in ("/v1/completions", "/completions", "/openai/v1/completions", deployment.path("completions"))
    ),
    prefix="/v1/completions",
    ask=asked.ask,
    rename=asked.rename,
    texts=texts.slots,
    samples=samples.samples,
    tools=asked.tools,
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
    ping=lambda ask: b": ping\n\n",
    at_most=wanted.at_most,
    models=models.listed,
    model=models.single,
)
