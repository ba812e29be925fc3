"""Two workers: keys, reload and metrics reach both; the death of one is nobody else's."""

import json
import os
import signal
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families as families

from tests.e2e.plant import Plant, planted
from tests.e2e.process import Line, Running, eventually, request

SECOND = 1.5
"""A second is promised; half of one more for a machine that does other things."""


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plant]:
    with planted(tmp_path_factory.mktemp("pair"), workers=2) as whole:
        yield whole


@pytest.fixture
def lines(pair: Plant) -> Iterator[dict[int, Line]]:
    """A kept connection to each worker."""
    made = {pid: line_to(pair.gateway, pid) for pid in workers(pair.gateway)}
    yield made
    for line in made.values():
        line.close()


def workers(gateway: Running) -> list[int]:
    """Whose audit file there is, and who lives."""
    return sorted(gateway.writers().keys() & set(gateway.children))


def line_to(gateway: Running, pid: int) -> Line:
    """All other workers are stopped while it is made, so that this one takes it."""
    others = [each for each in workers(gateway) if each != pid]
    line = Line(gateway)
    for other in others:
        os.kill(other, signal.SIGSTOP)
        eventually(partial(stopped, other))
    try:
        told = line.ask("nowhere", "hi")
    finally:
        for other in others:
            os.kill(other, signal.SIGCONT)
    assert told.status == 404
    assert gateway.outcome(told.id)["writer"] == gateway.writers()[pid]
    return line


def stopped(pid: int) -> bool:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"


def served(line: Line, model: str) -> bool:
    return line.ask(model, "act=chat").status == 200


def unknown(line: Line, model: str) -> bool:
    return line.ask(model, "act=chat").status == 404


def requests_counted(gateway: Running) -> float:
    text = request(gateway.admin, "GET", "/metrics").body.decode()
    (found,) = [family for family in families(text) if family.name == "lockgate_requests"]
    return sum(sample.value for sample in found.samples if sample.name.endswith("_total"))


def test_there_are_two(pair: Plant) -> None:
    assert len(workers(pair.gateway)) == 2


def test_a_key_works_everywhere_and_ends_everywhere(pair: Plant, lines: dict[int, Line]) -> None:
    made = json.loads(pair.gateway.command("keys", "create", "--name", "late", "--team", "all", "--json"))

    def statuses() -> set[int]:
        return {line.ask("best@openai", "act=chat", key=made["secret"]).status for line in lines.values()}

    eventually(lambda: statuses() == {200}, SECOND)
    pair.gateway.command("keys", "revoke", made["id"])
    eventually(lambda: statuses() == {401}, SECOND)


def test_a_rotated_key_overlaps_and_then_ends_everywhere(pair: Plant, lines: dict[int, Line]) -> None:
    old = json.loads(pair.gateway.command("keys", "create", "--name", "old", "--team", "all", "--json"))
    new = json.loads(pair.gateway.command("keys", "rotate", old["id"], "--overlap", "3s", "--json"))

    def statuses(secret: str) -> set[int]:
        return {line.ask("best@openai", "act=chat", key=secret).status for line in lines.values()}

    eventually(lambda: statuses(new["secret"]) == {200}, SECOND)
    assert statuses(old["secret"]) == {200}
    eventually(lambda: statuses(old["secret"]) == {401}, 3 + SECOND)
    assert statuses(new["secret"]) == {200}


def test_metrics_are_the_sum(pair: Plant, lines: dict[int, Line]) -> None:
    before = requests_counted(pair.gateway)

    for line in lines.values():
        line.ask("best@openai", "act=chat")

    assert requests_counted(pair.gateway) == before + 2


def test_reload_reaches_both_while_streams_run(pair: Plant, lines: dict[int, Line]) -> None:
    marks = {pid: pair.upstream.mark("mid") for pid in lines}
    open_ = {pid: line.begin("best@anthropic", marks[pid].text) for pid, line in lines.items()}
    first = {pid: stream.read1() for pid, stream in open_.items()}
    good = pair.gateway.file.read_text()
    late = good.replace("models:\n", 'models:\n  "late": {targets: [{provider: mistral, model: m}]}\n', 1)

    pair.gateway.file.write_text(late.replace('  "best@anthropic":', '  "was@anthropic":'))
    pair.gateway.process.send_signal(signal.SIGHUP)

    for pid in lines:
        probe = line_to(pair.gateway, pid)
        eventually(partial(served, probe, "late"))
        assert probe.ask("best@anthropic", "act=chat").status == 404
        probe.close()
    for pid, stream in open_.items():
        pair.upstream.open(marks[pid])
        whole = first[pid] + stream.read()
        assert marks[pid].id.encode() in whole
        assert whole.endswith(b"data: [DONE]\n\n")

    pair.gateway.file.write_text("version: 1\nmodels: 5\n")
    pair.gateway.process.send_signal(signal.SIGHUP)
    eventually(lambda: pair.gateway.stderr.count("was not reloaded") == 2)
    assert [line.ask("late", "act=chat").status for line in lines.values()] == [200, 200]
    pair.gateway.file.write_text(good)
    pair.gateway.process.send_signal(signal.SIGHUP)
    for line in lines.values():
        eventually(partial(unknown, line, "late"))


def test_a_worker_that_is_killed_is_replaced_and_the_other_ones_clients_do_not_see_it(
    pair: Plant, lines: dict[int, Line]
) -> None:
    dead, alive = lines
    mark = pair.upstream.mark("mid")
    stream = lines[alive].begin("best@openai", mark.text)
    first = stream.read1()
    lost = pair.upstream.mark("mid")
    lines[dead].begin("best@openai", lost.text).read1()
    eventually(lambda: requests_counted(pair.gateway))
    counted = requests_counted(pair.gateway)
    (theirs,) = pair.upstream.received(lost)

    os.kill(dead, signal.SIGKILL)

    assert theirs.closed.wait(5)
    eventually(lambda: len(workers(pair.gateway)) == 2 and dead not in workers(pair.gateway))
    eventually(lambda: request(pair.gateway.admin, "GET", "/readyz").status == 200)
    pair.upstream.open(mark)
    assert (first + stream.read()).endswith(b"data: [DONE]\n\n")
    (new,) = set(workers(pair.gateway)) - {alive}
    line_to(pair.gateway, new).close()
    assert requests_counted(pair.gateway) >= counted  # a counter never goes back
