"""OpenAI Embeddings, the format that all copy who make vectors of texts."""

import msgspec

from lockgate.core.body import Body, Headed
from lockgate.core.dialect import Ask, Dialect, Endpoint, Passing, Target
from lockgate.core.no_chat import NO_CHAT
from lockgate.core.permission import Permission
from lockgate.core.problem import Kind, Problem
from lockgate.core.vectors import Vectors
from lockgate.dialects.openai_chat import allowed, problem
from lockgate.dialects.openai_embeddings import asked, bare, passed, samples, texts, usage

_model = msgspec.json.Decoder(str)


def ask(target: Target, body: Headed) -> Ask:
    """The model, from the top level alone. Vectors are never a stream of events."""
    try:
        model = _model.decode(body.top["model"])
    except (KeyError, msgspec.DecodeError) as error:
        raise _unnamed() from error
    if not model:
        raise _unnamed()
    return Ask(model=model)


def _unnamed() -> Problem:
    return Problem(Kind.INVALID, "model must be the name of a model", where="model")


def rename(body: Body, model: str) -> Body:
    return body.set("model", model)


plugin = Dialect(
    name="openai_embeddings",
    vectors=Vectors(unread=asked.unread, bare=bare.bare, passed=passed.Passed),
    endpoints=tuple(
        Endpoint("POST", f"{root}/embeddings", "embeddings", permission=Permission.MODELS_CALL)
        for root in ("/v1", "", "/openai/v1")
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
    allowed=allowed.allowed,
    wanted=asked.wanted,
    elsewhere=(b'_url"', b'file_id"'),
    **NO_CHAT,
)
