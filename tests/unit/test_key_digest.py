"""The pepper's digest is HMAC-SHA-256, held against the standard library's."""

import hmac

from hypothesis import given
from hypothesis import strategies as st

from lockgate.core.key_digest import Pepper


@given(st.binary(min_size=32, max_size=32), st.binary(max_size=200))
def test_it_is_hmac_sha256(pepper: bytes, secret: bytes) -> None:
    assert Pepper(pepper).digest(secret) == hmac.digest(pepper, secret, "sha256").hex()


def test_it_says_nothing_of_itself() -> None:
    pepper = Pepper(b"x" * 32)

    assert (repr(pepper), str(pepper), f"{pepper}") == ("***", "***", "***")
