"""Who is asking? One identity a request: the method whose credential it carries answers, and two are refused."""

from collections.abc import Awaitable, Callable, Sequence
from urllib.parse import unquote_to_bytes

from msgspec.structs import replace

from lockgate.core.auth import BEARER, Authenticator, Caller, Presented, Sealed
from lockgate.core.http import Headers, Inbound, once
from lockgate.core.problem import Kind, Problem

_LITELLM = b"x-litellm-api-key"
CARRIERS = frozenset((b"authorization", b"x-api-key", b"api-key", b"x-goog-api-key", _LITELLM))
"""Every header that a bare key or a token may come in. None of them is ever forwarded."""

_AMBIGUOUS = "the request carries two different credentials"
_NOT_VALID = "the credential is not valid"


class Entrance:
    """The methods in the configuration's order, and what can be known of them before there is a request.

    A header that no method reads is not a credential: clients that must send some key, whatever it is, can use a gateway
    that asks for a certificate.
    """

    def __init__(self, methods: Sequence[Authenticator]) -> None:
        schemes = {method.takes.scheme for method in methods} - {""}
        self.by_scheme = {scheme: tuple(m for m in methods if m.takes.scheme == scheme) for scheme in schemes}
        self.by_header = {name: method for method in methods for name in method.takes.headers}
        self.by_certificate = tuple(method for method in methods if method.takes.certificate)
        self.open = tuple(m for m in methods if not (m.takes.scheme or m.takes.headers or m.takes.certificate))
        keys = CARRIERS if "bearer" in schemes else CARRIERS & {b"authorization"} if schemes else frozenset()
        self.url = any(method.takes.url for method in methods)
        """A bare key may be in the URL, which is off unless the operator wants it: addresses end in logs."""
        self.watched = keys | self.by_header.keys()
        self.challenges = tuple(dict.fromkeys(method.takes.challenge for method in methods))
        self.wanted = " or ".join(dict.fromkeys(method.takes.wanted for method in methods))

    def asked_again(self, problem: Problem, *, carried: bool) -> Problem:
        """A 401 says what would be taken, in order (RFC 9110 11.6.1), and what was wrong with a token (RFC 6750 3)."""
        if problem.status != Kind.UNAUTHENTICATED.status:
            return problem
        error = "invalid_request" if problem.kind is Kind.AMBIGUOUS else "invalid_token"
        said = f', error="{error}", error_description="{_plain(problem.detail)}"' if carried else ""
        problem.challenges = tuple(
            (text + said if text.startswith("Bearer ") else text).encode() for text in self.challenges
        )
        return problem


async def authenticate(inbound: Inbound, entrance: Entrance) -> tuple[Caller, Inbound]:
    """The caller, and the request as it may be read from now on: a body that was signed is compared when it is read."""
    carried = True
    try:
        headers = inbound.headers
        if entrance.url and inbound.query:
            headers, inbound = _of_url(inbound)
        scheme, credential, own = once(headers, entrance, gathered)
        asked = entrance.by_scheme[scheme] if scheme else own
        carried = bool(asked)
        presented = Presented(
            inbound.method, inbound.path, inbound.query, inbound.headers, scheme, credential,
            inbound.certificate, inbound.client, inbound.secure,
        )  # fmt: skip
        if inbound.certificate and entrance.by_certificate:
            found = await _certified(presented, entrance, asked)
        elif len(asked) == 1:
            found = await asked[0].authenticate(presented)
        else:
            found = await _first(asked or entrance.open, presented)
        if found is None:
            raise _unknown(entrance, carried=carried)
    except Problem as problem:
        raise entrance.asked_again(problem, carried=carried) from None
    if own:  # what a method's own headers hold is nobody else's business, here or upstream
        inbound = replace(inbound, headers=tuple(pair for pair in inbound.headers if pair[0] not in entrance.by_header))
    if isinstance(found, Sealed):
        return found.caller, replace(inbound, read=_checked(inbound, found, entrance))
    return found, inbound


