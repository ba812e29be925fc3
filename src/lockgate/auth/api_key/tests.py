"""What holds for client keys: they open by digest, end on time, and everything else gets one same answer."""

import random
import sys
from pathlib import Path
from types import FrameType

import pytest

from lockgate.auth.api_key import ApiKeys, Entry, snapshot
from lockgate.core.auth import Caller, Presented
from lockgate.core.http import Inbound
from lockgate.core.key_digest import Pepper
from lockgate.core.problem import Kind, Problem
from lockgate.pipeline.authenticate import Entrance, authenticate

PEPPER = Pepper(bytes(range(32)))
SECRET = b"lg-a-secret-of-the-shop-0123456789"
SHOP = Caller("key_1", "shop", "web")


class Clock:
    def __init__(self, now: float) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


def entry(expires: int | None = None) -> Entry:
    return Entry(PEPPER.digest(SECRET), SHOP, expires)


def sent(credential: bytes) -> Presented:
    return Presented("POST", "/", "", (), "bearer", credential)


async def refusal(keys: ApiKeys, credential: bytes) -> tuple[Kind, str]:
    """What the pipeline says when this is the only method."""
    door = Entrance((keys,))

    async def never() -> bytes:
        raise AssertionError("the body of an unknown sender was read")

    with pytest.raises(Problem) as caught:
        await authenticate(Inbound("POST", "/", "", ((b"x-api-key", credential),), never), door)
    return caught.value.kind, caught.value.detail


async def test_a_known_key_names_its_caller() -> None:
    keys = ApiKeys(PEPPER, snapshot([entry()]))

    assert await keys.authenticate(sent(SECRET)) == SHOP


async def test_a_key_ends_on_the_second() -> None:
    clock = Clock(999.9)
    keys = ApiKeys(PEPPER, snapshot([entry(expires=1000)]), clock)
    assert await keys.authenticate(sent(SECRET)) == SHOP

    clock.now = 1000.0

    assert (await refusal(keys, SECRET))[0] is Kind.UNAUTHENTICATED


async def test_unknown_expired_revoked_and_damaged_entries_look_alike() -> None:
    expired = ApiKeys(PEPPER, snapshot([entry(expires=1)]))
    mismatched = ApiKeys(PEPPER, {PEPPER.digest(SECRET): Entry(PEPPER.digest(b"other"), SHOP)})
    empty = ApiKeys(PEPPER, snapshot([]))

    answers = {await refusal(keys, SECRET) for keys in (expired, mismatched, empty)}

    assert answers == {await refusal(empty, b"x")}


async def test_the_last_use_of_a_key_is_noted_and_nobody_else_s() -> None:
    clock = Clock(500.7)
    keys = ApiKeys(PEPPER, snapshot([entry(expires=1000)]), clock)
    for clock.now in (500.7, 900.2, 1000.0):
        await keys.authenticate(sent(SECRET))
    await keys.authenticate(sent(b"nobody"))

    assert keys.used() == {"key_1": 900}
    assert keys.used() == {}


async def test_another_pepper_opens_nothing() -> None:
    keys = ApiKeys(Pepper(bytes(32)), snapshot([entry()]))

    assert (await refusal(keys, SECRET))[0] is Kind.UNAUTHENTICATED


async def test_a_new_snapshot_is_in_force_at_once() -> None:
    keys = ApiKeys(PEPPER, snapshot([entry()]))

    keys.replace(snapshot([]))

    assert (await refusal(keys, SECRET))[0] is Kind.UNAUTHENTICATED


async def test_S13_the_digest_itself_is_not_a_credential() -> None:
    keys = ApiKeys(PEPPER, snapshot([entry()]))

    assert (await refusal(keys, entry().digest.encode()))[0] is Kind.UNAUTHENTICATED


def injections(count: int) -> list[str]:
    """Strings that end a literal in every quoting style, and go on with what a database would run."""
    chance = random.Random(42208)
    starts = ("", "'", '"', "`", "lg-", "lg-x'", "')", '")', "\\'", "%27", "\uff11'", "\x00'", "*/", ";")
    middles = (
        " OR 1=1",
        " OR ''=''",
        " UNION SELECT digest FROM keys",
        "; DROP TABLE keys",
        "||pg_sleep(9)",
        " AND SLEEP(5)",
    )
    ends = ("", "--", "-- -", "#", "/*", ";--", "\n", "';", '"', "\\", "%00", " LIMIT 1")
    return [
        chance.choice(starts) + chance.choice(middles) * chance.randint(1, 3) + chance.choice(ends)
        for _ in range(count)
    ]


async def test_s10_injected_credentials_are_only_unknown_keys() -> None:
    keys = ApiKeys(PEPPER, snapshot([entry()]))
    credentials = injections(500)

    answers = {await refusal(keys, text.encode()) for text in credentials}

    assert len(set(credentials)) > 300
    assert answers == {(Kind.UNAUTHENTICATED, "the credential is not valid")}


async def work(keys: ApiKeys, credential: bytes) -> list[str]:
    """The built-in functions that one answer calls, in order."""
    calls: list[str] = []

    def note(frame: FrameType, event: str, called: object) -> None:
        if event == "c_call" and frame.f_code.co_filename.endswith(("api_key/__init__.py", "key_digest.py")):
            calls.append(getattr(called, "__name__", "?"))

    presented = sent(credential)
    sys.setprofile(note)
    try:
        await keys.authenticate(presented)
    finally:
        sys.setprofile(None)
    return calls


async def test_s20_every_answer_does_the_same_work() -> None:
    """Not timed: the steps are seen. One digest, one look-up, one comparison, whatever was sent."""
    keys = ApiKeys(PEPPER, snapshot([entry()]), Clock(0))

    done = [await work(keys, credential) for credential in (SECRET, SECRET[:-1] + b"x", b"x" * 4000, b"", b"\xff")]

    digest = ["copy", "copy", "update", "digest", "update", "hexdigest"]
    assert done == [[*digest, "get", "compare_digest"]] * 5


def test_no_secret_is_kept_in_the_snapshot_or_shown() -> None:
    keys = ApiKeys(PEPPER, snapshot([entry()]))

    assert SECRET.decode() not in repr(vars(keys))
    assert repr(PEPPER) == f"{PEPPER}" == "***"


def test_s10_nothing_here_speaks_to_a_database() -> None:
    source = Path(__file__).with_name("__init__.py").read_text()

    assert not {"sqlite3", "execute(", "sqlalchemy"} & set(source.split())
