"""`{store: NAME}`: an entry of the built-in encrypted store, which `lockgate secrets set NAME` makes."""

from typing import Annotated

from msgspec import Meta

from lockgate.core.name import NAME
from lockgate.core.secret_source import SecretSource, Surroundings

Entry = Annotated[str, Meta(pattern=NAME, description="A name that `lockgate secrets list` shows.")]


def _open(name: str, around: Surroundings) -> str:
    return around.stored(name)


plugin = SecretSource(name="store", setting=Entry, example="{store: NAME}", open=_open)
