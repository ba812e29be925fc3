"""The counters as a transaction finds and leaves them, each read and written once in it, however many requests it is for.

Who writes next numbers its transaction one higher. So a process that finds its own number followed by the next one knows that
nobody wrote in between, and that what it remembers is what is in the file.
"""

from lockgate.core.counter import Counter, front
from lockgate.core.limit import Claim, Shape
from lockgate.limits.lmdb.table import Txn

MOST = 1000
"""Counters that are remembered from one transaction to the next."""


class Rows:
    """`known` are the counters that were read, `changed` those that are to be written. `alone`: nobody else wrote since the
    last transaction of this process. `now` is the time of the transaction, 0 until somebody asks.
    """

    __slots__ = ("_next", "_number", "alone", "changed", "known", "now", "txn")
    txn: Txn

    def __init__(self) -> None:
        self.known: dict[bytes, Counter] = {}
        self.changed: dict[bytes, Counter] = {}
        self.alone = False
        self.now = self._number = self._next = 0

    def begin(self, txn: Txn) -> None:
        self.txn = txn
        self._number = number = txn.id()
        self.alone = number == self._next
        self.now = self._next = 0  # until it is known how this one ends
        if not self.alone or len(self.known) > MOST:
            self.known.clear()

    def read(self, counter: bytes, shape: Shape) -> Counter:
        """One that is not known yet."""
        row = self.known[counter] = Counter(self.txn.get(counter)).calmed(shape)
        return row

    def of(self, claim: Claim) -> Counter:
        return self.known.get(claim.counter) or self.read(claim.counter, claim.shape)

    def past(self) -> Txn:
        """For a step that goes past the rows: all of them are written, and none is remembered."""
        self.write()
        self.known.clear()
        self._number = -1
        return self.txn

    def write(self) -> None:
        """The last step of a transaction. One that wrote nothing has no number when it is over."""
        if self.changed:
            put = self.txn.put
            for counter, row in self.changed.items():
                ends = row.ends  # from here on `row.wire()`, mostly without the call
                put(counter, front(row.held, row.total, row.mark, row.newest) + ends if ends else row.wire())
            self.changed.clear()
            if self._number > 0:
                self._number += 1

    def keep(self) -> None:
        """The transaction is over, and what it wrote is there."""
        self._next = self._number

    def forget(self) -> None:
        """It failed: nothing of it is there."""
        self.known.clear()
        self.changed.clear()
        self._next = 0
