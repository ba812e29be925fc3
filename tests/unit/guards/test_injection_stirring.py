"""In which of many texts there may be an attack is quickly said, and never too little of it: held against reading each."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lockgate.guards.injection import ReadingPhrases, plugin
from lockgate.guards.injection.tests import ATTACKS, BENIGN, WORDS

PLACES = st.sampled_from(["user", "tool_result", "system"])


@given(
    st.lists(st.tuples(WORDS, st.text(max_size=20), st.integers(1, 8), PLACES), max_size=30),
    st.booleans(),
    st.booleans(),
)
@settings(max_examples=100)
def test_a_text_that_does_not_stir_says_nothing(
    texts: list[tuple[list[str], str, int, str]], system: bool, allows: bool
) -> None:
    """What is quickly said of many, few, short and long texts, held against reading each."""
    guard = plugin(system=system, allow=("ignore",) if allows else (), threshold="low").build()
    assert isinstance(guard, ReadingPhrases)
    made = [(" ".join([*words, rest] * times), place) for words, rest, times, place in texts]

    stirring = guard.stirring(made)

    assert {number for number, each in enumerate(made) if guard.read(*each)} <= set(stirring)
    assert list(stirring) == sorted(set(stirring))


@pytest.mark.parametrize("beside", [1, 30], ids=["few", "many"])
@pytest.mark.parametrize(
    "text",
    [
        " ".join(ATTACKS[0]),
        f"{' '.join(ATTACKS[0])} {BENIGN[4]} {BENIGN[4]} {BENIGN[4]}",
        ATTACKS[0][::-1],
        " ".join(str(ord(letter)) for letter in ATTACKS[0]),
    ],
)
def test_what_a_text_says_otherwise_stirs(text: str, beside: int) -> None:
    guard = plugin().build()
    assert isinstance(guard, ReadingPhrases)

    stirring = guard.stirring([*[(BENIGN[0], "user")] * beside, (text, "user")])

    assert list(stirring) == [beside]
