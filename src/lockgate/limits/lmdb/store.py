"""Limits in LMDB: each step is one write transaction, and only one process of the machine is in one at a time.

A transaction costs as much as what is done in it. So leases that end are settled together in the next one, which is begun at
the latest when the loop turns: before the last byte of an answer is with its client.
"""

import asyncio
import os
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from hashlib import blake2b
from typing import TypeVar, TypeVarTuple

import lmdb

from lockgate.core.counter import Counter
from lockgate.core.limit import LEASE_SECONDS, Charge, Claim, Lease, Standing, StoreEmptyError, Verdict
from lockgate.core.store import StoreError
from lockgate.limits.lmdb import clock, leases, memory
from lockgate.limits.lmdb.rows import Rows
from lockgate.limits.lmdb.table import Table

T = TypeVar("T")
Asked = TypeVarTuple("Asked")
LEASE = int(LEASE_SECONDS * 1e6)
Ended = Sequence[tuple[Lease, Sequence[int]]]
CROWD = 0.75
"""So much of the file is in use, and the rest is for who is no client's invention."""
LATER = 100_000
"""Leases that are settled later at most, while the file cannot be written. What is beyond is charged whole."""


class LmdbLimits:
    """One owner. `now` replaces the clock, for tests; `keep` leaves the table open, for another owner of this process."""

    def __init__(self, table: Table, owner: str, now: Callable[[], int] | None = None, *, keep: bool = False) -> None:
        self._table, self._keep, self._rows = table, keep, Rows()
        self._owner = blake2b(owner.encode(), digest_size=8).digest()
        self._prefix = leases.PREFIX + self._owner
        self._given = 0
        self._known = b""
        self._epoch = 0
        self._now, self._set = now or clock.wall, now
        self._ended: list[tuple[Lease, Sequence[int]]] = []
        self._turn: asyncio.Handle | None = None
        self._swept = b""
        self.crowded = False

    async def reserve(self, claims: Sequence[Claim]) -> Verdict:
        return self._change(self._reserve, tuple(claims))  # a tuple is not copied

    async def extend(self, lease: Lease, more: Sequence[int]) -> Verdict:
        return self._change(lambda rows: leases.extend(rows, lease, more, self._awake(rows)))

    def settle(self, lease: Lease, used: Sequence[int]) -> None:
        if not lease.id:
            return
        if len(self._ended) < LATER:
            self._ended.append((lease, used))
        if self._turn is None:
            try:
                self._turn = asyncio.get_running_loop().call_soon(self.flush)
            except RuntimeError:  # there is no loop
                self.flush()

    def flush(self) -> None:
        """Settles what ended. What cannot be done now is done with the next step."""
        self._turn = None
        if self._ended:
            with suppress(StoreError):
                self._change(_nothing)

    async def beat(self) -> None:
        if self._table.lost:
            self._rows.forget()
            self._table.reopen()
        self._change(self._beat)
        self._table.env.reader_check()
        self.crowded = self._table.used > CROWD

    async def recover(self) -> int:
        return self._change(self._recover)

    async def read(self, claims: Sequence[Claim]) -> tuple[Standing, ...]:
        return self._change(lambda rows: self._read(rows, claims))

    async def restore(self, charges: Iterable[Charge]) -> bool:
        if self._change(_memory):
            return False
        counters: dict[bytes, Counter] = {}
        for each in charges:
            counter = counters.get(each.counter) or counters.setdefault(each.counter, Counter(None))
            counter.used(each.shape, each.at, each.since)
            counter.charge(each.shape, each.at, each.since, each.amount)
        return self._change(lambda rows: self._restore(rows, counters))

    async def aclose(self) -> None:
        last = False
        try:
            last = self._change(self._leave)
        finally:
            if not self._keep:
                self._table.close(last=last)

    def _change(self, work: Callable[[Rows, *Asked], T], *asked: *Asked) -> T:
        """What ended is settled, and this; all of it or nothing, and again when the file had to grow."""
        rows, ended = self._rows, self._ended
        self._ended = []
        try:
            for _ in range(8):
                try:
                    txn = self._table.begin(None, None, True)
                    try:
                        rows.begin(txn)
                        if ended:
                            self._settle(rows, ended)
                        done = work(rows, *asked)
                        rows.write()
                    except BaseException:
                        txn.abort()
                        raise
                    txn.commit()
                    rows.keep()
                    return done
                except lmdb.MapFullError:
                    rows.forget()
                    self._table.grow()
                except lmdb.MapResizedError:
                    self._table.adopt()
            raise StoreError(f"limits in {self._table.folder}: the file grows and grows")  # noqa: TRY301  handled as all
        except BaseException as error:
            rows.forget()
            self._ended[:0] = ended
            if isinstance(error, lmdb.Error):
                raise StoreError(f"limits in {self._table.folder}: {error}") from error
            raise

    def _awake(self, rows: Rows) -> int:
        """What time it is, in the whole of a transaction. Nothing is answered without a memory; what that says is read again
        when it has changed.
        """
        if rows.now:
            return rows.now
        if not self._known or (not rows.alone and rows.txn.get(memory.MEMORY) != self._known):
            boot = "" if self._set else self._table.boot
            self._known, told = memory.known(rows.txn, boot)
            self._epoch = told.epoch
            self._now = self._set or clock.shifted(told.boot)
        rows.now = now = self._now()
        return now

    def _reserve(self, rows: Rows, claims: tuple[Claim, ...]) -> Verdict:
        now, number = rows.now or self._awake(rows), self._given
        self._given = number + 1
        return leases.reserve(rows, claims, now, self._prefix + number.to_bytes(8, "big"), self._epoch)

    def _settle(self, rows: Rows, ended: Ended) -> None:
        try:
            now = self._awake(rows)
        except StoreEmptyError:
            return  # it will be restored from a log that knows of these leases
        delete = rows.txn.delete
        for lease, used in ended:
            held = delete(lease.id)
            if held or lease.epoch != self._epoch:
                leases.charge(rows, lease.claims, used, now, held=held)

    def _read(self, rows: Rows, claims: Sequence[Claim]) -> tuple[Standing, ...]:
        now = self._awake(rows)
        return tuple([rows.of(claim).standing(claim, now) for claim in claims])

    def _beat(self, rows: Rows) -> None:
        now, txn = self._awake(rows), rows.past()
        beats = memory.owners(txn)
        beats[self._owner] = now
        memory.write_owners(txn, beats)
        self._swept = memory.sweep(txn, self._swept, now, self._table.rows)
        memory.noted(txn, self._known, now)

    def _recover(self, rows: Rows) -> int:
        now, txn = self._awake(rows), rows.past()
        beats = memory.owners(txn)
        gone = [owner for owner, beat in beats.items() if beat <= now - LEASE]
        if not gone:
            return 0
        number = sum(leases.bury(rows, owner, now) for owner in gone)
        memory.write_owners(txn, {owner: beat for owner, beat in beats.items() if owner not in gone})
        return number

    def _leave(self, rows: Rows) -> bool:
        """Says whether no other owner is left."""
        txn = rows.past()
        if txn.get(memory.MEMORY) is None:
            return False
        now = self._awake(rows)
        leases.bury(rows, self._owner, now)
        beats = memory.owners(txn)
        beats.pop(self._owner, None)
        memory.write_owners(txn, beats)
        memory.noted(txn, self._known, now)
        return not beats

    def _restore(self, rows: Rows, counters: dict[bytes, Counter]) -> bool:
        txn = rows.past()
        if txn.get(memory.MEMORY):
            return False
        cursor = txn.cursor()
        while cursor.first():
            cursor.delete()
        now = self._set() if self._set else clock.wall()
        memory.begin(txn, int.from_bytes(os.urandom(6), "big") | 1, "" if self._set else self._table.boot, now)
        for name, counter in counters.items():
            if counter.stale > now:
                txn.put(name, counter.wire())
        return True


def _nothing(rows: Rows) -> None:
    """What ended is settled, and nothing else."""


def _memory(rows: Rows) -> bytes | None:
    return rows.txn.get(memory.MEMORY)
