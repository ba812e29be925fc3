"""Client keys, few and many: what a look-up takes, and what a worker holds. A program: it measures its own memory."""

import gc
import hashlib
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from bench import phases, pipeline
from bench.table import Row
from lockgate.app.client_keys import ClientKeys
from lockgate.app.load import loads
from lockgate.control import keys as control
from lockgate.core.auth import Presented
from lockgate.core.key_digest import Pepper
from lockgate.core.store import Keys, StoredKey
from lockgate.stores.key_file import KeyFile

FEW, MANY = 10, 1_000_000
USED = 10_000
"""Keys that come by while memory is measured: more than a worker keeps ready."""


class Told(msgspec.Struct):
    """What the program prints: µs of a look-up of a key that was used just now, and of many in turn; seconds of processor to
    put a new list in force; bytes that a worker grew by, with that and with many of the keys used.
    """

    again: float
    first: float
    replaced: float
    held: int
    weight: int


def rows(many: int = MANY) -> list[Row]:
    """Both ends, each in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        changed = {count: _changed(Path(folder) / str(count), count) for count in (FEW, many)}
        ends = {count: _told(Path(folder) / str(count)) for count in (FEW, many)}
    flat = [(f"{count:,} keys", told) for count, told in ends.items()]
    return [
        *(Row(f"key look-up, {what}", "µs", gateway=told.again, most=10.0) for what, told in flat),
        *(Row(f"key look-up, {USED:,} over all of {what}", "µs", gateway=told.first, most=25.0) for what, told in flat),
        *(Row(f"what a worker holds of {what}", "MB", gateway=told.held / 1e6, most=5.0) for what, told in flat),
        *(
            Row(f"the same, {USED:,} requests later, {what}", "MB", gateway=told.weight / 1e6, most=10.0)
            for what, told in flat
        ),
        *(Row(f"a new list in force, {what}", "ms", gateway=told.replaced * 1e3, most=10.0) for what, told in flat),
        *(Row(f"a key made, of {count:,}", "s", gateway=took) for count, took in changed.items()),
    ]


def _changed(folder: Path, count: int) -> float:
    """Seconds of processor that `keys create` takes beside so many others: read, written, and the table."""
    store = KeyFile(folder)
    pepper = store.pepper()

    def all_of_them(_: Keys) -> Keys:
        secrets = (_secret(number) for number in range(count - 1))
        return tuple(StoredKey(f"key_{n:022d}", f"n{n}", "shop", pepper.digest(s), 1) for n, s in enumerate(secrets))

    store.change(all_of_them)
    gc.collect()
    desk = control.Desk(store, pepper, time.time, bytes)
    return _processor(lambda: control.create(desk, "one more", "shop"))


def _secret(number: int) -> bytes:
    return b"lg-" + hashlib.sha256(b"%d" % number).hexdigest().encode()


def _processor(act: Callable[[], object]) -> float:
    started = time.process_time()
    act()
    return time.process_time() - started


def _told(folder: Path) -> Told:
    line = [sys.executable, "-m", "bench.key_table", str(folder)]
    root = Path(__file__).parents[1]
    done = subprocess.run(line, cwd=root, env={"PYTHONPATH": "src:."}, capture_output=True, check=True)
    return msgspec.json.decode(done.stdout, type=Told)


def measured(folder: Path) -> Told:
    """In this process: as a worker has the keys of a data folder."""
    count = int(folder.name)
    text = b"version: 1\ndata: %b\nteams: {shop: {models: ['*']}}\n" % str(folder).encode()
    loaded = loads(text, folder / "x.yaml", {})
    sent = [Presented("POST", "/", "", (), "bearer", _secret(n * (count - 1) // USED)) for n in range(USED)]
    gc.collect()
    keys, before = ClientKeys(loaded, Pepper(bytes(32))), _resident()
    replaced = _processor(keys.look)
    held = _resident() - before

    def ask(presented: Presented) -> None:
        if pipeline.finished(keys.method.authenticate(presented)) is None:
            raise LookupError

    first = _processor(lambda: [ask(each) for each in sent])
    weight = _resident() - before
    return Told(phases.best(lambda: ask(sent[-1]), 0.5), first / USED * 1e6, replaced, held, weight)


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


if __name__ == "__main__":
    sys.stdout.buffer.write(msgspec.json.encode(measured(Path(sys.argv[1]))))
