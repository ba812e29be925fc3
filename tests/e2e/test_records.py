"""The audit log and the metrics of a running gateway: intent before the call, outcome after it, and what they never hold."""

import http.client
import json
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families as families

from tests.e2e.plant import Plant
from tests.e2e.process import Line, Told, eventually, request, rest

KEYS = {
    "seq", "ts", "kind", "request_id", "key_id", "team", "model", "upstream", "status", "attempts", "findings", "usage",
    "cost_usd", "duration_ms", "end", "prev",
}  # fmt: skip
SERIES = {
    "lockgate_requests": {"route", "team", "end", "code", "status"},
    "lockgate_gateway_seconds": {"route"},
    "lockgate_first_byte_seconds": {"route"},
    "lockgate_upstream_attempts": {"upstream", "outcome"},
    "lockgate_tokens": {"route", "team", "kind"},
    "lockgate_streams_open": set(),
    "lockgate_requests_open": set(),
    "lockgate_audit_backlog": set(),
    "lockgate_audit_unavailable": set(),
    "lockgate_audit_dropped": set(),
    "lockgate_price_list_problems": set(),
    "lockgate_alerts": {"outcome"},
    "lockgate_workers": set(),
}


def metrics(plant: Plant) -> str:
    return request(plant.gateway.admin, "GET", "/metrics").body.decode()


def value(plant: Plant, name: str, **labels: str) -> float:
    samples = [sample for family in families(metrics(plant)) for sample in family.samples]
    return sum(s.value for s in samples if s.name == name and labels.items() <= s.labels.items())


@pytest.fixture
def line(plant: Plant) -> Line:
    return Line(plant.gateway)


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
def test_the_intent_is_written_while_the_upstream_has_not_answered(plant: Plant, *, stream: bool) -> None:
    mark = plant.upstream.mark("head")
    asked = {"model": "best@anthropic", "stream": stream, "messages": [{"role": "user", "content": mark.text}]}
    headers = {"x-api-key": plant.gateway.key, "x-request-id": mark.id}
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(request, plant.gateway.url, "POST", "/v1/chat/completions", asked, headers)
        (got,) = plant.upstream.received(mark)
        waiting = eventually(lambda: plant.gateway.lines(mark.id))

        plant.upstream.open(mark)

        assert answer.result(10).id == mark.id
    assert [line["kind"] for line in waiting] == ["intent"]
    now = datetime.now(UTC).timestamp() - time.monotonic()
    assert datetime.fromisoformat(waiting[0]["ts"]).timestamp() <= now + got.at + 0.002
    assert plant.gateway.outcome(mark.id)["end"] == "complete"


def test_intent_and_outcome_have_the_keys_of_the_contract(plant: Plant, line: Line) -> None:
    mark = plant.upstream.mark(".openai=503", "chat")

    told = line.ask("fall@openai@anthropic", mark.text)

    outcome = plant.gateway.outcome(told.id)
    intent, ended = plant.gateway.lines(told.id)
    assert (intent["kind"], ended["kind"]) == ("intent", "outcome")
    assert intent.keys() >= KEYS
    assert outcome.keys() >= KEYS
    assert (outcome["team"], outcome["model"], outcome["upstream"]) == ("all", "fall@openai@anthropic", "anthropic")
    assert [(a["upstream"], a["status"]) for a in outcome["attempts"]] == [("openai", 503), ("anthropic", 200)]
    assert (outcome["usage"]["input"], outcome["usage"]["output"]) == (11, 7)
    assert (outcome["status"], outcome["end"]) == (200, "complete")
    assert intent["key_id"] == outcome["key_id"] == "config:tester"


def test_every_line_has_its_number_and_the_seal_of_the_one_before(plant: Plant, line: Line) -> None:
    plant.gateway.outcome(line.ask("best@openai", "act=chat").id)

    for path in (plant.gateway.data / "audit").glob("*.jsonl"):
        before = "0" * 32
        for number, text in enumerate(path.read_text().splitlines(), 1):
            read = json.loads(text)
            assert (read["seq"], read["prev"]) == (number, before)
            before = read["seal"]


def test_the_metrics_are_there_and_prometheus_reads_them(plant: Plant, line: Line) -> None:
    rest(line.begin("best@gemini", plant.upstream.mark("chat").text))

    found = {family.name: family for family in families(metrics(plant))}

    assert found.keys() >= SERIES.keys()
    for name, labels in SERIES.items():
        assert all(sample.labels.keys() - {"le"} == labels for sample in found[name].samples)
    assert value(plant, "lockgate_tokens_total", route="best@gemini", kind="output") >= 7
    assert value(plant, "lockgate_first_byte_seconds_count", route="best@gemini") >= 1


def test_an_open_stream_is_counted_as_open(plant: Plant, line: Line) -> None:
    eventually(lambda: value(plant, "lockgate_streams_open") == 0)
    mark = plant.upstream.mark("mid")
    stream = line.begin("best@openai", mark.text)
    stream.read1()

    during = value(plant, "lockgate_streams_open")
    plant.upstream.open(mark)
    rest(stream)

    assert during == 1
    eventually(lambda: value(plant, "lockgate_streams_open") == 0)


