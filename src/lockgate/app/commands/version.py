"""`lockgate version`: which version this is, and whether its files are those that were released."""

from typing import Annotated

import typer

from lockgate import __version__
from lockgate.app.installed import inspect


def add(app: typer.Typer) -> None:
    app.command("version", help="Print the version; with --verify, the hashes of the installed files.")(version)


def version(
    verify: Annotated[
        bool, typer.Option("--verify", help="Hash the installed files and hold them against the wheel's record.")
    ] = False,
) -> None:
    """With `--verify`: exit 0 only when every file is there, as it was released, and nothing else is."""
    print(f"lockgate {__version__}")
    if not verify:
        return
    report = inspect()
    for file in report.files:
        print(f"{file.sha256 or '-':64}  {file.verdict:8}  {file.path}")
    print(report.summary)
    raise typer.Exit(0 if report.good else 1)
