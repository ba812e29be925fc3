"""The presidio guard's own tests: what goes over the wire, and what is made of the answer."""

import pytest

from lockgate.core.guard import Finding
from lockgate.core.remote_guard import NoVerdict
from lockgate.guards.presidio import plugin
from tests.detector import detector
from tests.integration.scripted import Request

PERSON = {"entity_type": "PERSON", "start": 3, "end": 6, "score": 0.85, "analysis_explanation": None}


async def test_it_asks_the_analyzer_and_gives_what_it_recognised() -> None:
    async with detector(lambda url: plugin(url=url, entities=("PERSON",), min_score=0.4)) as asked:
        asked.says = lambda request: (200, [PERSON, {**PERSON, "score": 0.1}])

        assert await asked.find("I, Äda") == [[Finding(3, 6, "PERSON", 0.85)]]

    (request,) = asked.requests
    assert (request.method, request.target) == ("POST", "/analyze")
    assert request.header(b"content-type") == [b"application/json"]
    assert asked.documents == [{"text": "I, Äda", "language": "en", "score_threshold": 0.4, "entities": ["PERSON"]}]


async def test_without_entities_the_server_looks_for_all_it_knows() -> None:
    async with detector(lambda url: plugin(url=url + "/base/")) as asked:
        asked.says = lambda request: (200, [])

        assert await asked.find("nothing") == [[]]

    assert asked.requests[0].target == "/base/analyze"
    assert "entities" not in asked.documents[0]


@pytest.mark.parametrize("said", [{"error": "x"}, [{"start": 1}], [[PERSON]], b"<html>", b""])
async def test_what_is_no_list_of_findings_is_no_verdict(said: object) -> None:
    def says(request: Request) -> tuple[int, object]:
        return 200, said

    async with detector(lambda url: plugin(url=url), says) as asked:
        with pytest.raises(NoVerdict, match="bad_answer"):
            await asked.find("x")


async def test_an_error_of_the_server_is_no_verdict() -> None:
    async with detector(lambda url: plugin(url=url), lambda request: (500, {"error": "No language provided"})) as asked:
        with pytest.raises(NoVerdict, match="status_500"):
            await asked.find("x")
