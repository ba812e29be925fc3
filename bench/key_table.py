"""Client keys, few and many: what a look-up takes, and what the table weighs. A program: it measures its own memory."""

import gc
import hashlib
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import msgspec

from bench import phases, pipeline
from bench.table import Row
from lockgate.app.key_entries import key_snapshot
from lockgate.app.load import loads
from lockgate.auth.api_key import ApiKeys, snapshot
from lockgate.core.auth import Presented
from lockgate.core.key_digest import Pepper
from lockgate.core.store import StoredKey
from lockgate.stores.key_file import Document

FEW, MANY = 10, 1_000_000


class Told(msgspec.Struct):
    """What the program prints: µs of a look-up of a key that is there, seconds to put a new list in force, bytes of memory."""

    lookup: float
    replaced: float
    weight: int


def rows(many: int = MANY) -> list[Row]:
    """Both ends, each in a process of its own."""
    ends = {count: _told(count) for count in (FEW, many)}
    return [
        *(Row(f"key look-up, {count:,} keys", "µs", gateway=told.lookup, most=10.0) for count, told in ends.items()),
        Row(f"a new list in force, {many:,} keys", "s", gateway=ends[many].replaced),
        Row(f"memory of a key, of {many:,}", "B", gateway=ends[many].weight / many),
    ]


def _told(count: int) -> Told:
    line = [sys.executable, "-m", "bench.key_table", str(count)]
    root = Path(__file__).parents[1]
    done = subprocess.run(line, cwd=root, env={"PYTHONPATH": "src:."}, capture_output=True, check=True)
    return msgspec.json.decode(done.stdout, type=Told)


def measured(count: int) -> Told:
    """In this process: as a worker has it after it read the file of keys."""
    pepper, secret = Pepper(bytes(32)), b"lg-" + b"k" * 49
    with tempfile.TemporaryDirectory() as folder:
        loaded = loads(b"version: 1\nteams: {shop: {models: ['*']}}\n", Path(folder) / "x.yaml", {})
    digests = [hashlib.sha256(b"%d" % number).hexdigest() for number in range(count - 1)]
    stored = [StoredKey(f"key_{n:022d}", f"n{n}", "shop", digest, 1) for n, digest in enumerate(digests)]
    raw = msgspec.json.encode(Document((*stored, StoredKey("key_real", "real", "shop", pepper.digest(secret), 1))))
    del digests, stored
    gc.collect()
    keys, before = ApiKeys(pepper, snapshot(())), _resident()
    document = msgspec.json.decode(raw, type=Document)
    started = time.perf_counter()
    keys.replace(key_snapshot(loaded, pepper, document.keys))
    replaced = time.perf_counter() - started
    weight = _resident() - before
    presented = Presented("POST", "/", "", (), "bearer", secret)
    return Told(phases.best(lambda: pipeline.finished(keys.authenticate(presented)), 0.5), replaced, weight)


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


if __name__ == "__main__":
    sys.stdout.buffer.write(msgspec.json.encode(measured(int(sys.argv[1]))))
