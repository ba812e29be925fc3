"""D4: a log that was changed in any way is found out, at its first bad line. What only the signed tree sees is with it."""

import random
from collections.abc import Callable
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from lockgate.audit.chain import Chain, ChainKey
from lockgate.audit.check_chain import ChainCheck, Wrong
from lockgate.audit.verify import Trust, verify
from lockgate.core.sink import Event, Record, Tail

KEY = ChainKey("0123abcd", b"k" * 32)
OTHER = ChainKey("89abcdef", b"o" * 32)
KEYS = {KEY.id: KEY, OTHER.id: OTHER}
Mutation = Callable[[random.Random, list[Path]], object]


def written(folder: Path, *, writers: int = 2, segments: int = 3, records: int = 8, key: ChainKey = KEY) -> list[Path]:
    folder.mkdir(exist_ok=True)
    for writer in range(writers):
        chain = Chain(f"w{writer}", key, Tail())
        for number in range(1, segments + 1):
            text, _ = chain.lines(
                Record(ts=1.0, kind="outcome", request_id=f"{writer}-{number}-{n}") for n in range(records)
            )
            (folder / f"w{writer}-{number:08d}.jsonl").write_bytes(text)
    return sorted(folder.glob("*.jsonl"))


def lines(path: Path) -> list[bytes]:
    return path.read_bytes().splitlines(keepends=True)


def flip(random: random.Random, files: list[Path]) -> None:
    path = random.choice(files)
    raw = bytearray(path.read_bytes())
    raw[random.randrange(len(raw))] ^= 1 << random.randrange(8)
    path.write_bytes(raw)


def drop(random: random.Random, files: list[Path]) -> None:
    """A line; not the very last one of a chain: see `test_a_cut_end`."""
    path = random.choice(files)
    rows = lines(path)
    del rows[random.randrange(len(rows) - 1)]
    path.write_bytes(b"".join(rows))


def swap(random: random.Random, files: list[Path]) -> None:
    path = random.choice(files)
    rows = lines(path)
    a, b = random.sample(range(len(rows)), 2)
    rows[a], rows[b] = rows[b], rows[a]
    path.write_bytes(b"".join(rows))


def repeat(random: random.Random, files: list[Path]) -> None:
    path = random.choice(files)
    rows = lines(path)
    at = random.randrange(len(rows))
    path.write_bytes(b"".join([*rows[: at + 1], *rows[at:]]))


def cut_inside(random: random.Random, files: list[Path]) -> None:
    path = random.choice(files)
    raw = path.read_bytes()
    end = random.randrange(1, len(raw))
    path.write_bytes(raw[: end if raw[end - 1 : end] != b"\n" else end - 1])


def remove_file(random: random.Random, files: list[Path]) -> None:
    random.choice([path for path in files if not path.name.endswith("3.jsonl")]).unlink()


def replay(random: random.Random, files: list[Path]) -> None:
    """An old segment under the name of the next one, or of another one."""
    old = random.choice(files)
    (old.parent / f"w{random.randrange(2)}-0000000{random.randrange(4, 9)}.jsonl").write_bytes(old.read_bytes())


def exchange(random: random.Random, files: list[Path]) -> None:
    a, b = random.sample(files, 2)
    one, two = a.read_bytes(), b.read_bytes()
    a.write_bytes(two)
    b.write_bytes(one)


def insert(random: random.Random, files: list[Path]) -> None:
    path = random.choice(files)
    rows = lines(path)
    made, _ = Chain("w0", ChainKey(KEY.id, b"?" * 32), Tail(random.randrange(30))).lines(
        [Event(ts=1.0, event="forged")]
    )
    rows.insert(random.randrange(len(rows) + 1), made)
    path.write_bytes(b"".join(rows))


def rehash(random: random.Random, files: list[Path]) -> None:
    """A whole chain made anew, one record changed, by somebody without the key."""
    written(files[0].parent, writers=1 + random.randrange(2), key=ChainKey(KEY.id, random.randbytes(32)))


