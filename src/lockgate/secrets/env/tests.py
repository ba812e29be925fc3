"""Environment variables as secrets."""

from pathlib import Path

import pytest

from lockgate.core.secret_source import NoSecret, Surroundings
from lockgate.secrets.env import plugin

AROUND = Surroundings({"GOOD": "s3cret", "EMPTY": "", "BLANK": " \n"}, Path(), str, str)


def test_the_variable_is_the_secret() -> None:
    assert plugin.open("GOOD", AROUND) == "s3cret"


@pytest.mark.parametrize(("name", "found"), [("GONE", "not set"), ("EMPTY", "empty"), ("BLANK", "empty")])
def test_s04_none_or_an_empty_one_is_no_secret(name: str, found: str) -> None:
    with pytest.raises(NoSecret) as caught:
        plugin.open(name, AROUND)

    assert found in caught.value.found
