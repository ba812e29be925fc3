"""`lockgate demo`: a story told with real requests. The story is in `lockgate.app.demo`."""

from importlib import import_module

import typer


def add(app: typer.Typer) -> None:
    app.command("demo", help="Start everything on free ports, send real requests, and show what happened and why.")(
        demo
    )


def demo() -> None:
    """Exit 0 when all came out as promised."""
    raise typer.Exit(import_module("lockgate.app.demo").run())
