"""The faulty upstream itself: sound answers in five dialects, orders by name and by control port, and a true history."""

import json
from collections.abc import Iterator

import pytest

from lockgate.app.faulty.faults import FAULTS, named
from tests.e2e.process import Told, request
from tests.faults.faulty_process import FaultyProcess, faulty, nonces

CHAT = [{"role": "user", "content": "say it: nonce=n7"}]
ASKED = {
    "openai": ("/v1/chat/completions", {"messages": CHAT, "stream_options": {"include_usage": True}}),
    "responses": ("/v1/responses", {"input": CHAT}),
    "anthropic": ("/v1/messages", {"messages": CHAT, "max_tokens": 99}),
    "ollama": ("/api/chat", {"messages": CHAT}),
}


@pytest.fixture(scope="module")
def upstream() -> Iterator[FaultyProcess]:
    with faulty() as running:
        yield running


def ask(upstream: FaultyProcess, family: str, model: str, *, stream: bool, request_id: str) -> Told:
    if family == "gemini":
        verb = "streamGenerateContent?alt=sse" if stream else "generateContent"
        body: dict[str, object] = {"contents": [{"role": "user", "parts": [{"text": "say it: nonce=n7"}]}]}
        path = f"/v1beta/models/{model}:{verb}"
    else:
        path, given = ASKED[family]
        body = {**given, "model": model, "stream": stream}  # type: ignore[dict-item]
        if not stream:
            body.pop("stream_options", None)
    return request(upstream.url, "POST", path, body, {"x-request-id": request_id})


@pytest.mark.parametrize("family", ["openai", "responses", "anthropic", "gemini", "ollama"])
@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
def test_it_is_well_in_every_dialect(upstream: FaultyProcess, family: str, *, stream: bool) -> None:
    request_id = f"well-{family}-{stream}"

    told = ask(upstream, family, "faulty-ok", stream=stream, request_id=request_id)

    assert told.status == 200
    times = (
        5 if stream and family == "responses" else 1
    )  # as deltas, and as a text, a part, an item and a response that are done
    assert nonces(told.body, "n7-") == 12 * times
    (entry,) = upstream.ended(request_id)
    assert (entry["nonce"], entry["stream"], entry["fault"], entry["ended"]) == ("n7", stream, "ok", "whole")
    assert str(entry["output"]).encode() in told.body


def test_a_name_says_what_is_played(upstream: FaultyProcess) -> None:
    told = ask(upstream, "anthropic", "faulty-u8-529", stream=True, request_id="named")

    assert (told.status, told.json["error"]["type"]) == (529, "overloaded_error")


def test_an_order_is_played_as_often_as_it_says(upstream: FaultyProcess) -> None:
    upstream.play("u8-503", "some-model", 2)

    told = [ask(upstream, "openai", "some-model", stream=False, request_id=f"o{i}").status for i in range(3)]

    assert told == [503, 503, 200]


def test_an_order_that_there_is_not_is_refused(upstream: FaultyProcess) -> None:
    told = request(upstream.control, "POST", "/play", {"fault": "u99"})

    assert (told.status, told.json) == (400, {"error": "there is no such fault"})


def test_every_fault_is_found_by_its_name() -> None:
    for name in FAULTS:
        found = named(f"{name}7" if name.endswith("-") else name)
        assert found == (FAULTS[name], "7" if name.endswith("-") else "")
    assert named("u99-7") is None


def test_its_places_are_of_this_machine(upstream: FaultyProcess) -> None:
    addresses = {name: place for name, place in upstream.places.items() if name != "tls-ca"}

    assert {place.partition(":")[0] for place in addresses.values()} == {"127.0.0.1"}
    assert {"refused", "black-hole", "tls-expired"} <= addresses.keys()
    assert json.dumps(addresses)


def test_a_health_check_is_answered_and_fails_on_order() -> None:
    with faulty() as upstream:
        well = request(upstream.url, "GET", "/v1/models")
        upstream.play("u8-503", times=1)
        ill = request(upstream.url, "GET", "/v1/models")

    assert (well.status, well.json, ill.status) == (200, {"object": "list", "data": []}, 503)
