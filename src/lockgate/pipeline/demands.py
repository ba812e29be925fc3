"""Does the request have the headers that the operator demands? Refused with 400, naming the header and never its value."""

from lockgate.core.auth import Caller
from lockgate.core.exchange import Call
from lockgate.core.header_policy import HeaderPolicy, Required
from lockgate.core.http import Headers
from lockgate.core.passing import Passing
from lockgate.core.problem import Kind, Problem
from lockgate.pipeline.authenticate import CARRIERS

KNOWN = CARRIERS | frozenset(
    b"x-app x-client-request-id x-goog-api-client x-real-ip x-request-id x-request-timeout x-server-timeout x-should-retry".split()
)
KNOWN_PREFIXES = (b"x-stainless-", b"x-forwarded-", b"x-lockgate-", b"x-codex-", b"x-claude-code-")
"""What clients, their libraries and proxies send of their own accord: nobody's additional parameter."""


def demand(policy: HeaderPolicy | None, call: Call, caller: Caller) -> None:
    if policy is not None:
        check(policy, call.headers, caller, call.dialect.passing)


def check(policy: HeaderPolicy, headers: Headers, caller: Caller, passing: Passing) -> None:
    for required in policy.required:
        _check_one(required, [value for name, value in headers if name == required.name], caller)
    if policy.unknown == "refuse":
        told = {required.name for required in policy.required} | policy.forward | (policy.add or {}).keys()
        for name, _ in headers:
            if unknown(name, passing) and name not in told:
                raise _refused(name, "is not known here")


def unknown(name: bytes, passing: Passing) -> bool:
    """An `x-` header that neither the gateway nor the client's dialect has a meaning for."""
    return (
        name.startswith(b"x-")
        and name not in KNOWN
        and not name.startswith(KNOWN_PREFIXES)
        and name not in passing.request
        and not name.startswith(passing.request_prefixes or (b"\n",))
    )


def _check_one(required: Required, found: list[bytes], caller: Caller) -> None:
    name = required.name
    if len(found) != 1:
        raise _refused(name, "is required" if not found else "is there twice")
    (value,) = found
    if not required.least <= len(value) <= required.most:
        raise _refused(name, f"must have {required.least} to {required.most} characters")
    if required.values and value not in required.values:
        raise _refused(name, "does not have one of the values that are allowed")
    if required.matches is not None and not required.matches(value):
        raise _refused(name, "does not have the form that is required")
    if required.equals is not None:
        wanted = required.equals.value(caller, "")
        if not wanted or value != wanted.encode():
            raise _refused(name, "does not belong to this identity")


def _refused(name: bytes, words: str) -> Problem:
    shown = name.decode("ascii")
    return Problem(Kind.INVALID, f"the header {shown} {words}", where=f"headers.{shown}")
