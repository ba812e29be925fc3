"""The table of all routes and all roles: written down, and true when it is driven. A new route shows as a line of a diff."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from lockgate.app import config_routes, health, upstream_routes
from lockgate.app import desk as desk_routes
from lockgate.app.audit_route import audit_routes
from lockgate.app.build import catalogue
from lockgate.app.desk import AdminRoute, Desk, answers
from lockgate.app.usage_route import usage_routes
from lockgate.core.dialect import WORK, Dialect, Endpoint
from lockgate.core.http import Inbound
from lockgate.core.permission import BUILT_IN, Permission, Permissions
from lockgate.core.registry import tables
from lockgate.pipeline.recognise import Catalogue
from tests.fakes import Notebook, Script, inbound
from tests.unit.pipeline.gateway import openai_answer
from tests.unit.pipeline.policed import CARRIERS, ask, gateway

TABLE = Path(__file__).with_name("routes.txt")
OWN = {**BUILT_IN, "caller-only": frozenset((Permission.MODELS_CALL,)), "nothing": frozenset[Permission]()}

NOWHERE = Path("/nowhere")
OF_DATA = (*usage_routes(NOWHERE), *audit_routes(NOWHERE))
ADMIN = (*desk_routes.ROUTES, *config_routes.ROUTES, *upstream_routes.ROUTES, *OF_DATA)


class Line(NamedTuple):
    """A route as it is written down."""

    plane: str
    method: str
    path: str
    what: str
    permission: Permission

    def __str__(self) -> str:
        roles = "everybody" if self.permission is Permission.ANYBODY else " ".join(who(self.permission))
        return f"{self.plane} {self.method} {self.path} {self.what} {self.permission.value}: {roles}"


def who(permission: Permission) -> list[str]:
    return [role for role in BUILT_IN if permission in BUILT_IN[role]]


def lines() -> Iterator[Line]:
    for dialect in tables("lockgate.dialects", Dialect).values():
        for endpoint in dialect.endpoints:
            path = endpoint.path if isinstance(endpoint.path, str) else endpoint.path.pattern
            header = f"+{endpoint.header.decode()}" if endpoint.header else ""
            assert endpoint.permission is not None
            yield Line(
                "data", endpoint.method, path, f"{dialect.name}.{endpoint.operation}{header}", endpoint.permission
            )
    yield Line("data", "HEAD", "/", "edge", Permission.ANYBODY)
    yield Line("data", "OPTIONS", "*", "cors, when configured", Permission.ANYBODY)
    for path, permission in health.ROUTES.items():
        yield Line("data", "GET", path, "health", permission)
    for route in ADMIN:
        assert route.permission is not None
        yield Line("admin", route.method, route.path, "admin", route.permission)


def test_S15_the_table_is_as_written_down() -> None:
    assert TABLE.read_text().splitlines() == sorted(map(str, lines()))


def data_plane() -> Iterator[Any]:
    for dialect in tables("lockgate.dialects", Dialect).values():
        for number, endpoint in enumerate(dialect.endpoints):
            yield pytest.param(dialect, endpoint, id=f"{dialect.name}-{number}")


TURNS: dict[str, Any] = {"messages": [{"role": "user", "content": "hi"}]}
CONTENTS: dict[str, Any] = {"contents": [{"role": "user", "parts": [{"text": "hi"}]}]}
NAMED: dict[str, dict[str, Any]] = {
    "/v1beta/models/one:countTokens": CONTENTS,
    "/v1beta/models/one:generateContent": CONTENTS,
    "/openai/deployments/one/embeddings": {"input": "hi"},
    "/openai/deployments/one/chat/completions": TURNS,
    "/openai/deployments/one/completions": {"prompt": "hi"},
}
"""Good requests at the paths that name the model."""
OTHERS: dict[str, dict[str, Any]] = {
    "/api/generate": {"prompt": "hi", "stream": False},
    "/api/chat": {**TURNS, "stream": False},
}


def request(endpoint: Endpoint) -> tuple[str, dict[str, Any] | None]:
    """A good request for the endpoint, in the words of its dialect."""
    path = endpoint.path if isinstance(endpoint.path, str) else ""
    if endpoint.operation == "get_model":
        base = "/v1beta/models/one" if "v1beta" in getattr(endpoint.path, "pattern", "") else "/v1/models/one"
        return base, None
    if endpoint.method == "GET":
        return path, None
    if isinstance(endpoint.path, re.Pattern):
        return next((path, body) for path, body in NAMED.items() if endpoint.path.fullmatch(path))
    if endpoint.operation == "embeddings":
        return path, {"model": "one", "input": "hi"}
    if endpoint.path.endswith("/completions") and "chat" not in endpoint.path:
        return path, {"model": "one", "prompt": "hi"}
    return path, {"model": "one", **OTHERS.get(path, {**TURNS, "max_tokens": 9})}


@pytest.mark.parametrize(("dialect", "endpoint"), list(data_plane()))
@pytest.mark.parametrize("carrier", CARRIERS.values(), ids=CARRIERS)
async def test_S15_S16_each_role_gets_what_the_table_says(
    carrier: tuple[bytes, bytes], dialect: Dialect, endpoint: Endpoint
) -> None:
    path, body = request(endpoint)
    got = {}
    for role in OWN:
        script = Script(openai_answer())
        one = gateway(script, Notebook(), roles=frozenset((role,)), known=OWN)
        reply, _ = await ask(one, carrier, body, path=path, method=endpoint.method)
        got[role] = reply.status, len(script.sent)

    calls = endpoint.operation in WORK
    assert got == {role: (200, calls) if endpoint.permission in OWN[role] else (403, 0) for role in OWN}


async def nobody(inbound: Inbound) -> Permissions | None:
    return None


@pytest.mark.parametrize("role", [*OWN, ""])
@pytest.mark.parametrize("route", ADMIN, ids=lambda route: route.path)
async def test_S15_each_role_gets_what_the_table_says_of_the_admin_listener(route: AdminRoute, role: str) -> None:
    async def own(inbound: Inbound) -> Permissions | None:
        return OWN[role] if role else None

    reply = await answers(Desk(0, lambda: None), own, ADMIN)(inbound(route.path, method=route.method))

    if route.permission is Permission.ANYBODY:
        assert reply.status == 200
    elif not role:
        assert reply.status == 401
    else:
        found = 404 if "{id}" in route.path else 200
        assert reply.status == (found if route.permission in OWN[role] else 403)


def test_S15_a_route_that_declares_nothing_stops_the_start() -> None:
    dialects = tables("lockgate.dialects", Dialect)
    from dataclasses import replace

    mute = replace(dialects["ollama_chat"], endpoints=(Endpoint("POST", "/api/new", "chat"),))
    with pytest.raises(ValueError, match="POST /api/new of ollama_chat"):
        Catalogue((mute,), mute)
    with pytest.raises(ValueError, match="/new of the admin listener"):
        answers(Desk(0, lambda: None), nobody, (AdminRoute("/new", desk_routes.ROUTES[0].answer),))
    assert catalogue().match("POST", "/api/new", "", ()).endpoint is None
