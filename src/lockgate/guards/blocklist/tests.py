"""The blocklist's own tests."""

import pytest

from lockgate.core.guard import Finding
from lockgate.guards.blocklist import plugin


def test_finds_whatever_the_case() -> None:
    found = plugin(words=("bluebird",)).build().find("Project BlueBird.")

    assert found == [Finding(8, 16, "blocklist")]


def test_a_word_is_not_a_pattern() -> None:
    assert not plugin(words=("a.c",)).build().find("abc")


def test_the_longer_phrase_wins() -> None:
    found = plugin(words=("blue", "bluebird"), label="bird").build().find("bluebird")

    assert found == [Finding(0, 8, "bird")]


def test_its_reach_is_the_longest_word() -> None:
    assert plugin(words=("blue", "bluebird")).build().reach == 8


@pytest.mark.parametrize(("words", "label"), [((), "x"), (("",), "x"), (("a", " "), "x"), (("a",), "X Y")])
def test_refuses_nonsense_before_traffic(words: tuple[str, ...], label: str) -> None:
    with pytest.raises(ValueError, match=r"`words`|`label`"):
        plugin(words=words, label=label).build()
