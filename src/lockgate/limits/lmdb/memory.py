"""What the file knows of itself: that it has a memory, whose clock that has, and which owners live."""

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from lockgate.core.counter import HEAD
from lockgate.core.limit import StoreEmptyError
from lockgate.limits.lmdb import clock
from lockgate.limits.lmdb.table import Txn

MEMORY, OWNERS = b"memory", b"owners"
SWEPT, MOST_SWEPT = 500, 5000
"""Counters that a beat looks at, to remove those that mean nothing any more: some of the many, but in a few milliseconds."""
ROUND = 24
"""Beats in which all are looked at, if they are not too many."""


class Memory(Struct, frozen=True, array_like=True):
    """Begun by `restore`, of which there is an `epoch`. Its clock is the machine's: microseconds since the machine's
    start, and `boot`, the moment of that start; `boot_id` says which start, and `latest` how far the clock has been.
    """

    epoch: int
    boot: int
    boot_id: str
    latest: int


_encode = msgspec.msgpack.Encoder().encode
_memory = msgspec.msgpack.Decoder(Memory).decode
_owners = msgspec.msgpack.Decoder(dict[bytes, int]).decode


def known(txn: Txn, boot_id: str) -> tuple[bytes, Memory]:
    """The memory as it is written, and read. After a new start of the machine its clock goes on: never back."""
    raw = txn.get(MEMORY)
    if raw is None:
        raise StoreEmptyError("the file has no memory")
    memory = _memory(raw)
    if memory.boot_id != boot_id:
        now = max(memory.latest, clock.wall())
        memory = Memory(memory.epoch, now - clock.since_boot(), boot_id, now)
        raw = _encode(memory)
        txn.put(MEMORY, raw)
    return raw, memory


def begin(txn: Txn, epoch: int, boot_id: str, now: int) -> None:
    txn.put(MEMORY, _encode(Memory(epoch, now - clock.since_boot(), boot_id, now)))


def noted(txn: Txn, memory: bytes, now: int) -> None:
    """How far the clock has been."""
    txn.put(MEMORY, _encode(replace(_memory(memory), latest=now)))


def owners(txn: Txn) -> dict[bytes, int]:
    """When each of them beat last."""
    raw = txn.get(OWNERS)
    return _owners(raw) if raw else {}


def write_owners(txn: Txn, beats: dict[bytes, int]) -> None:
    txn.put(OWNERS, _encode(beats))


def sweep(txn: Txn, begin_at: bytes, now: int, number: int) -> bytes:
    """Removes counters that mean nothing any more, from a key on; says where to go on. `number`: how many there are."""
    cursor = txn.cursor()
    found = cursor.set_range(begin_at) if begin_at else cursor.first()
    for _ in range(min(MOST_SWEPT, max(SWEPT, number // ROUND))):
        if not found:
            return b""
        if len(cursor.key()) == 16:
            held, *_, stale, _ = HEAD.unpack_from(cursor.value())
            if held == 0 and stale <= now:
                found = cursor.delete() and bool(cursor.key())
                continue
        found = cursor.next()
    return cursor.key() if found else b""
