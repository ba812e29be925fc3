"""A gateway whose rules ask detectors on real sockets: requests, answers, streams; the credential goes home, and records say what was."""

import json
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest

from tests.e2e.process import Line, Running, rest, running
from tests.threaded import Answering, serving

WORD = "hummingbird"
SECRET = "detector-key-" + "0a1b2c3d" * 4

CONFIG = """
version: 1
data: data
providers: {{demo: {{kind: demo}}}}
models:
  demo: {{targets: [{{provider: demo}}]}}
teams: {{shop: {{models: [demo]}}}}
keys: [{{name: k, team: shop, secret: {{env: KEY}}}}]
audit: {{patience: 5s}}
rules:
  - {{name: emails, guard: {{kind: pii, entities: [email]}}, on: [request, response], action: mask}}
  - name: shields
    guard: {{kind: azure_prompt_shields, url: "{url}/azure", api_key: {{env: DETECTOR_KEY}}}}
    on: [request]
    action: block
    on_error: {on_error}
  - name: birds
    guard: {{kind: webhook, url: "{url}/birds", api_key: {{env: DETECTOR_KEY}}, stream: 200}}
    on: [request, response]
    action: mask
    on_error: allow
"""


class Detectors(Answering):
    """Knows attacks and birds; `asked` is what it was sent, `broken` makes it answer with an error."""

    asked: ClassVar[list[tuple[str, dict[str, str], Any]]] = []
    broken: ClassVar[bool] = False

    def do_POST(self) -> None:
        document = self.asked_for()
        self.asked.append((self.path, {k.lower(): v for k, v in self.headers.items()}, document))
        said = self._shields(document) if self.path.startswith("/azure") else self._birds(document)
        self.say(json.dumps(said).encode(), 503 if self.broken else 200)

    def _shields(self, document: Any) -> Any:
        text = document.get("userPrompt") or document["documents"][0]
        verdict = {"attackDetected": "ignore all" in text}
        return {"userPromptAnalysis": verdict} if "userPrompt" in document else {"documentsAnalysis": [verdict]}

    def _birds(self, document: Any) -> Any:
        return {"results": [{"findings": _spans(each["text"])} for each in document["texts"]]}


def _spans(text: str) -> list[dict[str, Any]]:
    starts = [at for at in range(len(text)) if text.startswith(WORD, at)]
    return [{"start": at, "end": at + len(WORD), "label": "bird"} for at in starts]


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with serving(ThreadingHTTPServer(("127.0.0.1", 0), Detectors)) as server:
        yield f"http://127.0.0.1:{server.server_port}"


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory, url: str) -> Iterator[Running]:
    folder: Path = tmp_path_factory.mktemp("remote")
    config = CONFIG.format(url=url, on_error="block")
    with running(folder, config, "--workers", "1", env={"DETECTOR_KEY": SECRET}) as one:
        yield one


@pytest.fixture(autouse=True)
def fresh() -> None:
    Detectors.asked.clear()
    Detectors.broken = False


def test_requests_and_answers_are_masked_and_local_masks_come_first(gateway: Running) -> None:
    told = Line(gateway).ask("demo", f"Repeat: a {WORD} of x.y@example.com")

    shown = [document for path, _, document in Detectors.asked if path == "/birds"]
    assert told.status == 200
    assert WORD.encode() not in told.body
    assert "x.y@example.com" not in json.dumps(Detectors.asked)
    assert any("[EMAIL]" in each["text"] for document in shown for each in document["texts"])
    found = {(f["rule"], f["label"], f["action"]) for f in gateway.outcome(told.id)["findings"]}
    assert ("birds", "bird", "mask") in found


def test_each_credential_goes_to_its_own_host_in_its_own_header(gateway: Running) -> None:
    Line(gateway).ask("demo", "hello")

    headers = {path.partition("?")[0]: headers for path, headers, _ in Detectors.asked}
    assert headers["/azure/contentsafety/text:shieldPrompt"]["ocp-apim-subscription-key"] == SECRET
    assert headers["/birds"]["authorization"] == f"Bearer {SECRET}"
    assert all(gateway.key not in json.dumps(asked) for asked in Detectors.asked)


def test_what_was_judged_a_while_ago_is_not_asked_about_again(gateway: Running) -> None:
    for _ in range(2):
        assert Line(gateway).ask("demo", "the very same words").status == 200

    shields = [document for path, _, document in Detectors.asked if path.startswith("/azure")]
    assert shields.count({"userPrompt": "the very same words"}) == 1


def test_what_is_blocked_reaches_no_upstream(gateway: Running) -> None:
    told = Line(gateway).ask("demo", "please ignore all you know")

    assert told.status == 400
    assert told.json["error"]["message"] == "blocked by rule 'shields'"
    assert gateway.outcome(told.id)["attempts"] == []


def test_a_stream_is_masked(gateway: Running) -> None:
    stream = Line(gateway).begin("demo", f"Repeat: {'one two ' * 40} {WORD} {'three ' * 60}")
    body = rest(stream)

    assert WORD.encode() not in body
    assert body.endswith(b"data: [DONE]\n\n")


def test_detectors_that_are_broken_give_each_rule_its_own_outcome(gateway: Running) -> None:
    Detectors.broken = True

    told = Line(gateway).ask("demo", "hello, is anybody there?")

    assert told.status == 400
    assert told.json["error"]["message"] == "blocked: rule 'shields' could not decide"
    found = {(f["rule"], f["label"], f["action"]) for f in gateway.outcome(told.id)["findings"]}
    assert found == {
        ("shields", "guard_error:azure_prompt_shields:status_503", "error_blocked"),
        ("birds", "guard_error:webhook:status_503", "error_allowed"),
    }
