"""I7, S31, S32 end to end: an upstream that says our credential back, in every place and form; clients that send secrets along."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from lockgate.core import key_format
from tests.e2e.echo import asking, echoing
from tests.e2e.process import Running, Told, eventually, request, running
from tests.unit.egress.ways import WAYS

CONFIG = """\
version: 1
server: {{drain_seconds: 5, tls: self-signed, admin_tls: self-signed}}
data: ./data
providers:
  echo: {{kind: openai_compatible, base_url: "http://127.0.0.1:{port}/v1", api_key: {{env: UP}}}}
  other: {{kind: openai_compatible, base_url: "http://localhost:{port}/v1", allow_private: true, api_key: {{env: OTHER}}}}
models: {{m: {{targets: [{{provider: echo}}]}}, o: {{targets: [{{provider: other}}]}}}}
teams: {{all: {{models: ["*"]}}}}
keys: [{{name: tester, team: all, secret: {{env: KEY}}}}]
"""
UP, OTHER = 'sk-canary/"up"+Zm9vYmFyIGJhciBiYXo=', "sk-canary-other-x8RfQ2LmN4pT6vW0yB3dG5h"
PATHS = {"same": "/v1/chat/completions", "other": "/v1/messages"}


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("egress")
    plain = CONFIG.replace(", tls: self-signed, admin_tls: self-signed", "")
    env = {"UP": UP, "OTHER": OTHER, "LOCKGATE_LOG_LEVEL": "DEBUG"}
    with echoing() as port, running(folder, plain.format(port=port), env=env) as gateway:
        yield gateway


def ask(gateway: Running, prompt: str, *, dialect: str = "same", stream: bool = False, model: str = "m") -> Told:
    body = {"model": model, "max_tokens": 9, "stream": stream, "messages": [{"role": "user", "content": prompt}]}
    return request(gateway.url, "POST", PATHS[dialect], body, {"x-api-key": gateway.key})


def told(answer: Told) -> str:
    """All that a client gets, and the texts of its events put together."""
    pieces = re.findall(r'"(?:content|text)": ?"((?:[^"\\]|\\.)*)"', answer.body.decode())
    return answer.body.decode() + repr(answer.headers) + "".join(json.loads(f'"{piece}"') for piece in pieces)


def expect(gateway: Running, answer: Told, way: str) -> None:
    written = WAYS[way](UP)
    assert written[: len(written) // 2 + 1] not in told(answer)
    assert UP[:12] not in told(answer)
    outcome = gateway.outcome(answer.id)
    assert (outcome["end"], outcome["code"]) == ("blocked", "secret_in_response")
    (finding,) = outcome["findings"]
    assert (finding["rule"], finding["label"]) == ("egress", "providers.echo.api_key")


@pytest.mark.parametrize("place", ["body", "unknown", "header", "400", "429", "500"])
@pytest.mark.parametrize("dialect", PATHS)
def test_I7_in_whole_answers(gateway: Running, dialect: str, place: str) -> None:
    for way in WAYS if place in ("body", "400") else ("plain", "json", "base64 behind 1"):
        answer = ask(gateway, asking(place, way), dialect=dialect)

        if dialect == "other" and place in ("header", "unknown"):
            assert answer.status == 200  # what the other dialect cannot say is not said
            assert UP[:12] not in told(answer)
            continue
        assert answer.status == 502
        expect(gateway, answer, way)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 20, 1000])
@pytest.mark.parametrize("dialect", PATHS)
def test_I7_in_the_texts_of_a_stream(gateway: Running, dialect: str, size: int) -> None:
    for way in WAYS if size in (3, 1000) else ("plain", "hex", "base64 behind 2"):
        answer = ask(gateway, asking("texts", way, size), dialect=dialect, stream=True)

        assert answer.status == 200
        assert b"withheld" in answer.body
        assert b"[DONE]" not in answer.body
        assert b"message_stop" not in answer.body
        expect(gateway, answer, way)


@pytest.mark.parametrize("place", ["header", "event", "comment"])
def test_I7_elsewhere_in_a_stream(gateway: Running, place: str) -> None:
    for way in ("plain", "url", "base64 behind 0"):
        expect(gateway, ask(gateway, asking(place, way), stream=True), way)


def test_the_alarm_is_in_the_log_and_the_metrics(gateway: Running) -> None:
    answer = ask(gateway, asking("body"))

    assert f"providers.echo.api_key was about to leave in the response of request {answer.id}" in gateway.stderr
    metrics = request(gateway.admin, "GET", "/metrics").body.decode()
    assert 'lockgate_findings_total{action="block",rule="egress"}' in metrics


@pytest.mark.parametrize("way", ["plain", "json", "base64 behind 0", "hex"])
def test_S31_a_credential_goes_to_its_own_host_only(gateway: Running, way: str) -> None:
    to_own, to_other = (ask(gateway, f"{asking('none')} {WAYS[way](OTHER)}", model=model) for model in ("o", "m"))

    assert to_own.status == 502  # it may go there, and this upstream says its credential back
    assert (to_other.status, to_other.json["error"]["code"]) == (400, "blocked_by_policy")
    assert gateway.outcome(to_other.id)["end"] == "blocked"
    assert "providers.other.api_key was about to be sent to 127.0.0.1" in gateway.stderr


def test_S31_a_client_key_goes_nowhere(gateway: Running) -> None:
    made = key_format.make(bytes(range(32)))

    for key in (made, gateway.key):
        answer = ask(gateway, f"{asking('none')} use {key}")

        assert (answer.status, answer.json["error"]["code"]) == (400, "blocked_by_policy")
        assert key not in answer.body.decode()


def test_S13_a_stored_digest_opens_nothing_and_is_shown_nowhere(gateway: Running) -> None:
    made = json.loads(gateway.command("keys", "create", "--name", "stored", "--team", "all", "--json"))
    digest = json.loads((gateway.data / "keys.json").read_text())["keys"][0]["digest"]
    eventually(lambda: request(gateway.url, "GET", "/v1/models", headers={"x-api-key": made["secret"]}).status == 200)

    refused = request(gateway.url, "GET", "/v1/models", headers={"x-api-key": digest})

    assert refused.status == 401
    listed = gateway.command("keys", "list", "--json") + gateway.command("keys", "list")
    metrics = request(gateway.admin, "GET", "/metrics").body.decode()
    answers = repr(refused) + metrics + gateway.stderr
    assert digest not in listed + answers
    assert made["secret"] not in listed + answers


def test_S32_a_key_in_the_place_of_an_id_is_not_repeated(gateway: Running) -> None:
    made = key_format.make(bytes(range(32)))

    answer = request(gateway.url, "GET", "/v1/models", headers={"x-api-key": gateway.key, "x-request-id": made})

    assert answer.id != made


def test_S32_at_debug_nothing_that_is_written_holds_a_secret(gateway: Running) -> None:
    """After all tests above, and the worst that they did."""
    for place in ("body", "500", "texts"):
        ask(gateway, asking(place), stream=place == "texts")
    pepper = (gateway.data / "pepper").read_bytes()

    audit = b"".join(path.read_bytes() for path in (gateway.data / "audit").iterdir())
    metrics = request(gateway.admin, "GET", "/metrics").body
    processes = (gateway.process.pid, *gateway.children)
    lines = b"".join(Path(f"/proc/{pid}/cmdline").read_bytes() for pid in processes)
    written = audit + metrics + gateway.stderr.encode() + lines
    hidden = [UP, OTHER, gateway.key, pepper.hex()]
    assert [secret for secret in hidden for way in WAYS.values() if way(secret).encode() in written] == []
    assert all(Path(f"/proc/{pid}/limits").read_text().count("Max core file size        0 ") for pid in processes)


def test_S32_the_key_of_a_listeners_certificate_does_not_leave(tmp_path: Path) -> None:
    from tests.e2e.behind_tls import connected, trusting

    with echoing() as port, running(tmp_path, CONFIG.format(port=port), env={"UP": UP, "OTHER": OTHER}) as gateway:
        key = (tmp_path / "data/tls/self-signed.key").read_text()
        certificate = (tmp_path / "data/tls/self-signed.crt").read_text()
        connection = connected(gateway.url, trusting())
        statuses = []
        for text in (key, key.replace("\n", ""), certificate):
            body = {"model": "m", "messages": [{"role": "user", "content": f"{asking('none', 'hex')} {text}"}]}
            connection.request("POST", "/v1/chat/completions", json.dumps(body), {"x-api-key": gateway.key})
            response = connection.getresponse()
            response.read()
            statuses.append(response.status)
        connection.close()

        assert statuses[:2] == [400, 400]
        assert statuses[2] == 502  # a certificate is public; the answer is what is withheld here