async def _first(methods: Sequence[Authenticator], presented: Presented) -> Caller | Sealed | None:
    for method in methods:
        if found := await method.authenticate(presented):
            return found
    return None


async def _certified(
    presented: Presented, entrance: Entrance, asked: Sequence[Authenticator]
) -> Caller | Sealed | None:
    """A certificate that belongs to somebody is an identity, and a second one beside it is one too many."""
    found = await _first(entrance.by_certificate, presented)
    if found is None:
        return await _first(asked or entrance.open, presented)
    if asked:
        raise Problem(Kind.AMBIGUOUS, _AMBIGUOUS)
    return found


def _unknown(entrance: Entrance, *, carried: bool) -> Problem:
    return Problem(Kind.UNAUTHENTICATED, _NOT_VALID if carried else f"no credential was sent: use {entrance.wanted}")


def gathered(headers: Headers, entrance: Entrance) -> tuple[str, bytes, tuple[Authenticator, ...]]:
    """The scheme and the secret that all methods know, or the method whose own header was there; never two of them.

    Two headers may carry the same key, as some SDKs do; two different ones are refused.
    """
    watched, scheme, credential = entrance.watched, "", b""
    own: tuple[Authenticator, ...] = ()
    for name, value in headers:
        if name not in watched:
            continue
        if name in CARRIERS:
            how, what = _split(value, entrance) if name == b"authorization" else ("bearer", _bare(name, value))
            if credential and what and (what != credential or how != scheme):
                raise Problem(Kind.AMBIGUOUS, _AMBIGUOUS)
            scheme, credential = (how, what) if what else (scheme, credential)
        elif (method := entrance.by_header[name]) not in own:
            own = (*own, method)
    if len(own) + bool(credential) > 1:
        raise Problem(Kind.AMBIGUOUS, _AMBIGUOUS)
    return scheme, credential, own


class _AnyKey:
    takes = BEARER

    async def authenticate(self, presented: Presented) -> None:
        return None


_KEYS_ONLY = Entrance((_AnyKey(),))


def credential(headers: Headers) -> bytes:
    """The one key of a request to somebody who takes nothing else, as the administrator's listener does."""
    _, found, _ = gathered(headers, _KEYS_ONLY)
    if not found:
        raise Problem(Kind.UNAUTHENTICATED, "no key was sent")
    return found


def _of_url(inbound: Inbound) -> tuple[Headers, Inbound]:
    """The headers with each key of the query as one more that holds a bare key, and the request without them."""
    parts = inbound.query.split("&")
    keys = [part for part in parts if part.startswith("key=")]
    if not keys:
        return inbound.headers, inbound
    given = tuple((b"x-goog-api-key", unquote_to_bytes(key[4:])) for key in keys)
    rest = "&".join(part for part in parts if part not in keys)
    return (*inbound.headers, *given), replace(inbound, query=rest)


def _split(value: bytes, entrance: Entrance) -> tuple[str, bytes]:
    scheme, _, what = value.partition(b" ")
    name, what = scheme.lower().decode("latin-1"), what.strip()
    if name not in entrance.by_scheme or not what:
        forms = " or ".join(sorted(f"`{known.capitalize()} …`" for known in entrance.by_scheme))
        raise Problem(Kind.UNAUTHENTICATED, f"the authorization header is not of the form {forms}")
    return name, what


def _bare(name: bytes, value: bytes) -> bytes:
    """Clients made for LiteLLM write its header like `Authorization`."""
    return value[7:].strip() if name == _LITELLM and value[:7].lower() == b"bearer " else value


def _checked(inbound: Inbound, sealed: Sealed, entrance: Entrance) -> Callable[[], Awaitable[bytes]]:
    async def read() -> bytes:
        body = await inbound.read()
        try:
            sealed.check(body)
        except Problem as problem:
            raise entrance.asked_again(problem, carried=True) from None
        return body

    return read


def _plain(text: str) -> str:
    """What a quoted string of RFC 6750 may hold."""
    return "".join(c for c in text if " " <= c <= "~" and c not in '"\\')
