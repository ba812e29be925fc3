"""The pepper changes while everything runs: new keys are made under a new one, and the one before ends when no key needs it."""

from collections.abc import Iterable

from msgspec.structs import replace

from lockgate.control.keys import Desk, NoError
from lockgate.core.key_digest import Peppers
from lockgate.core.permission import Permission
from lockgate.core.store import Keys, PepperStore, StoredKey

_NAMED = 5
"""Keys that a refusal names."""


def turn(desk: Desk, store: PepperStore) -> Peppers:
    """A new pepper, for keys that are made or rotated from now on. All that were made before work on."""
    _may(desk)

    def check(peppers: Peppers) -> None:
        if peppers.previous is not None:
            raise NoError(
                "keys may still hang on the pepper before this one; `lockgate keys pepper retire` ends it first"
            )

    return store.turn(check)


def retire(desk: Desk, store: PepperStore, others: Iterable[str] = (), *, force: bool = False) -> Keys:
    """Ends the previous pepper. Refuses while live keys, or `others`, need it; `force` ends them with it, and says which keys."""
    _may(desk)
    now, ended, told = desk.now(), list[StoredKey](), tuple(others)

    def edit(keys: Keys, peppers: Peppers) -> Keys:
        if peppers.previous is None:
            raise NoError("there is only one pepper; `lockgate keys pepper rotate` makes a new one")
        ended[:] = [key for key in keys if key.live(now) and on_previous(key, peppers)]
        if (ended or told) and not force:
            raise NoError(f"it is still needed: {_needed(ended, told)}; or end them with it: --force")
        gone = {key.id for key in ended}
        return tuple(replace(key, revoked=int(now)) if key.id in gone else key for key in keys) if gone else keys

    store.drop(edit)
    return tuple(ended)


def on_previous(key: StoredKey, peppers: Peppers) -> bool:
    """Whether a key works only as long as the previous pepper is there."""
    return peppers.previous is not None and peppers.of(key.pepper) == peppers.previous.id


def _needed(keys: list[StoredKey], others: Iterable[str]) -> str:
    names = ", ".join(f"{key.id} ({key.name})" for key in keys[:_NAMED])
    more = f" and {len(keys) - _NAMED} more" if len(keys) > _NAMED else ""
    return "; ".join([*([f"rotate or revoke {names}{more}"] if keys else []), *others])


def _may(desk: Desk) -> None:
    """It is everybody's pepper: who speaks for some teams alone does not change it."""
    if Permission.SECRETS_WRITE not in desk.rights.permissions or desk.rights.teams is not None:
        raise NoError(f"it takes the permission '{Permission.SECRETS_WRITE.value}', for all teams")
