"""Lines and errors that the official client reads."""

from collections.abc import Iterator

import httpx
import ollama
import pytest

from lockgate.core.events import Started, TextDelta
from lockgate.core.problem import Kind, Problem
from lockgate.dialects.ollama_chat import plugin
from tests.unit.dialects.ollama_chat.drive import ASK, STORY, encoded, golden


def client(body: bytes, status: int = 200) -> ollama.Client:
    """The official client on a scripted transport, in pieces of seven bytes."""

    def pieces() -> Iterator[bytes]:
        yield from (body[i : i + 7] for i in range(0, len(body), 7))

    return ollama.Client(
        "http://gateway", transport=httpx.MockTransport(lambda request: httpx.Response(status, content=pieces()))
    )


def test_the_official_client_reads_a_stream() -> None:
    texts = ["a\u2028b", "\x85", "c"]
    wire, _ = encoded([Started("", "m"), *map(TextDelta, texts), *STORY[4:6], *STORY[13:]])

    parts = list(client(wire).chat("m", [], stream=True))

    assert [part.message.content for part in parts[:3]] == texts
    assert parts[3].message.tool_calls[1].function.name == "g"  # type: ignore[index]
    assert parts[3].message.tool_calls[0].function.arguments == {}  # type: ignore[index]
    assert (parts[-1].done, parts[-1].eval_count) == (True, 4)


def test_the_official_client_raises_at_an_error_in_a_stream() -> None:
    encoder = plugin.encoder(ASK)
    wire = encoder.feed(STORY[0]) + encoder.feed(STORY[3]) + encoder.feed(STORY[4])
    wire += encoder.fail(Problem(Kind.UPSTREAM_TIMEOUT, "the upstream fell\u2028silent", source="upstream"))

    parts = client(wire).chat("m", [], stream=True)

    assert next(parts).message.content == "a"
    with pytest.raises(ollama.ResponseError) as caught:
        next(parts)
    assert caught.value.error == "the upstream fell\u2028silent"
    assert b'"done":true' not in wire


def test_the_official_client_raises_at_an_error_body() -> None:
    body = plugin.problem(Problem(Kind.NO_MODEL, "there is no such model", where="model"), "REQ")

    for stream in (False, True):
        with pytest.raises(ollama.ResponseError) as caught:
            list(client(body, 404).chat("m", [], stream=stream))

        assert (caught.value.status_code, caught.value.error) == (404, "there is no such model")


def test_the_official_client_reads_a_whole_answer() -> None:
    wire = plugin.encode_answer(plugin.decode_answer(golden("tools.answer.json"), ASK), ASK).wire

    answer = client(wire).chat("m", [])

    assert answer.message.tool_calls[0].function.arguments == {"format": "celsius", "location": "Paris, FR"}  # type: ignore[index]
