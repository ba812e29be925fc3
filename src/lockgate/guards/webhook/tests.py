"""The webhook guard's own tests: what goes over the wire, and what is made of the answer."""

import pytest

from lockgate.core.guard import Finding
from lockgate.core.remote_guard import NoVerdict
from lockgate.guards.webhook import plugin
from tests.detector import KEY, KEY_VALUE, detector

SPAN = {"start": 0, "end": 2, "label": "greeting", "score": 0.5}


async def test_texts_go_with_their_place_and_findings_come_back() -> None:
    async with detector(lambda url: plugin(url=url + "/judge", api_key=KEY)) as asked:
        asked.says = lambda request: (200, {"results": [{"findings": [SPAN]}, {"findings": []}], "more": 1})

        assert await asked.find("hi", "ho", place="tool_result") == [[Finding(0, 2, "greeting", 0.5)], []]

    (request,) = asked.requests
    assert (request.method, request.target) == ("POST", "/judge")
    assert request.header(b"authorization") == [f"Bearer {KEY_VALUE}".encode()]
    texts = [{"text": "hi", "place": "tool_result"}, {"text": "ho", "place": "tool_result"}]
    assert asked.documents == [{"direction": "request", "texts": texts, "version": 1}]


@pytest.mark.parametrize(
    ("result", "found"),
    [
        ({"flagged": True}, [Finding(0, 4, "mine")]),
        ({"flagged": True, "label": "rude"}, [Finding(0, 4, "rude")]),
        ({"flagged": False}, []),
        ({"flagged": True, "findings": [{"start": 1, "end": 2}]}, [Finding(1, 2, "mine")]),
        ({"flagged": True, "findings": []}, [Finding(0, 4, "mine")]),
    ],
)
async def test_a_verdict_is_on_all_of_the_text(result: object, found: list[Finding]) -> None:
    async with detector(lambda url: plugin(url=url, label="mine")) as asked:
        asked.says = lambda request: (200, {"results": [result]})

        assert await asked.find("text") == [found]

    assert asked.requests[0].target == "/"
    assert not asked.requests[0].header(b"authorization")


@pytest.mark.parametrize(
    "said",
    [{}, {"results": []}, {"results": [{}]}, {"results": [{"flagged": "no"}]}, {"results": [{"flagged": False}] * 2}],
)
async def test_anything_else_is_no_verdict(said: object) -> None:
    async with detector(lambda url: plugin(url=url), lambda request: (200, said)) as asked:
        with pytest.raises(NoVerdict, match="bad_answer"):
            await asked.find("text")
