"""The steps inside of a transaction: claims become leases, leases become charges.

This is in the path of every limited request. Nearly always nothing has left a window since the counter was written, and
its slot is still the same: then `total` is what is used, and only sums are made. All else is the counter's.
"""

from collections.abc import Sequence

import msgspec
from msgspec.structs import replace

from lockgate.core.counter import Counter
from lockgate.core.limit import MOST, Claim, Lease, Standing, Verdict
from lockgate.core.store import StoreError
from lockgate.limits.lmdb.rows import Rows

PREFIX = b"l"
"""Of the keys of leases: then the owner, 8 bytes, and a number, 8 bytes. Counters have 16 bytes."""

Weighed = tuple[Claim, Counter, int, int]
"""A claim, its counter, and what is used and free there before anything is taken."""

_encode = msgspec.msgpack.Encoder().encode
_claims = msgspec.msgpack.Decoder(tuple[Claim, ...]).decode


def reserve(rows: Rows, claims: tuple[Claim, ...], now: int, key: bytes, epoch: int) -> Verdict:
    """Everything held, and the lease written under its key if there is something to settle; or the verdict against it."""
    verdict = _calm(rows, claims, now, key, epoch) or _looked_at(rows, claims, now, key, epoch)
    if verdict.lease is not None and verdict.lease.id:
        rows.txn.put(key, _encode(claims))
    return verdict


def extend(rows: Rows, lease: Lease, more: Sequence[int], now: int) -> Verdict:
    """So much more held in the same counters, and the lease written anew; or the verdict against it."""
    if not lease.id or rows.txn.get(lease.id) is None:
        raise StoreError("it is not held any more")
    besides = [0 if claim.at_once else amount for claim, amount in zip(lease.claims, more, strict=True)]
    wanted = [replace(claim, amount=amount, at_once=False) for claim, amount in zip(lease.claims, besides, strict=True)]
    asked = rows, tuple(wanted), now, lease.id, lease.epoch
    verdict = _calm(*asked) or _looked_at(*asked)
    if verdict.lease is None:
        return verdict
    both = zip(lease.claims, besides, strict=True)
    claims = tuple([replace(claim, amount=claim.amount + amount) for claim, amount in both])
    rows.txn.put(lease.id, _encode(claims))
    return replace(verdict, lease=replace(lease, claims=claims))


def _calm(rows: Rows, claims: tuple[Claim, ...], now: int, key: bytes, epoch: int) -> Verdict | None:
    """As `_looked_at`, in half of the time, where all claims pass and nothing has left a window. None where that is not so:
    then nothing has changed.
    """
    known, read, changed = rows.known, rows.read, rows.changed
    standings: list[Standing] = []
    held = b""
    for claim in claims:
        counter, amount, shape = claim.counter, claim.amount, claim.shape
        row = known.get(counter) or read(counter, shape)
        at_once, stale, free = claim.at_once, row.stale, shape.max - row.total - row.held - amount
        if free < 0 or (row.calm if at_once else row.goes) <= now:
            break
        if at_once:
            row.total += amount
            row.newest += amount
        else:
            row.held += amount
            held = key
        changed[counter] = row
        standings.append(Standing(row.total, row.held, free, 0, stale - now if stale > now else 0))
    else:
        return Verdict(Lease(held, epoch, claims), tuple(standings))
    for claim, _ in zip(claims, standings):  # noqa: B905  what was taken before the one that stopped it
        row = known[claim.counter]
        if claim.at_once:
            row.total -= claim.amount
            row.newest -= claim.amount
        else:
            row.held -= claim.amount
    return None


def _looked_at(rows: Rows, claims: tuple[Claim, ...], now: int, key: bytes, epoch: int) -> Verdict:
    known, read = rows.known, rows.read
    found: list[Weighed] = []
    failing: list[int] = []
    for claim in claims:
        row, amount = known.get(claim.counter) or read(claim.counter, claim.shape), claim.amount
        if row.goes > now:
            used = row.total
            free = claim.shape.max - used - row.held
        else:
            used = row.used(claim.shape, now, claim.since)
            free = claim.shape.capacity - used - row.held
        if amount > free and amount:
            failing.append(len(found))
        found.append((claim, row, used, free))
    over: tuple[int, ...] = ()
    if failing:
        refused = tuple([i for i in failing if not claims[i].shadow])
        over = tuple([i for i in failing if claims[i].shadow])
        if refused:
            return Verdict(None, tuple([row.standing(claim, now) for claim, row, _, _ in found]), refused, over)
    standings, lasting = _taken(rows, found, now)
    return Verdict(Lease(key if lasting else b"", epoch, claims), tuple(standings), (), over)


def _taken(rows: Rows, found: Sequence[Weighed], now: int) -> tuple[list[Standing], bool]:
    """How the counters stand then, and whether something is held that has to be settled."""
    standings, lasting, changed = [], False, rows.changed
    for claim, row, used, free in found:
        amount = claim.amount
        changed[claim.counter] = row
        if not claim.at_once:
            lasting = True
            row.held += amount
            free -= amount
        elif now < row.calm:
            row.total = used = used + amount
            row.newest += amount
            free -= amount
        else:
            row.charge(claim.shape, now, claim.since, amount)
            used = row.used(claim.shape, now, claim.since)
            free = claim.shape.capacity - used - row.held
        ends = row.stale if row.goes > now else now + row.reset(claim.shape, now)
        standings.append(Standing(used, row.held, free, 0, ends - now if ends > now else 0))
    return standings, lasting


def charge(rows: Rows, claims: Sequence[Claim], used: Sequence[int], now: int, *, held: bool = True) -> None:
    """What was held is free, what was used is charged."""
    known, read, changed = rows.known, rows.read, rows.changed
    for claim, amount in zip(claims, used):  # noqa: B905  they are as many
        if claim.at_once:
            continue
        counter, shape = claim.counter, claim.shape
        changed[counter] = row = known.get(counter) or read(counter, shape)
        if held:
            row.held -= claim.amount
        if now < row.calm and (newest := row.newest + amount) <= MOST:
            row.total += amount
            row.newest = newest
        elif amount or shape.window == "period":  # nothing charged changes nothing, but that a period began
            row.used(shape, now, claim.since)
            row.charge(shape, now, claim.since, amount)


def bury(rows: Rows, owner: bytes, now: int) -> int:
    """All leases of an owner that is gone are charged with what they held. Says how many."""
    number, prefix, txn = 0, PREFIX + owner, rows.txn
    cursor = txn.cursor()
    found = cursor.set_range(prefix)
    while found and cursor.key().startswith(prefix) and len(cursor.key()) == 17:
        claims = _claims(cursor.value())
        charge(rows, claims, [claim.amount for claim in claims], now)
        txn.delete(cursor.key())
        number += 1
        found = cursor.set_range(prefix)
    return number
