"""The name of a field and what is in it are two texts, and each is masked."""

import json

import pytest

from lockgate.core.body import head
from lockgate.core.dialect import Dialect
from lockgate.core.guard import Rule, Rules
from lockgate.core.registry import tables
from lockgate.guards.pii import plugin
from lockgate.patterns.looking import Looking
from lockgate.pipeline.ledger import Ledger
from lockgate.pipeline.screen import screened

RULES = Rules([Rule("r", 0, "mask", frozenset(("request",)))], Looking([plugin().build()], streams=False), "request")


@pytest.mark.parametrize("value", ["bob@corp.example", ["bob@corp.example"], "nothing"], ids=["text", "list", "clean"])
def test_S60_a_name_is_masked_whatever_is_in_its_field(value: object) -> None:
    document = {"model": "m", "messages": [], "metadata": {"ann@corp.example": value, "bea@corp.example": value}}

    out = screened(
        head(json.dumps(document).encode()),
        tables("lockgate.dialects", Dialect)["openai_chat"],
        RULES,
        Ledger("", 0, 0),
    ).wire()

    assert b"corp.example" not in out
    assert sorted(json.loads(out)["metadata"]) == ["[EMAIL]", "[EMAIL]_2"]
