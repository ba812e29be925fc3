"""Options of the whole suite."""

import pytest
from hypothesis import settings

settings.register_profile("lockgate", deadline=None)  # nothing fails for being slow on a machine that does other things
settings.load_profile("lockgate")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--golden-update", action="store_true", help="write the golden files of every pair anew")
    parser.addoption("--soak", default="12s", metavar="TIME", help="how long the gateway is soaked in trouble: 10m")


@pytest.fixture
def golden_update(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--golden-update"))
