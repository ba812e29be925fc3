"""A gateway with policies: three upstreams in two regions, one team, and a caller as the test wants it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import msgspec

from lockgate.app.zone import zone
from lockgate.core.access import NO_OPINION, Access
from lockgate.core.audit import Books
from lockgate.core.auth import Caller
from lockgate.core.dialect import Dialect
from lockgate.core.exchange import Route
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
    door: Access = NO_OPINION,
) -> Gateway:
    users = {} if user is None else {"u": user}
    place = Place("org", ("shop", "retail"), (WHOLE, team))
    policies = Policies({"shop": place}, ROUTES, zone, users=users, roles=known, door=door)
    caller = Caller("key_1", "shop", user="u", roles=roles, access=own)
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
) -> tuple[Reply, bytes]:
    request = inbound(path, b"" if body is None else msgspec.json.encode(body), carrier, method=method)
    reply = await serve(one, msgspec.structs.replace(request, client=client))
    return reply, await whole(reply)
