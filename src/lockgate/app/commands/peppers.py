"""`lockgate keys pepper`: a new pepper under everything, and the end of the one before."""

from collections.abc import Callable
from typing import Annotated

import typer

from lockgate.app.noted import noted
from lockgate.app.options import ConfigFile, refuse
from lockgate.app.outline import Outline
from lockgate.control import peppers
from lockgate.control.keys import Desk, NoError
from lockgate.stores.key_file import KeyFile, admin_secret

Opened = Callable[..., tuple[Outline, Desk]]


def group(opened: Opened) -> typer.Typer:
    """The commands; `opened` is how the other commands on keys begin."""
    made = typer.Typer(help="The secret under all digests of keys: rotate, retire.", no_args_is_help=True)

    def rotate(config: ConfigFile = None) -> None:
        """Keys made or rotated from now on hang on it; all others work on."""
        there, desk = opened(config)
        try:
            now = peppers.turn(desk, KeyFile(there.data))
        except NoError as error:
            refuse(str(error))
        noted(there.data, "pepper_rotated", pepper=now.current.id, previous=now.previous.id if now.previous else "")
        print(f"new pepper {now.current.id}; `lockgate keys list` shows which keys still hang on the previous one")

    def retire(
        *,
        force: Annotated[bool, typer.Option("--force", help="End the keys that hang on it, too.")] = False,
        config: ConfigFile = None,
    ) -> None:
        """Refuses while a key that works needs it."""
        there, desk = opened(config)
        try:
            ended = peppers.retire(desk, KeyFile(there.data), _others(there), force=force)
        except NoError as error:
            refuse(str(error))
        noted(there.data, "pepper_retired", keys_ended=str(len(ended)), forced=str(force).lower())
        print("the previous pepper is gone" + "".join(f"\nended {key.id} ({key.name})" for key in ended))

    made.command("rotate", help="Make a new pepper. Nothing stops working.")(rotate)
    made.command("retire", help="End the previous pepper.")(retire)
    return made


def _others(there: Outline) -> tuple[str, ...]:
    if admin_secret.on_previous(there.data):
        return ("make a new admin secret: `lockgate secrets rotate-admin`",)
    return ()
