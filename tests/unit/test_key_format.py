"""Keys of ours have a shape that catches typos, and weak keys of others are told apart from strong ones."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockgate.core import key_format
from lockgate.core.key_strength import weakness

SEEDS = st.binary(min_size=32, max_size=32)


@given(SEEDS)
def test_a_key_is_valid_strong_and_of_one_length(seed: bytes) -> None:
    text = key_format.make(seed)

    assert key_format.valid(text)
    assert text.startswith("lg-")
    assert len(text) == 52


@given(SEEDS, SEEDS)
def test_different_randomness_gives_different_keys(one: bytes, other: bytes) -> None:
    assert (key_format.make(one) == key_format.make(other)) == (one == other)


@given(SEEDS, st.integers(3, 51), st.sampled_from("0aZ-_ é"))
def test_a_typo_is_recognised(seed: bytes, place: int, character: str) -> None:
    text = key_format.make(seed)
    typo = text[:place] + character + text[place + 1 :]

    assert key_format.valid(typo) == (typo == text)


@given(SEEDS, st.integers(3, 50))
def test_swapped_neighbours_are_recognised(seed: bytes, place: int) -> None:
    text = key_format.make(seed)
    typo = text[:place] + text[place + 1] + text[place] + text[place + 2 :]

    assert key_format.valid(typo) == (typo == text)


@given(st.text())
def test_any_text_has_an_answer(text: str) -> None:
    assert key_format.valid(text) in (True, False)
    assert weakness(text) is None or weakness(text)


@pytest.mark.parametrize("length", [0, 31, 33])
def test_a_key_is_made_of_256_bits(length: int) -> None:
    with pytest.raises(ValueError, match="32 random bytes"):
        key_format.make(bytes(length))


def test_an_admin_secret_is_not_a_client_key() -> None:
    admin = key_format.make(bytes(32), key_format.ADMIN)

    assert not key_format.valid(admin)
    assert key_format.valid(admin, key_format.ADMIN)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        ("sk-1234", "well-known"),
        ("changeme", "well-known"),
        ("123456", "well-known"),
        ("secret-api-key", "well-known"),
        ("PASSWORD", "well-known"),
        ("edd1c9f034335f136f87ad84b625c8f1", "well-known"),
        ("a" * 64, "over and over"),
        ("changeme-changeme-8t3hq0-changeme", "placeholder"),
        ("your-api-key-here-1234567890-abcdef", "placeholder"),
        ("0123456789abcdefghijklmnopqrstuvwxyz", "sequence"),
        ("k3J9x2Qz" * 8, "repetition"),
        ("abababababababababababababababab!", "repetition"),
        ("Zm9vYmFyIGJhciBiYXogcXV4IGhlbGxv\n", "visible ASCII"),
        ("Zm9vYmFyIGJhciBiYXogcXV4IGhlbGxé", "visible ASCII"),
        ("kX82mQp0Zt5vLr1", "15 characters"),
    ],
)
def test_s03_weak_secrets_are_refused_by_name(text: str, reason: str) -> None:
    assert reason in str(weakness(text))


@given(st.binary(min_size=16, max_size=64))
def test_s03_no_random_secret_is_refused(seed: bytes) -> None:
    """As people make them: `openssl rand -hex` of bytes that are random."""
    import hashlib

    assert weakness(hashlib.sha256(seed).hexdigest()) is None


def test_s03_a_reason_never_repeats_an_unknown_secret() -> None:
    secret = "kX82mQp0Zt5vLr1"

    assert secret not in str(weakness(secret))
