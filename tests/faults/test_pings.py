"""Signs of life before a stream begins, as official clients see them, and what becomes of errors after them."""

import http.client
import json
import time
from collections.abc import Iterator
from pathlib import Path

import anthropic
import openai
import pytest
from google import genai

from tests.e2e.process import eventually
from tests.faults.rig import ENDS, PATHS, Rig, broken, rig, well

PINGS = {"openai": b": ping\n\n", "anthropic": b'event: ping\ndata: {"type": "ping"}\n\n'}
MORE = (
    "---\n"
    + "\n".join(
        f"  late-{fault}: {{targets: [{{provider: well-openai, model: faulty-{fault}}}, {{provider: well-anthropic,"
        f" model: faulty-{then}}}], ping: 60ms, deadline: 700ms, retry: {{attempts: 1}}}}"
        for fault, then in {
            "slow-250": "ok",
            "u4-hang": "ok",
            "u3-hang": "ok",
            "u8-503": "slow-200",
            "u8-500": "u8-500",
        }.items()
    )
    + (
        "\n  late-whole: {targets: [{provider: hasty, model: faulty-u3-hang}, {provider: well-openai, model: faulty-u14-whole}],"
        " ping: 60ms}"
        "\n  late-refusal: {targets: [{provider: hasty, model: faulty-u3-hang}, {provider: well-openai,"
        " model: faulty-u8-500}], ping: 60ms, retry: {attempts: 1}}"
    )
)
HASTY = '  hasty: {kind: openai_compatible, base_url: "UPSTREAM/v1", timeouts: {first_byte: 200ms}}\n'


@pytest.fixture(scope="module")
def pinging(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    folder: Path = tmp_path_factory.mktemp("pings")
    with rig(folder, {}, more=HASTY + MORE) as running:
        yield running


@pytest.mark.parametrize("dialect", ["openai", "anthropic"])
def test_a_client_hears_from_us_until_the_stream_begins(pinging: Rig, dialect: str) -> None:
    told = pinging.ask("late-slow-250", stream=True, dialect=dialect)

    assert told.body.startswith(2 * PINGS[dialect])
    assert told.body.count(PINGS[dialect]) <= 5
    assert well(told, dialect, stream=True)
    assert told.headers["content-type"].startswith("text/event-stream")
    outcome = pinging.gateway.outcome(told.id)
    assert (outcome["end"], outcome["status"]) == ("complete", 200)
    assert outcome["first_byte_ms"] > 200


@pytest.mark.parametrize("dialect", ["openai", "anthropic"])
def test_a_client_hears_from_us_when_a_stream_falls_silent(pinging: Rig, dialect: str) -> None:
    told = pinging.ask("late-u4-hang", stream=True, dialect=dialect)

    begun, *rest = told.body.split(PINGS[dialect])
    assert begun.endswith(b"\n\n")
    assert told.id.removeprefix("n-").encode() in begun
    assert len(rest) >= 2
    assert broken(told, dialect)


def test_ollama_has_no_such_thing(pinging: Rig) -> None:
    told = pinging.ask("late-slow-250", stream=True, dialect="ollama")

    assert told.body.startswith(b'{"model"')
    assert well(told, "ollama", stream=True)


def test_who_does_not_stream_does_not_hear(pinging: Rig) -> None:
    assert json.loads(pinging.ask("late-slow-250").body)["object"] == "chat.completion"


def test_fail_over_goes_on_meanwhile(pinging: Rig) -> None:
    told = pinging.ask("late-u8-503", stream=True)

    assert told.body.startswith(PINGS["openai"])
    assert well(told, "openai", stream=True)
    assert [each[1] for each in pinging.attempts(told)] == [503, 200]


@pytest.mark.parametrize("dialect", ["openai", "anthropic"])
@pytest.mark.parametrize(("model", "code"), [("late-u3-hang", "upstream_timeout"), ("late-refusal", "upstream_error")])
def test_an_error_after_a_sign_of_life_is_an_event(pinging: Rig, model: str, code: str, dialect: str) -> None:
    told = pinging.ask(model, stream=True, dialect=dialect)

    assert told.body.startswith(PINGS[dialect])
    assert broken(told, dialect)
    outcome = pinging.gateway.outcome(told.id)
    assert (outcome["end"], outcome["code"]) == ("upstream_error", code)


@pytest.mark.parametrize("dialect", ["openai", "anthropic"])
def test_an_error_before_one_keeps_its_status(pinging: Rig, dialect: str) -> None:
    told = pinging.ask("late-u8-500", stream=True, dialect=dialect)

    assert told.status == 500
    assert PINGS[dialect] not in told.body


def test_a_whole_answer_after_a_sign_of_life_is_a_stream(pinging: Rig) -> None:
    told = pinging.ask("late-whole", stream=True)

    assert told.body.startswith(PINGS["openai"])
    assert well(told, "openai", stream=True)
    assert pinging.gateway.outcome(told.id)["usage"]["output"] > 0


@pytest.mark.parametrize("seconds", [0.03, 0.15], ids=["before", "after"])
def test_a_client_that_leaves_takes_its_request_along(pinging: Rig, seconds: float) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", pinging.gateway.port)
    body = {"model": "late-u3-hang", "stream": True, "messages": [{"role": "user", "content": "hi"}]}
    headers = {"authorization": f"Bearer {pinging.gateway.key}", "x-request-id": f"gone-{seconds}".replace(".", "-")}
    connection.request("POST", PATHS["openai"], json.dumps(body), headers)
    time.sleep(seconds)
    connection.close()

    (seen,) = eventually(lambda: [e for e in pinging.upstream.seen(headers["x-request-id"]) if e["ended"]])
    assert seen["ended"] == "client_gone"
    assert seen["ended_at"] - seen["at"] < seconds + 0.25
    assert pinging.gateway.outcome(headers["x-request-id"])["end"] == "client_gone"


def test_official_clients_do_not_notice(pinging: Rig) -> None:
    key, url = pinging.gateway.key, pinging.gateway.url
    asked = [{"role": "user", "content": "nonce=sdk"}]
    gpt = openai.OpenAI(api_key=key, base_url=f"{url}/v1", max_retries=0)
    claude = anthropic.Anthropic(api_key=key, base_url=url, max_retries=0)
    gemini = genai.Client(api_key=key, http_options={"base_url": url})

    chunks = list(gpt.chat.completions.create(model="late-slow-250", messages=asked, stream=True))  # type: ignore[call-overload]
    with claude.messages.stream(model="late-slow-250", max_tokens=99, messages=asked) as stream:  # type: ignore[arg-type]
        said = stream.get_final_text()
    gpt.close()
    claude.close()
    pieces = list(gemini.models.generate_content_stream(model="late-slow-250", contents="nonce=sdk"))
    gemini.close()

    assert "sdk-11" in "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert "sdk-11" in said
    assert "sdk-11" in "".join(piece.text or "" for piece in pieces)
    assert ENDS
