"""`lockgate audit`: is the log as it was written, and what does it say."""

from pathlib import Path
from typing import Annotated

import typer

from lockgate.app.options import ConfigFile, existing, refuse, refuse_all
from lockgate.app.outline import outline

Folder = Annotated[Path | None, typer.Argument(metavar="DIR", help="The log; else `audit` in the data folder.")]


def add(app: typer.Typer) -> None:
    group = typer.Typer(help="The audit log: verify it, read it.", no_args_is_help=True)
    group.command("verify", help="Check every chain of the log. 0: it is as it was written.")(verify)
    app.add_typer(group, name="audit")


def verify(folder: Folder = None, config: ConfigFile = None) -> None:
    """Prints the first bad line of each chain, with its file and number."""
    from lockgate.audit import key_file  # noqa: PLC0415
    from lockgate.audit.segments import FOLDER  # noqa: PLC0415
    from lockgate.audit.verify import verify as check  # noqa: PLC0415

    data = folder.parent if folder is not None else _data(config)
    verdict = check(folder or data / FOLDER, key_file.known(data))
    for bad in verdict.bad:
        print(f"bad: {bad}")
    if verdict.bad:
        raise typer.Exit(1)
    if not verdict.writers:
        refuse(f"there is no log in {folder or data / FOLDER}")
    print(f"good: {verdict.records} records of {verdict.writers} writers, {verdict.size} bytes")


def _data(config: Path | None) -> Path:
    there = outline(existing(config))
    return refuse_all(there.problems) if there.problems else there.data
