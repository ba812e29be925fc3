"""AWS Signature Version 4: what AWS's own test suite says of requests like ours."""

import pytest
from msgspec.structs import replace

from lockgate.clouds.sigv4 import Account, signed
from lockgate.core.secret import Secret

SUITE = Account("AKIDEXAMPLE", Secret("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"), "us-east-1")
NOON = 1_440_938_160.0
"""20150830T123600Z, as all of them."""
HOST = {"host": "example.amazonaws.com"}
FORM = {**HOST, "content-type": "application/x-www-form-urlencoded"}
TOKEN = Secret(
    "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7"
    "mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d"
    "+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA=="
)


@pytest.mark.parametrize(
    ("account", "method", "headers", "body", "signature"),
    [
        (SUITE, "GET", HOST, b"", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
        (SUITE, "POST", HOST, b"", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"),
        (SUITE, "POST", FORM, b"Param1=value1", "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"),
        (
            replace(SUITE, token=TOKEN),
            "POST",
            HOST,
            b"",
            "85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead",
        ),
    ],
    ids=["get-vanilla", "post-vanilla", "post-x-www-form-urlencoded", "post-sts-header-before"],
)
def test_signatures_are_those_of_the_suite(
    account: Account, method: str, headers: dict[str, str], body: bytes, signature: str
) -> None:
    whole = signed(account, "service", method, "/", headers, body=body, at=NOON)

    assert whole["authorization"].endswith(f"Signature={signature}")
    assert whole["x-amz-date"] == "20150830T123600Z"
    assert "x-amz-content-sha256" not in whole
