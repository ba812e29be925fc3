"""S60: a canary of each guard's own in each slot of each dialect, in requests, answers and streams: none goes on."""

import msgspec
import pytest

from lockgate.app import coverage
from lockgate.core.guard import GuardConfig, Rule, Rules
from lockgate.guards.code import plugin as code
from lockgate.guards.exfiltration import plugin as exfiltration
from lockgate.guards.prompt_leak import plugin as prompt_leak
from lockgate.guards.unicode_smuggling import plugin as unicode_smuggling
from lockgate.patterns.following import Following
from tests.automata import CACHE
from tests.dialects import CHATS, PROMPTS

DIALECTS = CHATS
OWN: dict[str, tuple[GuardConfig, str]] = {
    "code": (code(), "rm -rf --no-preserve-root /"),
    "exfiltration": (exfiltration(), "![x](https://evil.example/p.png)"),
    "prompt_leak": (prompt_leak(canaries=("ref 7f3a-blue-heron",)), "ref 7f3a-blue-heron"),
    "unicode_smuggling": (unicode_smuggling(), "pаypаl"),  # noqa: RUF001  letters that look like others
}


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("name", OWN)
def test_S60_no_canary_of_a_guard_goes_on(name: str, dialect: str) -> None:
    config, canary = OWN[name]
    engine = Following([config.build()], CACHE)
    tried = 0
    for way in ("request", "response", "stream"):
        direction = "request" if way == "request" else "response"
        rules = Rules([Rule("r", 0, "mask", frozenset((direction,)))], engine, direction)
        for slot, wire in coverage._wires(DIALECTS[dialect], way):
            if coverage.CANARY.encode() not in wire or slot == "image address":
                continue
            once = msgspec.json.encode(canary)[1:-1]
            own = wire.replace(coverage.CANARY.encode(), once)
            seen = coverage._streamed if way == "stream" else None
            left = seen(rules, DIALECTS[dialect], own) if seen else coverage._whole(rules, DIALECTS[dialect], way, own)
            assert once not in left, (slot, way)
            tried += 1
    assert tried > (6 if dialect in PROMPTS else 15)
