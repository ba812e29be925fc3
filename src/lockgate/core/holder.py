"""What a provider holds for later, and the mark that its ids carry while a client has them.

At the provider an id is the id of whoever has the provider's key, and all callers here share that: so none of them may name what
another one made (S17), and what one made lies with one account and no other (S79). Both are in the mark, proven by a keyed hash over
the id, its owner, the account, the target and the conversation. Nothing is kept here.
"""

import re
from base64 import b64decode, b64encode
from hashlib import blake2b
from hmac import compare_digest
from typing import Literal, final

import msgspec
from msgspec import Struct

from lockgate.core.auth import Caller
from lockgate.core.key_digest import Pepper

Owner = Literal["key", "team"]
ACCOUNT, LINE = 4, 8
"""Bytes of the names of an account and of a conversation."""
OWN = 0x80
_SEED, _PROOF = 4, 11
ANY = "*"
_SIGN = "_lg"
_LETTERS = b"._"
"""In the place of `+` and `/`: with a minus some marks would look like keys of ours, which do not leave."""
_SHAPE = re.compile(rf"(.+){_SIGN}([A-Za-z0-9._]{{{(ACCOUNT + _SEED + LINE + _PROOF) * 4 // 3}}})", re.DOTALL)
_MARKS = re.compile(rb"_lg([A-Za-z0-9._]{36})\"")
_encode = msgspec.json.Encoder().encode


class Mark(Struct, frozen=True):
    """An id and what its mark says, proven or not. `seed` is of the upstream that answered, `line` of the conversation."""

    id: str
    account: bytes
    seed: int
    line: bytes
    proof: bytes


def read(marked: str) -> Mark | None:
    """None for what has no mark. Whether it is true, only a `Holder` knows."""
    found = _SHAPE.fullmatch(marked)
    if found is None:
        return None
    said = b64decode(found[2], _LETTERS)
    at, behind = ACCOUNT + _SEED, ACCOUNT + _SEED + LINE
    return Mark(found[1], said[:ACCOUNT], int.from_bytes(said[ACCOUNT:at]), said[at:behind], said[behind:])


def accounts(wire: bytes) -> set[bytes]:
    """The accounts that marks in a document may be of."""
    return {b64decode(found, _LETTERS)[:ACCOUNT] for found in _MARKS.findall(wire)}


def account(place: str) -> bytes:
    return blake2b(place.encode(), digest_size=ACCOUNT).digest()


@final
class Holder:
    """An account that holds what its answers have ids for. `shared` are ids of it that the operator lets everybody name; with a `*` at
    its end, all that begin so.
    """

    __slots__ = ("_begin", "_key", "account", "owner", "shared")

    def __init__(
        self, pepper: Pepper, account: bytes, owner: Owner = "key", shared: frozenset[str] = frozenset()
    ) -> None:
        self._key = Pepper(bytes.fromhex(pepper.digest(b"ids of what providers hold")))
        self.owner, self.shared, self.account = owner, shared, account
        self._begin = tuple(sorted(each[:-1] for each in shared if each.endswith(ANY)))

    def marked(self, id_: str, caller: Caller, seed: int, line: bytes) -> str:
        said = self.account + seed.to_bytes(_SEED) + line
        return id_ + _SIGN + b64encode(said + self._proof(id_, said, caller), _LETTERS).decode()

    def opened(self, marked: str, caller: Caller) -> Mark | None:
        """What this caller got from this account."""
        mark = read(marked)
        if mark is None or mark.account != self.account:
            return None
        said = mark.account + mark.seed.to_bytes(_SEED) + mark.line
        return mark if compare_digest(mark.proof, self._proof(mark.id, said, caller)) else None

    def plain(self, marked: str, caller: Caller) -> str | None:
        """The account's own id; None for what this caller may not name."""
        if (mark := self.opened(marked, caller)) is not None:
            return mark.id
        return marked if self.shares(marked) else None

    def shares(self, id_: str) -> bool:
        """What has a mark is somebody's, however it begins."""
        return id_ in self.shared or (id_.startswith(self._begin) and read(id_) is None)

    def line(self, begun: bytes) -> bytes:
        """The name of all conversations that begin like this."""
        return line(bytes.fromhex(self._key.digest(b"line" + begun)), own=False)

    def _proof(self, id_: str, said: bytes, caller: Caller) -> bytes:
        who = (caller.organization, caller.team, caller.key_id, caller.user)
        owner = who if self.owner == "key" else who[:2]
        return bytes.fromhex(self._key.digest(_encode((self.owner, owner, said.hex(), id_))))[:_PROOF]


class Line(Struct, frozen=True):
    """A conversation that a provider may hold. `goes_on`: the request names an answer of it. `stays`: its answer will be held.
    `team`: it is the team's, and not the caller's alone.
    """

    name: bytes
    goes_on: bool = False
    stays: bool = False
    team: bool = False

    @property
    def own(self) -> bool:
        """It began with one request. What began with a history may be one of several that begin alike."""
        return self.name[0] >= OWN


def line(name: bytes, *, own: bool) -> bytes:
    first = name[0] | OWN if own else name[0] & ~OWN
    return bytes([first]) + name[1:LINE]
