"""A gateway with policies: three upstreams in two regions, one team, and a caller as the test wants it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import msgspec

from lockgate.app.zone import zone
from lockgate.core.access import NO_OPINION, Access
from lockgate.core.audit import Books
from lockgate.core.auth import NOTHING_NOTED, Caller
from lockgate.core.dialect import Dialect
from lockgate.core.exchange import Route
from lockgate.core.header_policy import HeaderPolicy, Source
from lockgate.core.http import Reply
from lockgate.core.permission import BUILT_IN, Permissions
from lockgate.core.policy import Person, Place, Policies
from lockgate.core.registry import tables
from lockgate.pipeline.authenticate import Entrance
from lockgate.pipeline.recognise import Catalogue
from lockgate.pipeline.serve import Gateway, serve
from tests.fakes import Keys, Notebook, Script, StoppedClock, inbound
from tests.unit.pipeline.gateway import CLAUDE, OPENAI, whole

EU, US, BARE = replace(OPENAI, name="eu", region="eu"), replace(OPENAI, name="us", region="us"), CLAUDE
ROUTES = {
    "one": Route("one", (EU,)),
    "pair": Route("pair", (EU, US)),
    "three": Route("three", (US, BARE, EU)),
}
DIALECTS = tables("lockgate.dialects", Dialect)
SECRET = b"lg-good"
CARRIERS = {
    "authorization": (b"authorization", b"Bearer lg-good"),
    "x-api-key": (b"x-api-key", SECRET),
    "api-key": (b"api-key", SECRET),
    "x-goog-api-key": (b"x-goog-api-key", SECRET),
    "x-litellm-api-key": (b"x-litellm-api-key", b"Bearer lg-good"),
}
WHOLE = Access(models=("*",))


def gateway(
    script: Script,
    notebook: Notebook,
    team: Access = WHOLE,
    *,
    own: Access | None = None,
    roles: frozenset[str] = frozenset(),
    user: Person | None = None,
    known: Mapping[str, Permissions] = BUILT_IN,
    headers: HeaderPolicy | None = None,
    route_headers: HeaderPolicy | None = None,
    upstream_adds: Mapping[bytes, Source] | None = None,
    claims: Mapping[str, str] = NOTHING_NOTED,
    metadata: Mapping[str, str] = NOTHING_NOTED,
    door: Access = NO_OPINION,
) -> Gateway:
    users = {} if user is None else {"u": user}
    place = Place("org", ("shop", "retail"), (WHOLE, team), headers)
    routes = {
        name: replace(
            route, headers=route_headers, upstreams=tuple(replace(u, add=upstream_adds) for u in route.upstreams)
        )
        for name, route in ROUTES.items()
    }
    policies = Policies({"shop": place}, routes, zone, users=users, roles=known, door=door)
    caller = Caller(
        "key_1", "shop", "web", user="u", roles=roles, claims=claims, metadata=metadata, access=own, teams=("shop",)
    )
    catalogue = Catalogue(tuple(DIALECTS.values()), DIALECTS["openai_chat"])
    return Gateway(catalogue, Entrance((Keys({SECRET: caller}),)), policies, script, Books(notebook), StoppedClock())


async def ask(
    one: Gateway,
    carrier: tuple[bytes, bytes],
    body: dict[str, Any] | None = None,
    *,
    path: str = "/v1/chat/completions",
    method: str = "POST",
    client: str = "10.1.2.3",
    more: tuple[tuple[bytes, bytes], ...] = (),
) -> tuple[Reply, bytes]:
    request = inbound(path, b"" if body is None else msgspec.json.encode(body), carrier, *more, method=method)
    reply = await serve(one, msgspec.structs.replace(request, client=client))
    return reply, await whole(reply)