MUTATIONS: list[Mutation] = [
    flip, flip, drop, swap, repeat, cut_inside, remove_file, replay, exchange, insert, rehash,
]  # fmt: skip


def test_D4_a_thousand_random_mutations_are_found(tmp_path: Path) -> None:
    files = written(tmp_path / "audit")
    whole = {path: path.read_bytes() for path in files}
    assert verify(tmp_path / "audit", Trust(KEYS)).bad == ()
    dice, missed = random.Random(4), []
    for number in range(1000):
        mutation = MUTATIONS[number % len(MUTATIONS)]
        mutation(dice, files)
        if not verify(tmp_path / "audit", Trust(KEYS)).bad:
            missed.append((number, getattr(mutation, "__name__", "")))
        for path in (tmp_path / "audit").iterdir():
            path.unlink()
        for path, content in whole.items():
            path.write_bytes(content)

    assert missed == []


def test_D4_the_first_bad_line_is_named_with_its_file(tmp_path: Path) -> None:
    files = written(tmp_path / "audit")
    rows = lines(files[1])
    rows[4] = rows[4].replace(b'"status":0', b'"status":2')
    files[1].write_bytes(b"".join(rows))

    (bad,) = verify(tmp_path / "audit", Trust(KEYS)).bad

    assert (bad.file, bad.line) == ("w0-00000002.jsonl", 5)
    assert "changed" in bad.why


def test_D4_an_unknown_key_is_not_good(tmp_path: Path) -> None:
    written(tmp_path / "audit")

    assert "not known here" in verify(tmp_path / "audit", Trust({OTHER.id: OTHER})).bad[0].why


def test_a_chain_goes_on_under_another_key(tmp_path: Path) -> None:
    folder = tmp_path / "audit"
    folder.mkdir()
    first = Chain("w0", KEY, Tail())
    one, _ = first.lines([Event(ts=1.0, event="a")] * 3)
    two, _ = Chain("w0", OTHER, Tail(first.seq, first.seal)).lines([Event(ts=1.0, event="b")] * 3)
    (folder / "w0-00000001.jsonl").write_bytes(one + two)

    assert verify(folder, Trust(KEYS)).records == 6
    assert verify(folder, Trust(KEYS)).bad == ()


def test_without_keys_order_and_numbers_are_still_checked(tmp_path: Path) -> None:
    files = written(tmp_path / "audit")
    assert verify(tmp_path / "audit", Trust({})).bad == ()
    drop(random.Random(1), files)

    assert verify(tmp_path / "audit", Trust({})).bad


def test_a_cut_end_is_not_seen_by_the_chain_alone(tmp_path: Path) -> None:
    """What the signed tree is for: see `test_tree_verify`."""
    files = written(tmp_path / "audit")
    files[2].write_bytes(b"".join(lines(files[2])[:-2]))

    assert verify(tmp_path / "audit", Trust(KEYS)).bad == ()


@settings(deadline=None)
@given(st.data())
def test_however_the_reading_is_cut_the_answer_is_the_same(data: st.DataObject) -> None:
    text, digests = Chain("w0", KEY, Tail()).lines(Event(ts=1.0, event=f"e{n}") for n in range(6))
    harmed = bytearray(text)
    if data.draw(st.booleans()):
        harmed[data.draw(st.integers(0, len(text) - 1))] ^= 1
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=5)))

    def answer(pieces: list[bytes]) -> str:
        check = ChainCheck("w0", KEYS)
        try:
            check.begin("f")
            for piece in pieces:
                check.feed(piece)
            check.end(last=True)
        except Wrong as wrong:
            return str(wrong.bad)
        return f"good {check.seq}"

    pieces = [bytes(harmed[a:b]) for a, b in zip([0, *cuts], [*cuts, len(harmed)], strict=True)]
    assert answer(pieces) == answer([bytes(harmed)])
    assert (answer(pieces) == "good 6") == (harmed == text)
    assert len(digests) == 6
