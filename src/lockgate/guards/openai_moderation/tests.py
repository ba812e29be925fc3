"""The moderation guard's own tests: what goes over the wire, and what is made of the answer."""

from typing import Any

import pytest

from lockgate.core.guard import Finding
from lockgate.core.remote_guard import NoVerdict
from lockgate.guards.openai_moderation import plugin
from tests.detector import KEY, KEY_VALUE, detector


def result(*, violence: float = 0.01, intent: float = 0.01) -> dict[str, Any]:
    scores = {"violence": violence, "self-harm/intent": intent, "illicit": None}
    categories = {name: None if score is None else score > 0.5 for name, score in scores.items()}
    return {
        "flagged": any(categories.values()),
        "categories": categories,
        "category_scores": scores,
        "category_applied_input_types": {},
    }


def said(*results: dict[str, Any]) -> dict[str, Any]:
    return {"id": "modr-1", "model": "omni-moderation-latest", "results": list(results)}


async def test_texts_are_asked_about_together() -> None:
    async with detector(lambda url: plugin(url=url + "/v1", api_key=KEY)) as asked:
        asked.says = lambda request: (200, said(result(), result(violence=0.9, intent=0.8)))

        found = await asked.find("good", "bad")

    assert found == [[], [Finding(0, 3, "violence", 0.9), Finding(0, 3, "self-harm/intent", 0.8)]]
    assert asked.requests[0].target == "/v1/moderations"
    assert asked.requests[0].header(b"authorization") == [f"Bearer {KEY_VALUE}".encode()]
    assert asked.documents == [{"model": "omni-moderation-latest", "input": ["good", "bad"]}]


async def test_only_the_categories_that_were_asked_for_count() -> None:
    async with detector(lambda url: plugin(url=url, api_key=KEY, categories=("self-harm/intent",))) as asked:
        asked.says = lambda request: (200, said(result(violence=0.9)))

        assert await asked.find("bad") == [[]]


async def test_a_threshold_takes_the_place_of_the_models_own() -> None:
    async with detector(lambda url: plugin(url=url, api_key=KEY, threshold=0.2)) as asked:
        asked.says = lambda request: (200, said(result(violence=0.3)))

        assert await asked.find("so so") == [[Finding(0, 5, "violence", 0.3)]]


async def test_flagged_for_something_it_does_not_name_is_a_finding_all_the_same() -> None:
    async with detector(lambda url: plugin(url=url, api_key=KEY)) as asked:
        asked.says = lambda request: (200, said({**result(), "flagged": True}))

        assert await asked.find("odd") == [[Finding(0, 3, "flagged")]]


async def test_a_category_that_the_endpoint_does_not_know_is_no_verdict() -> None:
    async with detector(lambda url: plugin(url=url, api_key=KEY, categories=("spam",))) as asked:
        asked.says = lambda request: (200, said(result()))

        with pytest.raises(NoVerdict, match="bad_answer"):
            await asked.find("x")


@pytest.mark.parametrize("document", [{}, said(), said(result(), result()), {"results": [{"flagged": False}]}])
async def test_anything_else_is_no_verdict(document: object) -> None:
    async with detector(lambda url: plugin(url=url, api_key=KEY), lambda request: (200, document)) as asked:
        with pytest.raises(NoVerdict, match="bad_answer"):
            await asked.find("x")
