"""`lockgate serve`: serve an existing configuration."""

import os
from importlib import import_module

import typer

from lockgate.app.options import AdminAt, ConfigFile, ListenAt, Workers, existing


def add(app: typer.Typer) -> None:
    app.command("serve", help="Serve an existing configuration.")(serve)


def serve(config: ConfigFile = None, listen: ListenAt = None, admin: AdminAt = None, workers: Workers = None) -> None:
    """Serves until SIGTERM. Prints one line per listener when it is ready."""
    path = existing(config)
    run = import_module("lockgate.app.run").run
    raise typer.Exit(run(path, listen=listen, admin=admin, workers=workers, environ=os.environ))
