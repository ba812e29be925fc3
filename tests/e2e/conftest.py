"""One gateway for all tests with the official clients."""

from collections.abc import Iterator

import pytest

from tests.e2e.served import Served, gateway, upstream

MODELS = {"chat": "demo", "echo": "demo-echo", "json": "demo-json", "busy": "demo-error-429", "image": "demo-image"}


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with upstream() as port, gateway(tmp_path_factory.mktemp("gateway"), port, MODELS) as running:
        yield running
