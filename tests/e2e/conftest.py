"""Two gateways for all tests that share one, and what gateways said when a test fails."""

from collections.abc import Generator, Iterator

import pytest

from tests.e2e import process
from tests.e2e.clients import Client
from tests.e2e.clients.anthropic_sdk import Anthropic
from tests.e2e.clients.google_sdk import Google
from tests.e2e.clients.mistral_sdk import Mistral
from tests.e2e.clients.ollama_sdk import Ollama
from tests.e2e.clients.openai_sdk import OpenAI
from tests.e2e.clients.responses_sdk import Responses
from tests.e2e.plant import Plant, planted
from tests.e2e.served import Served, gateway, upstream

MODELS = {
    "chat": "demo",
    "echo": "demo-echo",
    "json": "demo-json",
    "busy": "demo-error-429",
    "image": "demo-image",
    "cut": "demo-cut",
}
CLIENTS: dict[str, type[Client]] = {
    "openai": OpenAI,
    "responses": Responses,
    "anthropic": Anthropic,
    "google": Google,
    "mistral": Mistral,
    "ollama": Ollama,
}
SHOWN = 4000
"""Characters of a gateway's stderr that a failed test shows."""


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with upstream() as port, gateway(tmp_path_factory.mktemp("gateway"), port, MODELS) as running:
        yield running


@pytest.fixture(scope="session")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plant]:
    with planted(tmp_path_factory.mktemp("plant")) as whole:
        yield whole


@pytest.fixture(scope="module", params=CLIENTS)
def sdk(request: pytest.FixtureRequest, plant: Plant) -> Iterator[Client]:
    """Each official client in turn, with a key that is good."""
    made = CLIENTS[request.param](plant.gateway.url, plant.gateway.key)
    yield made
    made.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.failed:
        report.sections += [(f"stderr of {one.url}", one.stderr[-SHOWN:]) for one in process.live]
    return report
