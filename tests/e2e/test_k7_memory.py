"""K7: a gateway whose memory is used up refuses new requests, in order of their class, and serves again when it has more.

Who is refused and asks again over the same connection is refused again, and the log says how many were.
"""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.plant import Plant, config, planted
from tests.e2e.process import PATIENCE, Line, eventually, request

KEYS = """\
keys:
  - {name: tester, team: all, secret: {env: KEY}, metadata: {priority: critical}}
"""
SMALL = "overload: {memory_mb: 32}\n"
"""Less than a worker has when it starts."""


def written(plant: Plant, more: str) -> str:
    text = config(plant.upstream.port)
    head, rest = text[: text.index("keys:")], text[text.index("audit:") :]
    return head + KEYS + rest + more


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plant]:
    with planted(tmp_path_factory.mktemp("memory")) as plant:
        yield plant


def changed(plant: Plant, more: str, said: str) -> None:
    """Another configuration, in force when the log says so."""
    plant.gateway.file.write_text(written(plant, more))
    plant.gateway.process.send_signal(signal.SIGHUP)
    eventually(lambda: said in plant.gateway.stderr)


def test_K7_without_memory_all_are_refused_and_with_more_served_again(own: Plant) -> None:
    gateway = own.gateway
    stream = Line(gateway).begin("best@openai", (running := own.upstream.mark("mid")).text)
    own.upstream.received(running)

    changed(own, SMALL, "no new requests are served")
    line = Line(gateway)
    said = [line.ask("best@openai", own.upstream.mark("chat").text)]

    def repeats() -> bool:
        """A head whose body comes after it is looked at anew: one that came with it is meant, and hears one of those before."""
        said.append(line.ask("best@openai", own.upstream.mark("chat").text))
        return said[-1].id in {each.id for each in said[:-1]}

    eventually(repeats)
    repeated = said[-1]
    refused = next(each for each in said if each.id == repeated.id)
    other = Line(gateway).ask("best@openai", own.upstream.mark("chat").text, path="/v1/messages")

    assert (refused.status, refused.json["error"]["code"]) == (503, "overloaded")
    assert int(refused.headers["retry-after"]) in (1, 2, 3)
    assert (other.status, other.json["error"]["type"]) == (529, "overloaded_error")
    assert gateway.outcome(refused.id)["code"] == "overloaded"
    assert (repeated.status, repeated.id, repeated.body) == (503, refused.id, refused.body)
    again = eventually(lambda: [each["details"]["requests"] for each in gateway.events("refused_again")], PATIENCE)
    assert again == ["1"]
    assert request(gateway.url, "GET", "/livez").status == 200
    own.upstream.open(running)
    assert running.id.encode() in stream.read()  # what runs goes on

    changed(own, "overload: {memory_mb: 16384}\n", "all requests are served")
    assert Line(gateway).ask("best@openai", (again := own.upstream.mark("chat")).text).status == 200
    assert own.upstream.calls(again) == 1
    metrics = request(gateway.admin, "GET", "/metrics").body.decode()
    anew = len(said[:-1]) + len([other])
    assert f'lockgate_shed_total{{class="critical",reason="memory"}} {anew}.0' in metrics
    assert 'lockgate_shed_total{class="critical",reason="again"} 1.0' in metrics
    assert "lockgate_at_work 0.0" in metrics
    assert "lockgate_waiting 0.0" in metrics
    assert gateway.stderr.count("of the memory is used") == 2  # once each time


def test_a_class_that_is_none_is_a_mistake_of_the_configuration(own: Plant, tmp_path: Path) -> None:
    file = tmp_path / "wrong.yaml"
    file.write_text(written(own, "").replace("priority: critical", "priority: gold"))
    own.gateway.file.write_text(file.read_text())

    own.gateway.process.send_signal(signal.SIGHUP)

    eventually(lambda: "'gold'" in own.gateway.stderr and "free, paid, critical" in own.gateway.stderr)
