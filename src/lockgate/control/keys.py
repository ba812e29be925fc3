"""Client keys: create, list, revoke, rotate. Pure over the store; the caller brings the time and the randomness."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from operator import attrgetter

from msgspec.structs import replace

from lockgate.core import key_format
from lockgate.core.access import NO_OPINION, Access
from lockgate.core.grant import ADMINISTRATOR, Rights, excess
from lockgate.core.key_digest import Pepper
from lockgate.core.name import NAME
from lockgate.core.permission import BUILT_IN, DEFAULT, Permission, Roles, held
from lockgate.core.secret import Secret
from lockgate.core.store import Keys, KeyStore, StoredKey


class NoError(Exception):
    """The store is well and the answer is no. The text says why, for a person."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What every use case works with. `now` is in seconds since 1970; `random` gives that many fresh random bytes.

    `rights` are those of whoever asks: a command has an administrator's, for it can read the data folder.
    """

    store: KeyStore
    pepper: Pepper
    now: Callable[[], float]
    random: Callable[[int], bytes]
    rights: Rights = ADMINISTRATOR
    roles: Roles = field(default_factory=lambda: BUILT_IN)


@dataclass(frozen=True, slots=True)
class Issued:
    """A new key and its secret, which exists nowhere else and is never seen again."""

    key: StoredKey
    secret: Secret


@dataclass(frozen=True, slots=True)
class Holder:
    """Who will have the key, and what it may: no roles is a developer's."""

    user: str = ""
    roles: tuple[str, ...] = ()
    metadata: Mapping[str, str] = field(default_factory=dict)
    access: Access = NO_OPINION


def create(desk: Desk, name: str, team: str, lifetime: float | None = None, holder: Holder = Holder()) -> Issued:
    """A new key; `lifetime` in seconds, None for no end. A name may be used again once its key is dead.

    Nobody hands out more than it has (S14).
    """
    now = desk.now()
    blank = StoredKey(
        "",
        name,
        team,
        "",
        int(now),
        _end(now, lifetime),
        user=holder.user,
        roles=holder.roles,
        metadata=dict(holder.metadata),
        access=None if holder.access == NO_OPINION else holder.access,
    )
    _may_hand_out(desk, blank)
    issued = _issue(desk, blank)

    def edit(keys: Keys) -> Keys:
        if any(key.name == name and key.live(now) for key in keys):
            raise NoError(f"there is a key named {name!r} already; choose another name, or rotate that key")
        return (*keys, issued.key)

    desk.store.change(edit)
    return issued


def listed(desk: Desk) -> Keys:
    """All keys that one may see, the oldest first; dead ones too."""
    _may(desk, Permission.KEYS_READ)
    return tuple(sorted((key for key in desk.store.read() if _own(desk, key)), key=attrgetter("created")))


def revoke(desk: Desk, key_id: str) -> StoredKey:
    """Ends a key now and for good. Doing it twice changes nothing."""
    _may(desk, Permission.KEYS_WRITE)
    now = int(desk.now())

    def edit(keys: Keys) -> Keys:
        old = _find(desk, keys, key_id)
        return keys if old.revoked is not None else _put(keys, replace(old, revoked=now))

    if desk.rights.teams is None:  # whoever may end every key needs no look at whose it is first
        desk.store.end(key_id, now)
    return _find(desk, desk.store.change(edit), key_id)


def rotate(desk: Desk, key_id: str, overlap: float = 0.0) -> Issued:
    """A new key for the same holder, with a lifetime as long as the old one's was.

    The old key works on for `overlap` seconds, or until its own end if that is sooner.
    """
    now = desk.now()
    old = _find(desk, desk.store.read(), key_id)
    lifetime = None if old.expires is None else old.expires - old.created
    new = replace(old, created=int(now), expires=_end(now, lifetime), revoked=None, rotated_from=old.id)
    _may_hand_out(desk, new)
    issued = _issue(desk, new)

    def edit(keys: Keys) -> Keys:
        current = _find(desk, keys, key_id)
        if not current.live(now):
            raise NoError(f"{key_id} is {state(current, now)}; create a new key instead")
        if any(key.rotated_from == key_id and key.live(now) for key in keys):
            raise NoError(f"{key_id} was rotated already; rotate the key that took over")
        end = int(now + overlap)
        ended = replace(current, expires=end if current.expires is None else min(end, current.expires))
        return (*_put(keys, ended), issued.key)

    desk.store.change(edit)
    return issued


def named(text: str) -> bool:
    """Whether a key may be called so."""
    return re.fullmatch(NAME, text) is not None


def state(key: StoredKey, now: float) -> str:
    """One word for a person: active, revoked or expired."""
    if key.revoked is not None:
        return "revoked"
    return "active" if key.live(now) else "expired"


def _issue(desk: Desk, blank: StoredKey) -> Issued:
    secret = key_format.make(desk.random(32))
    digest = desk.pepper.digest(secret.encode())
    key = replace(blank, id=key_format.key_id(desk.random(16)), digest=digest, pepper=desk.pepper.id)
    return Issued(key, Secret(secret))


def _end(now: float, lifetime: float | None) -> int | None:
    return None if lifetime is None else int(now + lifetime)


def _may(desk: Desk, asked: Permission) -> None:
    if asked not in desk.rights.permissions:
        raise NoError(f"it takes the permission '{asked.value}'")


def _may_hand_out(desk: Desk, key: StoredKey) -> None:
    wanted = Rights(held(key.roles or DEFAULT, desk.roles), frozenset((key.team,)), key.access or NO_OPINION)
    if why := excess(wanted, desk.rights, Permission.KEYS_WRITE):
        raise NoError(f"this key cannot be handed out: {why}")


def _own(desk: Desk, key: StoredKey) -> bool:
    """Keys of another team look as if they were not there (S17)."""
    return desk.rights.teams is None or key.team in desk.rights.teams


def _find(desk: Desk, keys: Keys, key_id: str) -> StoredKey:
    for key in keys:
        if key.id == key_id and _own(desk, key):
            return key
    if key_format.valid(key_id):
        raise NoError("that is a key's secret; give its id, which `lockgate keys list` shows")
    raise NoError(f"there is no key with the id {key_id[:64]!r}; `lockgate keys list` shows them")


def _put(keys: Keys, changed: StoredKey) -> Keys:
    return tuple(changed if key.id == changed.id else key for key in keys)
