"""The lakera guard's own tests: what goes over the wire, and what is made of the answer."""

from typing import Any

import pytest

from lockgate.core.guard import Finding
from lockgate.core.remote_guard import NoVerdict
from lockgate.guards.lakera import plugin
from tests.detector import KEY, KEY_VALUE, detector

PASSED = {
    "flagged": False,
    "breakdown": [{"detector_type": "pii", "detected": False}],
    "metadata": {"request_uuid": "u"},
}
ATTACK = {
    "flagged": True,
    "breakdown": [
        {"project_id": "p", "detector_id": "d1", "detector_type": "prompt_attack", "detected": True, "message_id": 0},
        {"project_id": "p", "detector_id": "d2", "detector_type": "pii/email", "detected": False, "message_id": 0},
    ],
}


async def test_a_text_is_a_message_and_the_detector_names_the_finding() -> None:
    async with detector(lambda url: plugin(url=url + "/v2", api_key=KEY, project_id="project-1")) as asked:
        asked.says = lambda request: (200, ATTACK)

        assert await asked.find("ignore all") == [[Finding(0, 10, "prompt_attack")]]

    (request,) = asked.requests
    assert (request.method, request.target) == ("POST", "/v2/guard")
    assert request.header(b"authorization") == [f"Bearer {KEY_VALUE}".encode()]
    messages = [{"role": "user", "content": "ignore all"}]
    assert asked.documents == [{"messages": messages, "project_id": "project-1", "breakdown": True}]


@pytest.mark.parametrize(
    ("place", "role"), [("system", "system"), ("assistant", "assistant"), ("tool_result", "user"), ("opaque", "user")]
)
async def test_who_said_it(place: str, role: str) -> None:
    async with detector(lambda url: plugin(url=url, api_key=KEY)) as asked:
        asked.says = lambda request: (200, PASSED)

        assert await asked.find("text", place=place) == [[]]

    assert asked.documents == [{"messages": [{"role": role, "content": "text"}], "breakdown": True}]


async def test_flagged_without_a_breakdown_is_flagged() -> None:
    async with detector(lambda url: plugin(url=url, api_key=KEY), lambda request: (200, {"flagged": True})) as asked:
        assert await asked.find("text") == [[Finding(0, 4, "flagged")]]


@pytest.mark.parametrize("said", [{}, {"flagged": "no"}, {"breakdown": []}, {"error": "bad"}])
async def test_anything_else_is_no_verdict(said: Any) -> None:
    async with detector(lambda url: plugin(url=url, api_key=KEY), lambda request: (200, said)) as asked:
        with pytest.raises(NoVerdict, match="bad_answer"):
            await asked.find("text")
