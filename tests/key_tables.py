"""A table of keys in memory, as workers look them up."""

import msgspec

from lockgate.core.store import StoredKey
from lockgate.stores.key_file.renew import NONE
from lockgate.stores.key_file.table import Table, row


def table(*keys: StoredKey) -> Table:
    return Table.of([made for key in keys if (made := row(key, msgspec.json.encode(key)))], NONE)
