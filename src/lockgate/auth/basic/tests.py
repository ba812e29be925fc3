"""What holds for Basic: the right pair opens, everything else gets the same answer after the same work."""

import random
import sys
from base64 import b64encode
from types import FrameType

import pytest

from lockgate.auth.basic import Basic
from lockgate.core.auth import Caller, Presented
from lockgate.core.key_digest import Pepper

PEPPER = Pepper(bytes(range(32)))
PAIR = b"crm:Zm9vYmFyIGJhciBiYXogcXV4IGhlbGxv"
CRM = Caller("basic:crm", "shop", method="basic", name="crm")
METHOD = Basic(PEPPER, {PEPPER.digest(PAIR): (PEPPER.digest(PAIR), CRM)})


async def who(credential: bytes) -> Caller | None:
    return await METHOD.authenticate(Presented("GET", "/", "", (), "basic", credential))


async def test_the_right_pair_names_its_caller() -> None:
    assert await who(b64encode(PAIR)) is CRM


@pytest.mark.parametrize(
    "pair",
    [b"", b"crm", b"crm:", b":", b"other:" + PAIR[4:], PAIR + b"x", PAIR[:-1], PAIR.upper(), b"crm::" + PAIR[4:]],
)
async def test_everything_else_opens_nothing(pair: bytes) -> None:
    assert await who(b64encode(pair)) is None


async def test_s10_what_is_not_base64_opens_nothing() -> None:
    chance = random.Random(42208)
    for credential in (b"' OR 1=1--", b"%27", b"====", b"\xff\xfe", b64encode(PAIR) + b"!", b64encode(PAIR)[:-1]):
        assert await who(credential) is None
    for _ in range(500):
        assert await who(chance.randbytes(chance.randint(0, 200))) is None


async def test_s20_every_answer_does_the_same_work() -> None:
    def note(frame: FrameType, event: str, called: object) -> None:
        if event == "c_call" and frame.f_code.co_filename.endswith("basic/__init__.py"):
            calls.append(getattr(called, "__name__", "?"))

    done = []
    for pair in (PAIR, PAIR[:-1] + b"x", b"nobody:x"):
        calls: list[str] = []
        presented = Presented("GET", "/", "", (), "basic", b64encode(pair))
        sys.setprofile(note)
        try:
            await METHOD.authenticate(presented)
        finally:
            sys.setprofile(None)
        done.append(calls)

    assert done[0] == done[1] == done[2] != []
