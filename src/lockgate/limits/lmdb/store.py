"""Limits in LMDB: each step is one write transaction, and only one process of the machine is in one at a time."""

import os
from collections.abc import Callable, Iterable, Sequence
from hashlib import blake2b
from typing import TypeVar

import lmdb
import msgspec
from msgspec import Struct
from msgspec.structs import replace

from lockgate.core.counter import Counter
from lockgate.core.limit import LEASE_SECONDS, Charge, Claim, Lease, Standing, StoreEmptyError, Verdict
from lockgate.core.store import StoreError
from lockgate.limits.lmdb import clock
from lockgate.limits.lmdb.table import Table, Txn

T = TypeVar("T")
MEMORY, OWNERS = b"memory", b"owners"
LEASE = int(LEASE_SECONDS * 1e6)
SWEPT = 500
"""Rows that a beat looks at, to remove those that mean nothing any more."""


class Memory(Struct, frozen=True, array_like=True):
    """What `restore` began. The store's clock is the machine's, shifted so that it never goes back: by `boot`, the
    moment of the machine's start; `boot_id` says which start that was, and `latest` how far the clock has been.
    """

    epoch: int
    boot: int
    boot_id: str
    latest: int


_encode = msgspec.msgpack.Encoder().encode
_memory = msgspec.msgpack.Decoder(Memory).decode
_owners = msgspec.msgpack.Decoder(dict[bytes, int]).decode
_claims = msgspec.msgpack.Decoder(tuple[Claim, ...]).decode