@pytest.mark.parametrize("family", ["openai", "anthropic"], ids=["verbatim", "translated"])
def test_the_gateways_own_time_is_without_the_upstreams_also_in_a_stream(plant: Plant, line: Line, family: str) -> None:
    mark = plant.upstream.mark("mid")
    stream = line.begin(f"best@{family}", mark.text)
    stream.read1()
    began = time.monotonic()
    eventually(lambda: time.monotonic() > began + 0.1)
    waited = (time.monotonic() - began) * 1000

    plant.upstream.open(mark)
    rest(stream)

    outcome = plant.gateway.outcome(stream.headers["x-request-id"])
    assert outcome["duration_ms"] >= waited
    assert outcome["gateway_ms"] <= outcome["duration_ms"] - waited


def test_S32_no_prompt_answer_or_key_is_written_down_whatever_happens(plant: Plant) -> None:
    """Good, refused, blocked, failing and broken requests with canaries everywhere; then everything is searched."""
    secret, stranger = "canary-prompt-9f8e7d", "lg-canary-stranger-" + "x" * 40
    told: list[Told] = []
    for act in ("chat", "429", "500", "401", "garbage", "html"):
        for path in ("/v1/chat/completions", "/v1/messages", "/api/chat"):
            for family in ("openai", "anthropic", "gemini"):
                mark = plant.upstream.mark(act)
                told.append(Line(plant.gateway).ask(f"best@{family}", f"{mark.text} {secret}", path=path))
    told.append(Line(plant.gateway).ask("best@openai", f"bluebird {secret}"))
    told.append(Line(plant.gateway).ask("best@openai", secret, key=stranger))
    told.append(Line(plant.gateway).ask("nowhere", secret))
    for act in ("reset", "cut"):
        rest(Line(plant.gateway).begin("best@openai", f"{plant.upstream.mark(act).text} {secret}"))
    told.append(raw(plant, f'{{"model":"best@openai","messages":"{secret}",,}}'))
    told.append(raw(plant, f'{{"model":"best@openai","{secret}":1,"{secret}":2}}'))

    refused = b"".join(one.body + repr(one.headers).encode() for one in told if one.status != 200)
    plant.gateway.outcome(told[-1].id)
    audit = b"".join(path.read_bytes() for path in (plant.gateway.data / "audit").iterdir())
    written = audit + plant.gateway.stderr.encode() + metrics(plant).encode() + refused
    processes = (plant.gateway.process.pid, *plant.gateway.children)
    cmdline = b"".join(Path(f"/proc/{pid}/cmdline").read_bytes() for pid in processes)
    hidden = [secret, stranger, plant.gateway.key, "The answer is", *plant.credentials.values()]
    assert {word for word in hidden if word.encode() in written + cmdline} == set()
    assert len(told) > 50


def raw(plant: Plant, body: str) -> Told:
    connection = http.client.HTTPConnection("127.0.0.1", plant.gateway.port, timeout=15)
    connection.request("POST", "/v1/chat/completions", body, {"x-api-key": plant.gateway.key})
    response = connection.getresponse()
    told = Told(response.status, response.read(), {k.lower(): v for k, v in response.getheaders()})
    connection.close()
    assert told.status == 400
    return told


def test_a_request_that_never_was_one_is_in_the_audit_log_too(plant: Plant) -> None:
    with socket.create_connection(("127.0.0.1", plant.gateway.port), timeout=5) as client:
        client.sendall(b"GET / HTTP/9.9\r\n\r\n")
        answer = client.makefile("rb").read().decode()

    request_id = answer.partition("x-request-id: ")[2].partition("\r\n")[0]
    outcome = plant.gateway.outcome(request_id)
    assert (outcome["end"], outcome["status"]) == ("refused", int(answer.split()[1]))


@pytest.mark.parametrize(
    ("family", "dollars"),
    # 11 tokens in, 7 out: gpt-5-mini at 0.25 and 2, gemini-2.5-flash at 0.30 and 2.50; nobody lists a local model
    [("openai", "0.00001675"), ("gemini", "0.0000208"), ("ollama", None)],
)
def test_an_outcome_says_what_it_cost(plant: Plant, line: Line, family: str, dollars: str | None) -> None:
    mark = plant.upstream.mark("chat")

    told = line.ask(f"best@{family}", mark.text)

    outcome = plant.gateway.outcome(told.id)
    assert (outcome["usage"], outcome["cost_usd"]) == ({"input": 11, "output": 7}, dollars)


def test_an_outcome_without_an_upstream_cost_nothing_that_is_known(plant: Plant, line: Line) -> None:
    told = line.ask("gone", "hello")

    assert plant.gateway.outcome(told.id)["cost_usd"] is None
