"""The blocklist's own tests."""

from collections.abc import Sequence

import pytest

from lockgate.core.guard import Failed, Finding
from lockgate.guards.blocklist import plugin
from lockgate.patterns.looking import Looking
from lockgate.patterns.plain import find


def found(text: str, words: tuple[str, ...], label: str = "blocklist") -> Sequence[Finding]:
    guard = plugin(words=words, label=label).build()
    verdict = Looking([guard]).look(text, frozenset((0,))).get(0, [])
    assert not isinstance(verdict, Failed)
    assert list(verdict) == list(find(guard, text))
    return verdict


def test_finds_whatever_the_case() -> None:
    assert found("Project BlueBird.", ("bluebird",)) == [Finding(8, 16, "blocklist")]


def test_a_word_of_another_script_too() -> None:
    assert found("an ПРОЕКТ", ("проект",)) == [Finding(3, 9, "blocklist")]


def test_a_word_is_not_a_pattern() -> None:
    assert not found("abc", ("a.c",))


def test_the_longer_phrase_wins() -> None:
    assert found("bluebird", ("blue", "bluebird"), "bird") == [Finding(0, 8, "bird")]


def test_its_reach_is_the_longest_word() -> None:
    assert plugin(words=("blue", "bluebird")).build().reach == 8


@pytest.mark.parametrize(
    ("words", "label"), [((), "x"), (("",), "x"), (("a", " "), "x"), (("a",), "X Y"), (("a" * 1001,), "x")]
)
def test_refuses_nonsense_before_traffic(words: tuple[str, ...], label: str) -> None:
    with pytest.raises(ValueError, match=r"`words`|`label`"):
        plugin(words=words, label=label).build()
