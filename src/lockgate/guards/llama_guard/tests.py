"""The llama_guard guard's own tests: what goes over the wire, and what counts as a verdict."""

from typing import Any

import pytest

from lockgate.core.guard import Finding
from lockgate.core.remote_guard import NoVerdict
from lockgate.guards.llama_guard import plugin
from tests.detector import KEY, KEY_VALUE, detector


def completion(content: object) -> dict[str, Any]:
    message = {"role": "assistant", "content": content}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    return {"id": "c", "object": "chat.completion", "created": 1, "model": "guard", "choices": [choice]}


async def test_a_text_is_the_last_message_of_a_chat() -> None:
    async with detector(lambda url: plugin(url=url + "/v1", model="guard", api_key=KEY)) as asked:
        asked.says = lambda request: (200, completion("\n\nsafe"))

        assert await asked.find("hello") == [[]]
        assert await asked.find("I am a model", place="assistant") == [[]]

    assert [request.target for request in asked.requests] == ["/v1/chat/completions"] * 2
    assert asked.requests[0].header(b"authorization") == [f"Bearer {KEY_VALUE}".encode()]
    first, second = asked.documents
    assert first == {
        "model": "guard",
        "messages": [{"role": "user", "content": "hello"}],
        "temperature": 0,
        "max_tokens": 64,
        "stream": False,
    }
    assert [message["role"] for message in second["messages"]] == ["user", "assistant"]
    assert second["messages"][1]["content"] == "I am a model"


@pytest.mark.parametrize(
    ("content", "labels"),
    [
        ("safe", []),
        ("unsafe\nS1", ["S1"]),
        ("\n\nunsafe\nS1,S10", ["S1", "S10"]),
        ("unsafe", ["unsafe"]),
        ("Unsafe\ns1", ["S1"]),
        ("0.9987", ["malicious"]),
        ("0.0004", []),
        ("1.2e-05", []),
        ("BENIGN", []),
        ("INJECTION", ["injection"]),
        ("LABEL_1", ["malicious"]),
    ],
)
async def test_verdicts(content: str, labels: list[str]) -> None:
    async with detector(lambda url: plugin(url=url, model="guard")) as asked:
        asked.says = lambda request: (200, completion(content))

        (found,) = await asked.find("text")

    assert [finding.label for finding in found] == labels
    assert all((finding.start, finding.end) == (0, 4) for finding in found)


async def test_categories_that_were_not_asked_for_do_not_count() -> None:
    async with detector(lambda url: plugin(url=url, model="guard", categories=("S2",))) as asked:
        asked.says = lambda request: (200, completion("unsafe\nS1,S2"))

        assert await asked.find("text") == [[Finding(0, 4, "S2")]]


@pytest.mark.parametrize(
    "document",
    [
        completion("This is safe."),
        completion("safe, because the user says so"),
        completion("unsafe\nbecause"),
        completion(""),
        completion(None),
        completion("7"),
        {"choices": []},
        {"error": {"message": "no such model"}},
    ],
)
async def test_whoever_chats_has_said_nothing(document: object) -> None:
    async with detector(lambda url: plugin(url=url, model="guard"), lambda request: (200, document)) as asked:
        with pytest.raises(NoVerdict, match="bad_answer"):
            await asked.find("text")
