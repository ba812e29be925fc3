"""What each caller has in the file: how many values, and bytes. Counted in the same transaction as what is written."""

import lmdb

from lockgate.core.tokens import Share

_OWNER = 32
_VALUES, _BYTES = 4, 8


class Shares:
    """Two tables: whose an entry is and how much it counts, by its name; and the sums, by owner."""

    def __init__(self, environment: lmdb.Environment) -> None:
        self._entries = environment.open_db(b"owned")
        self._sums = environment.open_db(b"shares")

    def room(self, transaction: lmdb.Transaction, name: bytes, share: Share, size: int) -> bool:
        """Whether an entry of this size may take the place of the one that is there. One that does not grow always may."""
        values, held = self._sum(transaction, share.owner)
        owner, own_values, own_bytes = self._entry(transaction, name)
        if owner != share.owner:
            own_values = own_bytes = 0
        more_values, more_bytes = share.values - own_values, size - own_bytes
        if more_values > 0 and values + more_values > share.most_values:
            return False
        return not (more_bytes > 0 and held + more_bytes > share.most_bytes)

    def put(self, transaction: lmdb.Transaction, name: bytes, share: Share, size: int) -> None:
        self.drop(transaction, name)
        self._add(transaction, share.owner, share.values, size)
        transaction.put(name, share.owner + share.values.to_bytes(_VALUES) + size.to_bytes(_BYTES), db=self._entries)

    def drop(self, transaction: lmdb.Transaction, name: bytes) -> None:
        """An entry from before there were shares counts for nobody."""
        owner, values, size = self._entry(transaction, name)
        if owner:
            self._add(transaction, owner, -values, -size)
            transaction.delete(name, db=self._entries)

    def _entry(self, transaction: lmdb.Transaction, name: bytes) -> tuple[bytes, int, int]:
        raw = transaction.get(name, db=self._entries)
        if raw is None:
            return b"", 0, 0
        raw = bytes(raw)
        return raw[:_OWNER], int.from_bytes(raw[_OWNER : _OWNER + _VALUES]), int.from_bytes(raw[_OWNER + _VALUES :])

    def _sum(self, transaction: lmdb.Transaction, owner: bytes) -> tuple[int, int]:
        raw = transaction.get(owner, db=self._sums)
        if raw is None:
            return 0, 0
        raw = bytes(raw)
        return int.from_bytes(raw[:_BYTES]), int.from_bytes(raw[_BYTES:])

    def _add(self, transaction: lmdb.Transaction, owner: bytes, values: int, size: int) -> None:
        before_values, before_size = self._sum(transaction, owner)
        values, size = before_values + values, before_size + size
        if values <= 0 and size <= 0:
            transaction.delete(owner, db=self._sums)
        else:
            transaction.put(owner, values.to_bytes(_BYTES) + size.to_bytes(_BYTES), db=self._sums)
