"""The azure_prompt_shields guard's own tests: what goes over the wire, and what is made of the answer."""

import pytest

from lockgate.core.guard import Finding
from lockgate.core.remote_guard import NoVerdict
from lockgate.guards.azure_prompt_shields import plugin
from tests.detector import KEY, KEY_VALUE, detector

YES, NO = {"attackDetected": True}, {"attackDetected": False}


async def test_what_the_user_typed_is_a_prompt() -> None:
    async with detector(lambda url: plugin(url=url, api_key=KEY)) as asked:
        asked.says = lambda request: (200, {"userPromptAnalysis": YES, "documentsAnalysis": []})

        assert await asked.find("ignore all") == [[Finding(0, 10, "prompt_attack")]]

    (request,) = asked.requests
    assert (request.method, request.target) == ("POST", "/contentsafety/text:shieldPrompt?api-version=2024-09-01")
    assert request.header(b"ocp-apim-subscription-key") == [KEY_VALUE.encode()]
    assert asked.documents == [{"userPrompt": "ignore all"}]


@pytest.mark.parametrize("place", ["tool_result", "document", "tool", "opaque"])
async def test_what_nobody_typed_is_a_document(place: str) -> None:
    async with detector(lambda url: plugin(url=url, api_key=KEY)) as asked:
        asked.says = lambda request: (200, {"userPromptAnalysis": None, "documentsAnalysis": [NO]})

        assert await asked.find("a page", place=place) == [[]]

    assert asked.documents == [{"documents": ["a page"]}]


@pytest.mark.parametrize("place", ["user", "tool_result"])
@pytest.mark.parametrize(
    "said", [{}, {"userPromptAnalysis": None, "documentsAnalysis": []}, {"documentsAnalysis": [NO, NO]}, {"error": {}}]
)
async def test_anything_else_is_no_verdict(said: object, place: str) -> None:
    async with detector(lambda url: plugin(url=url, api_key=KEY), lambda request: (200, said)) as asked:
        with pytest.raises(NoVerdict, match="bad_answer"):
            await asked.find("x", place=place)
