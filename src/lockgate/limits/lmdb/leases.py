"""The steps inside of a transaction: claims become leases, leases become charges.

This is in the path of every limited request. Nearly always nothing has left a window since the counter was written, and
its slot is still the same: then `total` is what is used, and the row is changed as it is. All else is the counter's.
"""

from collections.abc import Sequence

import msgspec
from msgspec.structs import replace

from lockgate.core.counter import HEAD, Counter
from lockgate.core.limit import Claim, Lease, Standing, Verdict
from lockgate.core.store import StoreError
from lockgate.limits.lmdb.table import Txn

PREFIX = b"l"
"""Of the keys of leases: then the owner, 8 bytes, and a number, 8 bytes. Counters have 16 bytes."""

Row = tuple[Claim, bytes | None, tuple[int, ...] | None]
"""A claim, the counter's row, and that unpacked where `total` is what is used."""

_encode = msgspec.msgpack.Encoder().encode
_claims = msgspec.msgpack.Decoder(tuple[Claim, ...]).decode
_unpack, _pack = HEAD.unpack_from, HEAD.pack


class Held(msgspec.Struct):
    """Claims that passed. `standings` are as after the reservation."""

    claims: tuple[Claim, ...]
    standings: tuple[Standing, ...]
    over: tuple[int, ...]
    lasting: bool
    """Something is held, and has to be settled."""


def reserve(txn: Txn, claims: tuple[Claim, ...], now: int, lease: bytes) -> Held | Verdict:
    """Everything held, and the lease written under its key if there is something to settle; or the verdict against it."""
    passed = _passed(txn, claims, now)
    if isinstance(passed, Held) and passed.lasting:
        txn.put(lease, _encode(claims))
    return passed


def extend(txn: Txn, lease: Lease, more: Sequence[int], now: int) -> Held | Verdict:
    """So much more held in the same counters, and the lease written anew; or the verdict against it."""
    if not lease.id or txn.get(lease.id) is None:
        raise StoreError("it is not held any more")
    besides = [0 if claim.at_once else amount for claim, amount in zip(lease.claims, more, strict=True)]
    wanted = [replace(claim, amount=amount, at_once=False) for claim, amount in zip(lease.claims, besides, strict=True)]
    passed = _passed(txn, tuple(wanted), now)
    if isinstance(passed, Held):
        both = zip(lease.claims, besides, strict=True)
        passed.claims = tuple([replace(claim, amount=claim.amount + amount) for claim, amount in both])
        txn.put(lease.id, _encode(passed.claims))
    return passed


def _passed(txn: Txn, claims: tuple[Claim, ...], now: int) -> Held | Verdict:
    get = txn.get
    rows: list[Row] = []
    failing = []
    for claim in claims:
        raw, shape = get(claim.counter), claim.shape
        head: tuple[int, ...] | None = None
        if raw is not None and (found := _unpack(raw))[5] > now:
            head, free = found, shape.max - found[1] - found[0]
        else:
            counter = Counter(raw)
            free = shape.capacity - counter.used(shape, now, claim.since) - counter.held
        rows.append((claim, raw, head))
        if claim.amount > free and claim.amount:
            failing.append(claim)
    over: tuple[int, ...] = ()
    if failing:
        refused = tuple([i for i, claim in enumerate(claims) if claim in failing and not claim.shadow])
        over = tuple([i for i, claim in enumerate(claims) if claim in failing and claim.shadow])
        if refused:
            standings = [Counter(raw).standing(claim, now) for claim, raw, _ in rows]
            return Verdict(None, tuple(standings), refused, over)
    standings, lasting = _take(txn, rows, now)
    return Held(claims, tuple(standings), over, lasting)


def _take(txn: Txn, rows: Sequence[Row], now: int) -> tuple[list[Standing], bool]:
    put, lasting = txn.put, False
    standings = []
    for claim, raw, head in rows:
        if not claim.at_once:
            lasting = True
        if raw is None or head is None:
            standings.append(_taken(txn, claim, raw, now))
            continue
        held, total, mark, newest, stale, goes = head
        if not claim.at_once:
            held += claim.amount
        elif newest and now <= stale - claim.shape.per:  # in the same slot, as in `charge`
            total += claim.amount
            newest += claim.amount
        else:
            standings.append(_taken(txn, claim, raw, now))
            continue
        put(claim.counter, _pack(held, total, mark, newest, stale, goes) + raw[48:])
        reset = stale - now if stale > now else 0
        standings.append(Standing(total, held, claim.shape.max - total - held, 0, reset))
    return standings, lasting


def _taken(txn: Txn, claim: Claim, raw: bytes | None, now: int) -> Standing:
    counter, shape = Counter(raw), claim.shape
    used = counter.used(shape, now, claim.since)
    if claim.at_once:
        counter.charge(shape, now, claim.since, claim.amount)
        used = counter.used(shape, now, claim.since)
    else:
        counter.held += claim.amount
    txn.put(claim.counter, counter.wire())
    return Standing(used, counter.held, shape.capacity - used - counter.held, 0, counter.reset(shape, now))


def charge(txn: Txn, claims: Sequence[Claim], used: Sequence[int], now: int, *, held: bool = True) -> None:
    """What was held is free, what was used is charged."""
    get, put = txn.get, txn.put
    for claim, amount in zip(claims, used):  # noqa: B905  they are as many
        if claim.at_once:
            continue
        raw, shape = get(claim.counter), claim.shape
        if raw is not None and (head := _unpack(raw))[5] > now and head[3] and now <= head[4] - shape.per:
            # In the same slot of a sliding window: others have no newest amount.
            before, total, mark, newest, stale, goes = head
            before -= claim.amount if held else 0
            put(claim.counter, _pack(before, total + amount, mark, newest + amount, stale, goes) + raw[48:])
            continue
        counter = Counter(raw)
        counter.used(shape, now, claim.since)
        if held:
            counter.held -= claim.amount
        counter.charge(shape, now, claim.since, amount)
        put(claim.counter, counter.wire())


def bury(txn: Txn, owner: bytes, now: int) -> int:
    """All leases of an owner that is gone are charged with what they held. Says how many."""
    number, prefix = 0, PREFIX + owner
    cursor = txn.cursor()
    found = cursor.set_range(prefix)
    while found and cursor.key().startswith(prefix) and len(cursor.key()) == 17:
        claims = _claims(cursor.value())
        charge(txn, claims, [claim.amount for claim in claims], now)
        txn.delete(cursor.key())
        number += 1
        found = cursor.set_range(prefix)
    return number
