"""The options of `keys create` that say who holds a key and what it may: read and checked against the configuration."""

from collections.abc import Iterable
from typing import Annotated, Any, get_args

import msgspec
import typer

from lockgate.app.in_words import choice
from lockgate.app.options import refuse
from lockgate.app.outline import Outline
from lockgate.control.keys import Holder
from lockgate.core.access import NO_OPINION, Access
from lockgate.core.dialect import Operation
from lockgate.core.level import network
from lockgate.core.store import MetadataName, MetadataValue

Several = list[str] | None
Models = Annotated[Several, typer.Option("--models", metavar="A,B", help="Only these of the team's models; `*` fits.")]
Endpoints = Annotated[Several, typer.Option("--endpoints", metavar="chat", help="Only these endpoints.")]
Addresses = Annotated[Several, typer.Option("--ip", metavar="NET", help="Only from these addresses or networks.")]
Notes = Annotated[Several, typer.Option("--metadata", metavar="NAME=VALUE", help="A note on the key; may be repeated.")]
RoleNames = Annotated[Several, typer.Option("--role", metavar="ROLE", help="What it may do at all; else `developer`.")]
User = Annotated[str, typer.Option("--user", metavar="USER", help="Who stands behind it.")]


def holder(
    there: Outline, *, models: Several, endpoints: Several, ips: Several, notes: Several, roles: Several, user: str
) -> Holder:
    """Ends the command with advice for what is not possible."""
    named = _each(roles)
    for role in named:
        _known("--role", role, there.roles)
    for model in _each(models):
        if "*" not in model:
            _known("--models", model, there.models)
    for endpoint in _each(endpoints):
        _known("--endpoints", endpoint, get_args(Operation))
    if len(user) > 254 or not all("!" <= c <= "~" for c in user):
        refuse("--user takes visible ASCII characters, at most 254", 2)
    return Holder(user, named, _metadata(notes), _access(models, endpoints, ips))


def _access(models: Several, endpoints: Several, ips: Several) -> Access:
    given = {"models": models, "endpoints": endpoints, "ips": ips}
    lists: dict[str, Any] = {name: _each(texts) for name, texts in given.items() if texts is not None}
    for text in lists.get("ips", ()):
        try:
            network(text)
        except ValueError as error:
            refuse(f"--ip: {error}", 2)
    try:
        access = msgspec.convert(lists, Access)
    except msgspec.ValidationError as error:
        refuse(f"--models: {error}", 2)
    return NO_OPINION if access == NO_OPINION else access


def _metadata(notes: Several) -> dict[str, str]:
    found = {}
    for note in notes or ():
        name, _, value = note.partition("=")
        try:
            found[msgspec.convert(name, MetadataName)] = msgspec.convert(value, MetadataValue)
        except ValueError as error:
            refuse(f"--metadata takes NAME=VALUE: {error}", 2)
    return found


def _each(texts: Several) -> tuple[str, ...]:
    return tuple(word for text in texts or () for word in text.split(",") if word)


def _known(option: str, word: str, there: Iterable[str]) -> None:
    if word not in there:
        refuse(f"{option}: there is no {word!r} in the configuration; {choice(sorted(there), word)}")
