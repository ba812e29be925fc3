"""The store as a source asks its surroundings, and no one else."""

from pathlib import Path

from lockgate.core.secret_source import Surroundings
from lockgate.secrets.store import plugin


def test_it_is_opened_by_whoever_has_the_key() -> None:
    around = Surroundings({}, Path(), lambda name: f"secret of {name}", str)

    assert plugin.open("openai", around) == "secret of openai"
