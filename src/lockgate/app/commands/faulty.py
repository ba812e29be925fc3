"""`lockgate faulty`: an upstream of our own that fails on order. The faults are in `lockgate.app.faulty`."""

import math
from importlib import import_module
from typing import Annotated

import typer


def add(app: typer.Typer) -> None:
    app.command(
        "faulty", help="An upstream on loopback that fails on order: by the model's name, or by a control port."
    )(faulty)


def _number(value: float) -> float:
    if math.isnan(value):  # within every range, for it compares with nothing
        raise typer.BadParameter("nan is no number")
    return value


def faulty(
    port: Annotated[int, typer.Option(min=0, max=65535, help="Where it answers; 0 is any free port.")] = 9099,
    control: Annotated[int, typer.Option(min=0, max=65535, help="Where it is told what to do.")] = 9098,
    pace: Annotated[float, typer.Option(min=0, max=1000, callback=_number, help="Multiplies every pause.")] = 1.0,
    *,
    names: Annotated[bool, typer.Option("--list", help="The names of all faults, and nothing else.")] = False,
) -> None:
    """Serves until SIGTERM."""
    if names:
        from lockgate.app.faulty.faults import FAULTS  # noqa: PLC0415  only for who asks

        for name in sorted(FAULTS):
            print(f"faulty-{name}{'N' if name.endswith('-') else ''}")
        raise typer.Exit
    raise typer.Exit(import_module("lockgate.app.faulty").run(port, control, pace))
