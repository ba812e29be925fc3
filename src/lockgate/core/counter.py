"""A counter and its windows, as 48 bytes, and 16 more for each older slot of a sliding window. The clock is a parameter.

    held    what leases hold
    total   sliding, period: what is charged
    mark    sliding: the newest slot's number; smooth: when the bucket is empty; period: since when
    newest  sliding: the newest slot's amount; the older ones follow as pairs (number, amount), the oldest first
    stale   from this time on a row that holds nothing means nothing
    goes    before this time `total` is what is used: nothing leaves the window

The last one spares nearly every request the arithmetic of windows. So does `calm`, which is in no file: before this time nothing
leaves a sliding window, and its newest slot is still the same. What is charged is only added then, to `total` and `newest`.
"""

from struct import Struct

from lockgate.core.limit import FURTHEST, MOST, Claim, Shape, Standing

KEPT = 400 * 86_400_000_000
"""How long a period's row is kept: the store does not know when the period ends."""
NEVER = (1 << 62) - 1

HEAD = Struct("<6q")
_pair = Struct("<2q")
_unpack, _pack, _pair_at = HEAD.unpack_from, HEAD.pack, _pair.unpack_from
front = Struct("<4q").pack
_NEW = _pack(0, 0, 0, 0, 0, 0)


class Counter:
    """One counter. `used` forgets what has left the window; the rest only adds."""

    __slots__ = ("calm", "ends", "goes", "held", "mark", "newest", "older", "stale", "total")
    calm: int
    ends: bytes
    """The row from `stale` on, where that is known: it changes once a slot, and large numbers are dear to write."""
    held: int
    total: int
    mark: int
    newest: int
    stale: int
    goes: int

    def __init__(self, raw: bytes | None) -> None:
        self.held, self.total, self.mark, self.newest, self.stale, self.goes = _unpack(raw or _NEW)
        self.older, self.ends = (raw[48:], raw[32:]) if raw else (b"", b"")
        self.calm = 0

    def calmed(self, shape: Shape) -> "Counter":
        """With `calm` known. Only slots of sliding windows have a newest amount."""
        if self.newest and shape.window == "sliding":
            over = self.stale - shape.per + 1
            self.calm = over if over < self.goes else self.goes  # noqa: FURB136  a quarter of what `min` takes
        return self

    def wire(self) -> bytes:
        ends = self.ends
        if not ends:
            ends = self.ends = _pair.pack(self.stale, self.goes) + self.older
        return front(self.held, self.total, self.mark, self.newest) + ends

    def used(self, shape: Shape, now: int, since: int) -> int:
        if now < self.goes:
            return self.total
        window = shape.window
        if window == "sliding":
            self._forget(shape, now)
            return self.total
        if window == "smooth":
            ahead = self.mark - now
            return -(-ahead // shape.interval) if ahead > 0 else 0
        if window == "period":
            return self.total if since <= self.mark else 0
        self.goes, self.ends = NEVER, b""
        return 0

    def charge(self, shape: Shape, now: int, since: int, amount: int) -> None:
        """`used` was asked before, at the same time."""
        window = shape.window
        if window == "period":
            self._in_period(now, since, amount)
        elif not amount or window == "open":
            return
        elif window == "smooth":
            self.mark = self.stale = min(max(self.mark, now) + amount * shape.interval, now + FURTHEST)
            self.ends = b""
        else:
            if now > self.stale - shape.per:  # the newest slot is over
                self._begin_slot(shape, now)
            amount = min(amount, MOST - self.newest)
            self.newest += amount
            self.total += amount
            self.calmed(shape)

    def standing(self, claim: Claim, now: int) -> Standing:
        shape = claim.shape
        used = self.used(shape, now, claim.since)
        free = shape.capacity - used - self.held
        wait = 0 if claim.amount <= max(0, free) else self._wait(claim, now)
        return Standing(used, self.held, free, wait, self.reset(shape, now))

    def reset(self, shape: Shape, now: int) -> int:
        return self.stale - now if self.stale > now and shape.window != "period" else 0

    def _wait(self, claim: Claim, now: int) -> int:
        shape = claim.shape
        room = shape.capacity - self.held - claim.amount
        if room < 0 or shape.window in ("period", "open"):
            return -1
        if shape.window == "smooth":
            return self.mark - now - room * shape.interval
        left = self.total
        for slot, amount in self._slots():
            left -= amount
            if left <= room:
                return _gone(shape, slot) - now
        return 0

    def _slots(self) -> list[tuple[int, int]]:
        pairs: list[tuple[int, int]] = list(_pair.iter_unpack(self.older))
        return [*pairs, (self.mark, self.newest)]

    def _begin_slot(self, shape: Shape, now: int) -> None:
        slot, self.calm, self.ends = now // shape.width, 0, b""
        if self.newest:
            self.older += _pair.pack(self.mark, self.newest)
        else:
            self.goes = _gone(shape, slot)
        self.mark, self.newest = slot, 0
        self.stale = _gone(shape, slot)

    def _in_period(self, now: int, since: int, amount: int) -> None:
        if since > self.mark:
            self.mark, self.total = since, 0
        self.total = min(self.total + amount, MOST)
        self.stale, self.ends = now + KEPT, b""

    def _forget(self, shape: Shape, now: int) -> None:
        self.calm, self.ends = 0, b""
        oldest = (now - shape.per + 1) // shape.width
        older, at = self.older, 0
        while at < len(older):
            slot, amount = _pair_at(older, at)
            if slot >= oldest:
                break
            self.total -= amount
            at += 16
        if at:
            self.older = older[at:]
        if self.mark < oldest:
            self.total = self.newest = 0
        self.goes = _gone(shape, self._slots()[0][0]) if self.total else NEVER


def _gone(shape: Shape, slot: int) -> int:
    """When a slot leaves the window."""
    return (slot + 1) * shape.width + shape.per - 1