class LmdbLimits:
    """One owner. `now` replaces the clock, for tests."""

    def __init__(self, table: Table, owner: str, now: Callable[[], int] | None = None, *, keep: bool = False) -> None:
        self._table, self._keep = table, keep
        self._owner = blake2b(owner.encode(), digest_size=8).digest()
        self._given = 0
        self._known = b""
        self._epoch = 0
        self._now = self._fixed = now or clock.wall
        self._settable = now is None
        self._later: list[tuple[Lease, Sequence[int]]] = []
        self._swept = b""

    async def reserve(self, claims: Sequence[Claim]) -> Verdict:
        return self._change(lambda txn: self._reserve(txn, claims))

    def settle(self, lease: Lease, used: Sequence[int]) -> None:
        if lease.id:
            try:
                self._change(lambda txn: self._settle(txn, lease, used))
            except StoreError:
                self._later.append((lease, used))

    async def beat(self) -> None:
        if self._table.lost:
            self._table.reopen()
        self._change(self._beat)
        self._table.env.reader_check()
        later, self._later = self._later, []
        for lease, used in later:
            self.settle(lease, used)

    async def recover(self) -> int:
        return self._change(self._recover)

    async def read(self, claims: Sequence[Claim]) -> tuple[Standing, ...]:
        def look(txn: Txn) -> tuple[Standing, ...]:
            self._awake(txn)
            now = self._now()
            return tuple(Counter(txn.get(claim.counter)).standing(claim, now) for claim in claims)

        return self._change(look)

    async def restore(self, charges: Iterable[Charge]) -> bool:
        if self._change(lambda txn: txn.get(MEMORY)):
            return False
        rows: dict[bytes, Counter] = {}
        for charge in charges:
            row = rows.get(charge.counter) or rows.setdefault(charge.counter, Counter(None))
            row.charge(charge.shape, charge.at, charge.since, charge.amount)
        return self._change(lambda txn: self._restore(txn, rows))

    async def aclose(self) -> None:
        last = False
        try:
            last = self._change(self._leave)
        finally:
            if not self._keep:
                self._table.close(last=last)

    def _change(self, work: Callable[[Txn], T]) -> T:
        """All of it or nothing, and again when the file had to grow."""
        for _ in range(8):
            try:
                with self._table.begin(write=True) as txn:
                    return work(txn)
            except lmdb.MapFullError:
                self._table.grow()
            except lmdb.MapResizedError:
                self._table.adopt()
            except lmdb.Error as error:
                raise StoreError(f"limits in {self._table.folder}: {error}") from error
        raise StoreError(f"limits in {self._table.folder}: the file grows and grows")

    def _awake(self, txn: Txn) -> None:
        """Nothing is answered without a memory. What it says is read again when it changed."""
        known = txn.get(MEMORY)
        if known == self._known and known:
            return
        if known is None:
            raise StoreEmptyError(f"limits in {self._table.folder} are empty")
        memory = _memory(known)
        if self._settable and memory.boot_id != self._table.boot:
            # The machine was started anew: its clock goes on from where it was, or from now.
            now = max(memory.latest, clock.wall())
            memory = Memory(memory.epoch, now - clock.since_boot(), self._table.boot, now)
            known = _encode(memory)
            txn.put(MEMORY, known)
        self._known, self._epoch = known, memory.epoch
        if self._settable:
            self._now = clock.shifted(memory.boot)

    def _reserve(self, txn: Txn, claims: Sequence[Claim]) -> Verdict:
        self._awake(txn)
        now, get = self._now(), txn.get
        rows, failing = [], []
        for claim in claims:
            row = Counter(get(claim.counter))
            rows.append(row)
            if (
                claim.amount > claim.shape.capacity - row.used(claim.shape, now, claim.since) - row.held
                and claim.amount
            ):
                failing.append(claim)
        if failing:
            refused = tuple([i for i, claim in enumerate(claims) if claim in failing and not claim.shadow])
            over = tuple([i for i, claim in enumerate(claims) if claim in failing and claim.shadow])
            if refused:
                standings = tuple([row.standing(claim, now) for claim, row in zip(claims, rows, strict=True)])
                return Verdict(None, standings, refused, over)
            return self._take(txn, claims, rows, now, over)
        return self._take(txn, claims, rows, now, ())

    def _take(self, txn: Txn, claims: Sequence[Claim], rows: list[Counter], now: int, over: tuple[int, ...]) -> Verdict:
        put, lease = txn.put, b""
        standings = []
        for claim, row in zip(claims, rows):  # noqa: B905  they are as many, and this is the path of every request
            shape = claim.shape
            if claim.at_once:
                row.charge(shape, now, claim.since, claim.amount)
                used = row.used(shape, now, claim.since)
            else:
                used = row.total if now < row.goes else row.used(shape, now, claim.since)
                row.held += claim.amount
                lease = b"l"
            put(claim.counter, row.wire())
            standings.append(Standing(used, row.held, shape.capacity - used - row.held, 0, row.reset(shape, now)))
        if lease:
            self._given += 1
            lease = b"l" + self._owner + self._given.to_bytes(8, "big")
            put(lease, _encode(claims))
        return Verdict(Lease(lease, self._epoch, tuple(claims)), tuple(standings), (), over)

    def _settle(self, txn: Txn, lease: Lease, used: Sequence[int]) -> None:
        try:
            self._awake(txn)
        except StoreEmptyError:
            return  # it will be restored from a log that knows of this lease
        held = txn.delete(lease.id)
        if not held and lease.epoch == self._epoch:
            return
        self._charge(txn, lease.claims, used, self._now(), held=held)

    def _charge(self, txn: Txn, claims: Sequence[Claim], used: Sequence[int], now: int, *, held: bool = True) -> None:
        get, put = txn.get, txn.put
        for claim, amount in zip(claims, used, strict=True):
            if not claim.at_once:
                row, shape = Counter(get(claim.counter)), claim.shape
                if now >= row.goes:
                    row.used(shape, now, claim.since)
                if held:
                    row.held -= claim.amount
                row.charge(shape, now, claim.since, amount)
                put(claim.counter, row.wire())

    def _beat(self, txn: Txn) -> None:
        self._awake(txn)
        now = self._now()
        owners = _owners(txn.get(OWNERS) or _encode({}))
        owners[self._owner] = now
        txn.put(OWNERS, _encode(owners))
        if self._settable:
            txn.put(MEMORY, _encode(replace(_memory(self._known), latest=now)))
        self._sweep(txn, now)

    def _recover(self, txn: Txn) -> int:
        self._awake(txn)
        late = self._now() - LEASE
        owners = _owners(txn.get(OWNERS) or _encode({}))
        gone = [owner for owner, beat in owners.items() if beat <= late]
        return self._bury(txn, owners, gone) if gone else 0

    def _leave(self, txn: Txn) -> bool:
        """Says whether no other owner is left."""
        if txn.get(MEMORY) is None:
            return False
        self._awake(txn)
        owners = _owners(txn.get(OWNERS) or _encode({}))
        self._bury(txn, owners, [self._owner])
        return not owners

    def _bury(self, txn: Txn, owners: dict[bytes, int], gone: Sequence[bytes]) -> int:
        number, now = 0, self._now()
        for owner in gone:
            prefix = b"l" + owner
            cursor = txn.cursor()
            found = cursor.set_range(prefix)
            while found and cursor.key().startswith(prefix):
                claims = _claims(cursor.value())
                self._charge(txn, claims, [claim.amount for claim in claims], now)
                txn.delete(cursor.key())
                number += 1
                found = cursor.set_range(prefix)
            owners.pop(owner, None)
        txn.put(OWNERS, _encode(owners))
        return number

    def _restore(self, txn: Txn, rows: dict[bytes, Counter]) -> bool:
        if txn.get(MEMORY):
            return False
        cursor = txn.cursor()
        while cursor.first():
            cursor.delete()
        now = self._fixed()
        epoch = int.from_bytes(os.urandom(6), "big") | 1
        txn.put(MEMORY, _encode(Memory(epoch, now - clock.since_boot(), self._table.boot, now)))
        for counter, row in rows.items():
            if row.stale > now:
                txn.put(counter, row.wire())
        return True

    def _sweep(self, txn: Txn, now: int) -> None:
        cursor = txn.cursor()
        found = cursor.set_range(self._swept) if self._swept else cursor.first()
        for _ in range(SWEPT):
            if not found:
                break
            if len(cursor.key()) == 16:
                row = Counter(cursor.value())
                if row.held == 0 and row.stale <= now:
                    found = cursor.delete() and bool(cursor.key())
                    continue
            found = cursor.next()
        self._swept = cursor.key() if found else b""
