"""Who is asking? One credential a request, whichever header carries it; the first method that knows it answers."""

from collections.abc import Sequence

from lockgate.core.auth import Authenticator, Caller
from lockgate.core.http import Headers
from lockgate.core.problem import Kind, Problem

CARRIERS = frozenset((b"authorization", b"x-api-key", b"api-key", b"x-goog-api-key"))
"""Every header a client's credential may come in. None of them is ever forwarded."""


async def authenticate(headers: Headers, authenticators: Sequence[Authenticator]) -> Caller:
    presented = credential(headers)
    for authenticator in authenticators:
        if caller := await authenticator.authenticate(presented):
            return caller
    raise Problem(Kind.UNAUTHENTICATED, "the API key is not valid")


def credential(headers: Headers) -> bytes:
    """The one credential. Two headers may carry the same one, as some SDKs do; two different ones are refused."""
    found = b""
    for name, value in headers:
        if name not in CARRIERS:
            continue
        presented = _bearer(value) if name == b"authorization" else value
        if found and presented != found:
            raise Problem(Kind.AMBIGUOUS, "the request carries two different credentials")
        found = presented
    if not found:
        raise Problem(
            Kind.UNAUTHENTICATED,
            "no API key was sent: use `Authorization: Bearer`, `x-api-key`, `api-key` or `x-goog-api-key`",
        )
    return found


def _bearer(value: bytes) -> bytes:
    scheme, _, token = value.partition(b" ")
    if scheme.lower() != b"bearer" or not token.strip():
        raise Problem(Kind.UNAUTHENTICATED, "the authorization header is not of the form `Bearer KEY`")
    return token.strip()
