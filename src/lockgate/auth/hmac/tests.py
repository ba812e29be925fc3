"""The plain signature: what its own README does is taken, and nothing that was changed, late, or sent before."""

import hashlib
import hmac
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from lockgate.auth.hmac import HEADER, Hmac
from lockgate.core.auth import Caller, Presented
from lockgate.core.problem import Problem
from tests.fakes import Once

SECRET = "Zm9vYmFyIGJhciBiYXogcXV4IGhlbGxv"
PAGE = Path(__file__).with_name("README.md").read_text()
TARGET, BODY = "/v1/chat/completions", b'{"model":"x"}'
EXAMPLE: dict[str, Any] = {}
exec(re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)[0], EXAMPLE)


def at(now: float, secret: str = SECRET, method: str = "POST", target: str = TARGET, body: bytes = BODY) -> str:
    """What the example makes at that time."""
    clock = EXAMPLE["time"]
    EXAMPLE["time"] = type("clock", (), {"time": staticmethod(lambda: now)})
    try:
        return str(EXAMPLE["signature"]("ci", secret, method, target, body))
    finally:
        EXAMPLE["time"] = clock


def request(signature: str, method: str = "POST", target: str = TARGET) -> Presented:
    path, _, query = target.partition("?")
    return Presented(method, path, query, ((b"host", b"gw"), (HEADER, signature.encode())))


def method(nonces: Once | None = None) -> Hmac:
    return Hmac({b"ci": (Caller("hmac:ci", "shop"), SECRET.encode())}, nonces or Once(), lambda: 1000.0, 300)


async def who(known: Hmac, presented: Presented, body: bytes = BODY) -> str:
    sealed = await known.authenticate(presented)
    sealed.check(body)
    return sealed.caller.key_id


async def refused(presented: Presented, known: Hmac | None = None, body: bytes = BODY) -> str:
    with pytest.raises(Problem) as caught:
        await who(known or method(), presented, body)
    assert caught.value.status == 401
    return caught.value.detail


@pytest.mark.parametrize("made", [700, 1000, 1300])
async def test_the_example_of_the_manual_is_taken(made: float) -> None:
    assert await who(method(), request(at(made))) == "hmac:ci"


def test_the_shell_example_of_the_manual_is_the_same() -> None:
    shell = re.findall(r"```sh\n(.*?)curl", PAGE, re.DOTALL)[0].replace("$(date +%s)", "1000")
    script = f"body='{BODY.decode()}' SECRET={SECRET}\n{shell}\nprintf %s \"k=ci,t=$t,d=$d,v1=$v1\""

    made = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True).stdout

    assert made == at(1000)


async def test_a_query_is_signed_as_it_is_sent() -> None:
    target = "/v1/models?limit=5"

    assert await who(method(), request(at(1000, "" or SECRET, "GET", target, b""), "GET", target), b"") == "hmac:ci"


@pytest.mark.parametrize("made", [699, 1301])
async def test_late_and_early_ones_are_refused(made: float) -> None:
    assert "just now" in await refused(request(at(made)))


async def test_nothing_can_be_changed() -> None:
    good = at(1000)
    for other in (
        request(at(1000, "another secret of 32 characters..")),
        request(good, "PUT"),
        request(good, target=TARGET + "?a=1"),
        request(good.replace("t=1000", "t=1001")),
        request(good.replace("k=ci", "k=nobody")),
        request(good.replace(",d=", ",n=x,d=")),
        request(good[:-1] + ("0" if good[-1] != "0" else "1")),
    ):
        assert "not one of a key" in await refused(other)
    assert "not the one that was signed" in await refused(request(good), body=BODY + b" ")


async def test_it_is_good_once_and_a_wrong_one_uses_up_nothing() -> None:
    nonces = Once()
    await refused(request(at(1000, "x" * 40)), method(nonces))
    assert not nonces.said

    assert await who(method(nonces), request(at(1000)))
    assert "used before" in await refused(request(at(1000)), method(nonces))
    assert set(nonces.said.values()) == {1301}


async def test_nobody_has_a_secret_that_anybody_could_guess() -> None:
    """What stands in for the secret of an unknown key, so that all take the same time, opens nothing."""
    for secret in ("", "\0" * 32):
        assert "not one of a key" in await refused(request(at(1000, secret).replace("k=ci", "k=nobody")))
        mac = hmac.digest(
            secret.encode(), f"v1\n1000\n\nPOST\n{TARGET}\n{hashlib.sha256(BODY).hexdigest()}".encode(), "sha256"
        )
        forged = f"k=nobody,t=1000,d={hashlib.sha256(BODY).hexdigest()},v1={mac.hex()}"
        assert "not one of a key" in await refused(request(forged))


@pytest.mark.parametrize(
    "value",
    [
        "",
        "v1=x",
        "k=ci",
        "k=ci,t=1,d=x,v1=y",
        "k='; DROP TABLE--,t=1000,d=" + "0" * 64 + ",v1=" + "0" * 64,
        "\xff",
        "," * 9,
    ],
)
async def test_s10_what_is_no_signature_is_refused(value: str) -> None:
    assert "not of the form" in await refused(request(value))


async def test_two_of_them_are_none() -> None:
    twice = Presented("POST", TARGET, "", ((HEADER, at(1000).encode()), (HEADER, at(1000).encode())))

    assert "not of the form" in await refused(twice)
