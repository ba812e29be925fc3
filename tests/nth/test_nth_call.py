"""I1-I12 in small: whichever call to whichever port fails, a client gets all of an answer or is told why not, and nothing stays."""

import re
from pathlib import Path

import msgspec
import pytest

from tests.nth.ports import MODES
from tests.nth.runs import SCENARIOS, Run, Scenario, run
from tests.soak.readings import codes

MOST = 100
CODES = codes()
ENDS = (b"[DONE]", b"event: message_stop")
FINISHED = b'"finish_reason":"stop"'
"""A choice that has finished is as good an end as [DONE], which some upstreams forget."""


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", SCENARIOS)
async def test_the_nth_call_fails(name: str, mode: str, tmp_path: Path) -> None:
    scenario = SCENARIOS[name]
    for at in range(1, MOST):
        done = await run(scenario, tmp_path / str(at), at, mode)
        assert wrong(done, scenario) == [], (at, done.calls.seen, done.body)
        if done.calls.untouched:
            break
    assert at > len(scenario.ports)
    assert done.status == 200
    assert set(done.calls.seen) >= set(scenario.ports)
    assert done.calls.seen.count("send") == scenario.sends


def wrong(done: Run, scenario: Scenario) -> list[str]:
    """What is not as it has to be."""
    outcomes = [record for record in done.records if record.kind == "outcome"]
    intents = [record for record in done.records if record.kind == "intent"]
    found = [] if len(outcomes) == 1 else [f"{len(outcomes)} outcomes"]
    found += ["an upstream without an intent"] if done.bodies and not intents else []
    found += [f"held: {done.memory.leases}"] if done.memory.leases or done.tally.open else []
    found += ["an upstream's body is open"] if not all(body.closed or body.over for body in done.bodies) else []
    late = done.calls.seen[done.calls.at - 1 :][:1] == ["audit"]  # its record says what it was, and came too late
    found += [f"{done.left} tasks still run"] if done.left else []
    if not done.cancelled and not done.cut:
        found += [] if told(done, scenario) else ["neither an answer nor a problem"]
        found += [f"code {each.code}" for each in outcomes if each.code and each.code not in CODES]
        found += (
            ["a refusal without a code"]
            if done.status >= 400 and not late and not any(each.code for each in outcomes)
            else []
        )
    return found


def told(done: Run, scenario: Scenario) -> bool:
    """All of the answer, or a problem that is documented; never a part that looks like the whole."""
    if scenario.stream and done.status == 200:
        ended = any(end in done.body for end in ENDS)
        if re.search(rb'^data: \{"(error|type":"error)"', done.body, re.MULTILINE):
            return not ended
        return (ended or FINISHED in done.body) and all(word in done.body for word in (b"hello", b"there", b"world"))
    document = msgspec.json.decode(done.body)
    if done.status == 200:
        return b"hello there, world" in done.body
    code = document["error"].get("code") or document["error"]["type"]
    return code in CODES or "type" in document


async def test_what_is_wrong_is_seen(tmp_path: Path) -> None:
    """The loop sees a call that was forgotten."""
    scenario = SCENARIOS["whole"]
    sound = await run(scenario, tmp_path)
    assert wrong(sound, scenario) == []
    sound.records.append(sound.records[-1])
    sound.bodies[0].closed = sound.bodies[0].over = False
    sound.tally.open, sound.body = 1, b'{"half": "hello"}'

    assert len(wrong(sound, scenario)) == 4
