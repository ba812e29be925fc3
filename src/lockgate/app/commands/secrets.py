"""`lockgate secrets`: the built-in encrypted store, and the administrator's secret. Nothing here ever shows a stored secret."""

import getpass
import os
import re
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from lockgate.app.noted import noted
from lockgate.app.options import AsJson, ConfigFile, existing, refuse, refuse_all
from lockgate.app.outline import Outline, outline
from lockgate.app.secret_sources import NoSecret, Opener
from lockgate.core.key_strength import famous
from lockgate.core.name import NAME
from lockgate.stores.key_file import admin_secret
from lockgate.stores.secret_file import SecretFile, made_own_keys, new_key, replace_own_keys

EntryName = Annotated[str, typer.Argument(metavar="NAME", help="What the configuration calls it: {store: NAME}.")]
_LIMIT = 64 * 1024


def add(app: typer.Typer) -> None:
    group = typer.Typer(
        help="The built-in encrypted store of secrets: set, list, delete, rotate.", no_args_is_help=True
    )
    group.command("set", help="Put a secret into the store. It is read from stdin, or asked for.")(put)
    group.command("list", help="Show the names of what is stored.")(show)
    group.command("delete", help="Take a secret out of the store.")(delete)
    group.command("rotate", help="Seal everything anew under the newest key-encryption key.")(rotate)
    group.command("rotate-admin", help="Make a new administrator's secret. The old one ends at once.")(rotate_admin)
    app.add_typer(group, name="secrets")


def put(name: EntryName, config: ConfigFile = None) -> None:
    """A running gateway uses it within a second."""
    if not re.fullmatch(NAME, name):
        refuse("a name takes letters, digits, `.`, `_` and `-`, at most 64", 2)
    store, there = _store(config)
    store.set(name, _asked(name))
    noted(there.data, "secret_set", name=name)
    print(f"{name} is stored; the configuration calls it {{store: {name}}}")


def show(json: AsJson = False, config: ConfigFile = None) -> None:
    """One line for each: name, when it was set, and the id of the key-encryption key over it."""
    store, _ = _store(config)
    rows = [{"name": entry.name, "set": _when(entry.made), "sealed_under": entry.under} for entry in store.entries()]
    if json:
        print(msgspec.json.encode(rows).decode())
        return
    for row in [{"name": "name", "set": "set", "sealed_under": "sealed under"}, *rows]:
        print(f"{row['name']:<32}  {row['set']:<20}  {row['sealed_under']}")


def delete(name: EntryName, config: ConfigFile = None) -> None:
    """A running gateway that needs it keeps it until it is read again, and says so."""
    store, there = _store(config)
    try:
        store.delete(name)
    except KeyError:
        refuse(f"there is no secret named {name!r}; `lockgate secrets list` shows them")
    noted(there.data, "secret_deleted", name=name)
    print(f"{name} is deleted")


def rotate(config: ConfigFile = None) -> None:
    """With `secrets.key` in the configuration: under the first of its keys. Without: under a new key, which is made now."""
    store, there = _store(config)
    own = there.secrets_key is None
    if own:
        # Both keys are there until everything is sealed anew, so that a crash in between loses nothing, and a running
        # gateway can open what it finds at any moment.
        before = made_own_keys(there.data).split(",")[0]
        after = new_key()
        replace_own_keys(there.data, f"{after},{before}")
    number = store.rewrap()
    if own:
        replace_own_keys(there.data, after)
    noted(there.data, "secrets_sealed_anew", entries=str(number))
    print(f"{number} secret{'' if number == 1 else 's'} sealed anew")


def rotate_admin(config: ConfigFile = None) -> None:
    there = _outline(config)
    secret = admin_secret.replace(there.data)
    noted(there.data, "admin_secret_rotated")
    print(f"admin secret   {secret.reveal()}   (shown this once)")


def _asked(name: str) -> str:
    """Never from the command line, which other users of the machine can read."""
    if sys.stdin.isatty():
        text = getpass.getpass(f"{name}: ")
    else:
        text = sys.stdin.read(_LIMIT + 1).removesuffix("\n").removesuffix("\r")
    if not text.strip():
        refuse("an empty secret protects nothing")
    if len(text) > _LIMIT or not all("!" <= character <= "~" for character in text):
        refuse("a secret is visible ASCII characters without white space, at most 64 KiB")
    if word := famous(text):
        refuse(f"this is a well-known example secret ({word})")
    return text


def _store(config: Path | None) -> tuple[SecretFile, Outline]:
    there = _outline(config)
    folder = existing(config).absolute().parent

    def keys() -> str:
        if there.secrets_key is None:
            return made_own_keys(there.data)
        try:
            return Opener(os.environ, folder, there.data).open(there.secrets_key).reveal()
        except NoSecret as error:
            return refuse(f"secrets.key: found {error.found}; expected {error.expected}")

    return SecretFile(there.data, keys), there


def _outline(config: Path | None) -> Outline:
    there = outline(existing(config))
    return refuse_all(there.problems) if there.problems else there


def _when(moment: int) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
