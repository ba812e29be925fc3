"""`lockgate up`: from nothing to a gateway that answers; with a configuration, just serve it."""

import os
from importlib import import_module
from pathlib import Path

import typer

from lockgate.app import first_run
from lockgate.app.find_config import find_config
from lockgate.app.first_run import Made
from lockgate.app.load import Loaded, load
from lockgate.app.options import AdminAt, ConfigFile, ListenAt, Workers, refuse, refuse_all
from lockgate.app.starter import model_names
from lockgate.core.secret import Secret
from lockgate.stores.key_file import admin_secret


def add(app: typer.Typer) -> None:
    app.command("up", help="Write a configuration if there is none, show its secrets once, and serve.")(up)


def up(config: ConfigFile = None, listen: ListenAt = None, admin: AdminAt = None, workers: Workers = None) -> None:
    """A file that is there is never changed."""
    path = find_config(config, os.environ)
    made = None if path.exists() else _make(path)
    loaded = load(path, os.environ)
    if loaded.problems:
        refuse_all(loaded.problems)
    if made is None:
        _greet(path, loaded)
    else:
        print(f"\nTry it:\n\n{_curl(listen or loaded.valid.server.listen, made.key.secret.reveal())}\n", flush=True)
    run = import_module("lockgate.app.run").run
    raise typer.Exit(run(path, listen=listen, admin=admin, workers=workers, environ=os.environ))


def _make(path: Path) -> Made:
    """Makes everything, and shows the secrets before anything else can go wrong: they are shown nowhere again."""
    folder = path.absolute().parent
    if not folder.is_dir():
        refuse(f"there is no folder {folder}", 2)
    made = first_run.make(path, first_run.detect(os.environ))
    _places(path, folder / first_run.DATA)
    _admin(made.admin)
    print(f"client key     {made.key.secret.reveal()}   (shown this once)")
    print(_providers(made), flush=True)
    return made


def _greet(path: Path, loaded: Loaded) -> None:
    _places(path, loaded.data)
    _admin(admin_secret.create(loaded.data))
    print("client keys    lockgate keys list · lockgate keys create --name NAME --team TEAM", flush=True)


def _places(path: Path, data: Path) -> None:
    print(f"configuration  {path.absolute()}\ndata folder    {data}")


def _admin(secret: Secret | None) -> None:
    if secret is None:
        print("admin secret   as before")
    else:
        print(f"admin secret   {secret.reveal()}   (shown this once)")


def _providers(made: Made) -> str:
    found = [f"{name} ({variable})" for name, variable in made.found.credentials.items()]
    local = ["ollama (it answers on this machine)"] if made.found.ollama is not None else []
    return f"providers      {', '.join(['demo (built in)', *found, *local])}\nmodels         {', '.join(model_names(made.found))}"


def _curl(listen: str, secret: str) -> str:
    return (
        f"curl http://{listen}/v1/chat/completions -H 'authorization: Bearer {secret}' -H 'content-type: application/json' "
        """-d '{"model":"demo","messages":[{"role":"user","content":"Hello"}]}'"""
    )
