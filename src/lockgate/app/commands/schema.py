"""`lockgate schema`: the JSON Schema of the configuration, for editors and for reading."""

import msgspec
import typer

from lockgate.app.settings import schema


def add(app: typer.Typer) -> None:
    app.command("schema", help="Print the JSON Schema of the configuration.")(show)


def show() -> None:
    """JSON on stdout, with an indent."""
    print(msgspec.json.format(msgspec.json.encode(schema()), indent=2).decode())
