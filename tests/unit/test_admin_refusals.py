"""What the admin listener refuses it says as RFC 9457 has it, whatever the reason is."""

from collections.abc import Awaitable, Callable

import msgspec
import pytest

from lockgate.app.config_routes import ROUTES
from lockgate.app.desk import Desk, answers, refused
from lockgate.core.http import Inbound
from lockgate.core.permission import BUILT_IN, Permissions
from lockgate.core.problem import Kind, Problem
from lockgate.edge.refusal import rendered
from tests.fakes import inbound

Own = Callable[[Inbound], Awaitable[Permissions | None]]


async def nobody(inbound: Inbound) -> None:
    return None


async def service(inbound: Inbound) -> Permissions:
    return BUILT_IN["service"]


async def unknown(inbound: Inbound) -> Permissions:
    raise Problem(Kind.NO_AUTH, "keys cannot be read now")


@pytest.mark.parametrize(
    ("own", "method", "path", "status", "title"),
    [
        (service, "GET", "/api/nothing", 404, "there is nothing at this path"),
        (service, "POST", "/api/config", 405, "this path takes GET"),
        (nobody, "GET", "/api/config", 401, "a credential is needed here: the administrator's secret, or a client key"),
        (service, "GET", "/api/config", 403, "this needs the permission config.read"),
        (unknown, "GET", "/api/config", 503, "keys cannot be read now"),
    ],
)
async def test_a_refusal_is_a_problem_document(own: Own, method: str, path: str, status: int, title: str) -> None:
    reply = await answers(Desk(0, lambda: None), own, ROUTES)(inbound(path, method=method))

    assert isinstance(reply.body, bytes)
    said = msgspec.json.decode(reply.body)
    assert dict(reply.headers)[b"content-type"] == b"application/problem+json"
    assert (reply.status, said["status"], said["title"]) == (status, status, title)
    assert said.get("code") == ("auth_unavailable" if own is unknown else None)


def test_what_went_wrong_inside_is_a_problem_document_too() -> None:
    reply = refused(Problem(Kind.INTERNAL, "internal error", source="gateway"), inbound("/api/config", method="GET"))

    assert isinstance(reply.body, bytes)
    assert dict(reply.headers)[b"content-type"] == b"application/problem+json"
    assert msgspec.json.decode(reply.body) == {"type": "about:blank", "title": "internal error", "status": 500} | {
        "code": "internal_error"
    }


def test_what_is_no_request_is_refused_with_a_problem_document_where_that_is_spoken() -> None:
    _, answer = rendered(Problem(Kind.INVALID, "the Host header is missing"), b"", documents=True)

    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"content-type: application/problem+json" in head
    assert msgspec.json.decode(body) == {
        "type": "about:blank",
        "title": "the Host header is missing",
        "status": 400,
    } | {"code": "invalid_request"}
