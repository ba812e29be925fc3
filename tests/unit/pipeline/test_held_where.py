"""Which of several accounts is asked: the one that knows what the request names, however the request spells it."""

import json
from dataclasses import replace
from typing import Any

import msgspec
import pytest

from lockgate.core.access import Access
from lockgate.core.auth import Caller
from lockgate.core.exchange import Route
from lockgate.core.holder import Holder, account
from lockgate.core.key_digest import Pepper
from lockgate.pipeline.serve import serve
from tests.fakes import Answered, Notebook, Script, inbound
from tests.unit.pipeline.gateway import KEY, gateway, policies, whole
from tests.unit.pipeline.test_held import NATIVE, answer

WHO = Caller("key_1", "shop", teams=("shop",))
ONE, TWO = (
    Holder(Pepper(bytes(32)), account(name), shared=frozenset((f"vs_{name}", "vs_both"))) for name in ("one", "two")
)
PLACES = tuple(replace(NATIVE, name=f"n{at}", base_path=f"/{at}", holder=each) for at, each in enumerate((ONE, TWO)))


async def asked(raw: bytes, *places: int) -> tuple[int, list[tuple[str, Any]]]:
    """The status, and who was asked for what, the accounts in this order and the first of them not there."""
    script = Script(Answered(503, [b"{}"]), *[Answered(200, [msgspec.json.encode(answer())])] * 3)
    base = replace(
        gateway(script, Notebook()),
        policies=policies(
            {"native": Route("native", tuple(PLACES[at] for at in places))}, shop=Access(models=("native",))
        ),
    )
    reply = await serve(base, inbound("/v1/responses", raw, KEY))
    await whole(reply)
    return reply.status, [(sent.target, json.loads(sent.body)) for sent in script.sent]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
@pytest.mark.parametrize("at", [0, 1])
@pytest.mark.parametrize("escaped", [False, True], ids=["plain", "escaped"])
async def test_S79_only_who_knows_an_id_is_asked_however_it_is_spelled(
    at: int, order: tuple[int, int], *, escaped: bool
) -> None:
    mine = (ONE, TWO)[at].marked("resp_0", WHO, 7, bytes(8))
    said = mine.replace("_lg", "\\u005flg") if escaped else mine

    _, sent = await asked(f'{{"model":"native","input":"hi","previous_response_id":"{said}"}}'.encode(), *order)

    assert {target for target, _ in sent} == {f"/{at}/responses"}
    assert {body["previous_response_id"] for _, body in sent} == {"resp_0"}


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
@pytest.mark.parametrize(("store", "at"), [("vs_one", {0}), ("vs_two", {1}), ("vs_both", {0, 1})])
async def test_what_one_account_shares_the_other_is_not_asked_for(
    store: str, at: set[int], order: tuple[int, int]
) -> None:
    tools = [{"type": "file_search", "vector_store_ids": [store]}]

    _, sent = await asked(msgspec.json.encode({"model": "native", "input": "hi", "tools": tools}), *order)

    assert {target for target, _ in sent} == {f"/{each}/responses" for each in at}
