"""Kept answers are sealed: bound to their name and to the installation."""

import pytest

from lockgate.core.answer import Usage
from lockgate.core.cache import Kept
from lockgate.core.key_digest import Pepper
from lockgate.stores.answers import SealedAnswers

KEPT = Kept(5.0, b'{"a":1}', False, False, False, "openai", Usage(3, 4), str(10**20), ("n",))


class Drawer:
    """A store that never forgets, and that anybody may look into."""

    def __init__(self) -> None:
        self.kept: dict[bytes, bytes] = {}

    def get(self, key: bytes) -> bytes | None:
        return self.kept.get(key)

    def put(self, key: bytes, value: bytes, seconds: float) -> None:
        self.kept[key] = value

    async def aclose(self) -> None:
        pass


async def test_it_comes_back_as_it_was() -> None:
    answers = SealedAnswers(Drawer(), Pepper(b"p" * 32))
    key = answers.key(b"question")
    assert await answers.get(key) is None

    answers.put(key, KEPT, 60)

    assert await answers.get(key) == KEPT
    assert await answers.get(answers.key(b"another")) is None


async def test_the_store_learns_nothing() -> None:
    drawer = Drawer()
    answers = SealedAnswers(drawer, Pepper(b"p" * 32))

    answers.put(answers.key(b"question"), KEPT, 60)

    ((name, value),) = drawer.kept.items()
    assert b"openai" not in value
    assert b'"a"' not in value
    assert len(name) == 32


@pytest.mark.parametrize("at", [0, 11, 12, 20, -1])
async def test_S33_what_was_changed_is_no_answer(at: int) -> None:
    drawer = Drawer()
    answers = SealedAnswers(drawer, Pepper(b"p" * 32))
    key = answers.key(b"question")
    answers.put(key, KEPT, 60)

    changed = bytearray(drawer.kept[key])
    changed[at] ^= 1
    drawer.kept[key] = bytes(changed)

    assert await answers.get(key) is None


async def test_S33_an_entry_under_another_name_is_no_answer() -> None:
    drawer = Drawer()
    answers = SealedAnswers(drawer, Pepper(b"p" * 32))
    answers.put(answers.key(b"mine"), KEPT, 60)

    drawer.kept[answers.key(b"yours")] = drawer.kept[answers.key(b"mine")]

    assert await answers.get(answers.key(b"yours")) is None


async def test_S33_another_installation_finds_nothing() -> None:
    drawer = Drawer()
    one, other = SealedAnswers(drawer, Pepper(b"p" * 32)), SealedAnswers(drawer, Pepper(b"q" * 32))
    one.put(one.key(b"question"), KEPT, 60)

    assert one.key(b"question") != other.key(b"question")
    assert await other.get(one.key(b"question")) is None


@pytest.mark.parametrize("bytes_there", [b"", b"short", b"x" * 100])
async def test_nonsense_in_the_store_is_no_answer(bytes_there: bytes) -> None:
    drawer = Drawer()
    answers = SealedAnswers(drawer, Pepper(b"p" * 32))
    drawer.kept[answers.key(b"question")] = bytes_there

    assert await answers.get(answers.key(b"question")) is None
