"""`lockgate keys`: client keys are created, listed, revoked and rotated, also while the gateway runs."""

import secrets
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from lockgate.app.commands import peppers
from lockgate.app.commands.key_holder import Addresses, Endpoints, Models, Notes, RoleNames, User, holder
from lockgate.app.in_words import choice
from lockgate.app.noted import noted
from lockgate.app.options import AsJson, ConfigFile, existing, refuse, refuse_all
from lockgate.app.outline import Outline, outline
from lockgate.control import keys
from lockgate.control.keys import Desk, Issued, NoError
from lockgate.control.peppers import on_previous
from lockgate.core.duration import seconds
from lockgate.core.key_digest import Peppers
from lockgate.core.permission import DEFAULT
from lockgate.core.store import StoredKey
from lockgate.stores.key_file import KeyFile
from lockgate.stores.key_uses import last_uses

KeyId = Annotated[str, typer.Argument(metavar="ID", help="The key's id, as `keys list` shows it.")]


def add(app: typer.Typer) -> None:
    group = typer.Typer(help="Client keys: create, list, revoke, rotate.", no_args_is_help=True)
    group.command("create", help="Make a key. Its secret is shown once.")(create)
    group.command("list", help="Show all keys, never their secrets.")(show)
    group.command("revoke", help="End a key now and for good.")(revoke)
    group.command("rotate", help="Make a key that takes over from another one.")(rotate)
    group.add_typer(peppers.group(_opened), name="pepper")
    app.add_typer(group, name="keys")


def create(
    *,
    name: Annotated[str, typer.Option("--name", metavar="NAME", help="What the key is called.")],
    team: Annotated[str, typer.Option("--team", metavar="TEAM", help="The team that it belongs to.")],
    expires: Annotated[
        str | None, typer.Option("--expires", metavar="90d", help="How long it lives; left out, for ever.")
    ] = None,
    models: Models = None,
    endpoints: Endpoints = None,
    ips: Addresses = None,
    metadata: Notes = None,
    roles: RoleNames = None,
    user: User = "",
    json: AsJson = False,
    config: ConfigFile = None,
) -> None:
    """The team has to be in the configuration. A key can only narrow what its team may."""
    lifetime = None if expires is None else _seconds("--expires", expires)
    if lifetime is not None and lifetime < 1:
        refuse("--expires: a key lives for at least one second", 2)
    there = _outline(config)
    if team not in there.teams:
        refuse(f"there is no team {team!r} in the configuration; {choice(sorted(there.teams), team)}")
    if not keys.named(name):
        refuse("--name takes letters, digits, `.`, `_` and `-`, at most 64", 2)
    try:
        held = holder(there, models=models, endpoints=endpoints, ips=ips, notes=metadata, roles=roles, user=user)
        issued = keys.create(_desk(there), name, team, lifetime, held)
    except NoError as error:
        refuse(str(error))
    noted(there.data, "key_created", key_id=issued.key.id, name=name, team=team)
    _hand_over(issued, json)


def show(json: AsJson = False, config: ConfigFile = None) -> None:
    """One line for each key, the oldest first."""
    there = _outline(config)
    desk = _desk(there)
    now = desk.now()
    used, under = last_uses(there.data / "key_uses"), KeyFile(there.data).peppers()
    rows = [
        {**_row(key, now), "last_used": _when(used.get(key.id)), "pepper": _pepper(key, under)}
        for key in keys.listed(desk)
    ]
    if json:
        print(msgspec.json.encode(rows).decode())
        return
    columns = _COLUMNS if under.previous is None else (*_COLUMNS, "pepper")
    lines = [list(columns), *([str(row[name] or "-") for name in columns] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def revoke(key_id: KeyId, config: ConfigFile = None) -> None:
    """A running gateway refuses it within a second."""
    there = _outline(config)
    try:
        key = keys.revoke(_desk(there), key_id)
    except NoError as error:
        refuse(str(error))
    noted(there.data, "key_revoked", key_id=key.id, name=key.name, team=key.team)
    print(f"revoked {key.id} ({key.name})")


def rotate(
    key_id: KeyId,
    overlap: Annotated[str, typer.Option("--overlap", metavar="1h", help="How long the old key works on.")] = "0s",
    json: AsJson = False,
    config: ConfigFile = None,
) -> None:
    """The new key has the old one's name, team and length of life."""
    length = _seconds("--overlap", overlap)
    there = _outline(config)
    try:
        issued = keys.rotate(_desk(there), key_id, length)
    except NoError as error:
        refuse(str(error))
    noted(there.data, "key_rotated", key_id=issued.key.id, rotated_from=key_id, overlap=overlap)
    _hand_over(issued, json)


_CENTURY = 36525 * 86400.0
_COLUMNS = ("id", "name", "team", "state", "created", "expires", "last_used", "rotated_from")


def _row(key: StoredKey, now: float) -> dict[str, Any]:
    times = {"created": _when(key.created), "expires": _when(key.expires), "revoked": _when(key.revoked)}
    rotated_from = key.rotated_from or None
    return {
        "id": key.id,
        "name": key.name,
        "team": key.team,
        "state": keys.state(key, now),
        **times,
        "rotated_from": rotated_from,
        "user": key.user or None,
        "roles": key.roles or tuple(DEFAULT),
        "metadata": key.metadata,
        "access": key.access,
    }


def _pepper(key: StoredKey, under: Peppers) -> str:
    if on_previous(key, under):
        return "previous"
    return "current" if under.of(key.pepper) == under.current.id else "gone"


def _when(moment: int | None) -> str | None:
    return None if moment is None else datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _hand_over(issued: Issued, json: bool) -> None:
    key, secret = issued.key, issued.secret.reveal()
    if json:
        print(msgspec.json.encode({"id": key.id, "secret": secret}).decode())
        return
    print(f"id      {key.id}\nname    {key.name}\nteam    {key.team}\nexpires {_when(key.expires) or 'never'}")
    print(f"secret  {secret}\nKeep the secret now: it is stored nowhere and is not shown again.")


def _outline(config: Path | None) -> Outline:
    there = outline(existing(config))
    return refuse_all(there.problems) if there.problems else there


def _opened(config: Path | None) -> tuple[Outline, Desk]:
    there = _outline(config)
    return there, _desk(there)


def _desk(there: Outline) -> Desk:
    store = KeyFile(there.data)
    return Desk(store, store.pepper(), time.time, secrets.token_bytes, roles=there.roles)


def _seconds(option: str, text: str) -> float:
    try:
        length = seconds(text)
    except ValueError as error:
        refuse(f"{option}: {error}", 2)
    if length > _CENTURY:
        refuse(f"{option}: at most 100 years; leave --expires out for a key without an end", 2)
    return length
