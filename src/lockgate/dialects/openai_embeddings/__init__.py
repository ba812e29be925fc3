"""OpenAI Embeddings, the format that all copy who make vectors of texts."""

from lockgate.core.body import Body, Headed
from lockgate.core.dialect import Ask, Dialect, Endpoint, Target
from lockgate.core.no_chat import NO_CHAT
from lockgate.core.passing import Passing
from lockgate.core.permission import Permission
from lockgate.core.vectors import Vectors
from lockgate.dialects.openai_chat import allowed, deployment, problem
from lockgate.dialects.openai_embeddings import asked, bare, named, passed, samples, texts, usage


def ask(target: Target, body: Headed) -> Ask:
    """The model, from the path or the top level alone. Vectors are never a stream of events."""
    return Ask(model=deployment.model(target, body))


def rename(body: Body, model: str) -> Body:
    return body.set("model", model)


plugin = Dialect(
    name="openai_embeddings",
    vectors=Vectors(unread=asked.unread, bare=bare.bare, passed=passed.Passed),
    endpoints=tuple(
        Endpoint("POST", path, "embeddings", permission=Permission.MODELS_CALL)
        for path in ("/v1/embeddings", "/embeddings", "/openai/v1/embeddings", deployment.path("embeddings"))
    ),
    prefix="/v1/embeddings",
    ask=ask,
    rename=rename,
    texts=texts.slots,
    samples=samples.samples,
    passing=Passing(
        request=frozenset({b"idempotency-key"}),
        request_prefixes=(b"openai-",),
        response=frozenset({b"retry-after", b"retry-after-ms", b"x-should-retry"}),
        response_prefixes=(b"openai-", b"x-ratelimit-"),
    ),
    status=problem.status,
    problem=problem.render,
    read_problem=problem.read,
    unary_usage=usage.unary,
    allowed=allowed.ALLOWED,
    wanted=asked.wanted,
    naming=named.NAMING,
    elsewhere=(b'_url"', b'file_id"'),
    **NO_CHAT,
)
