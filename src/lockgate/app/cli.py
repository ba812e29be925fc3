"""The command `lockgate`. Each command is a file of `commands/`; only the one that is asked for is imported."""

import os
import signal
import sys
from contextlib import suppress
from importlib import import_module
from io import TextIOWrapper
from pathlib import Path
from typing import Any, NoReturn

from lockgate.core.store import StoreError

COMMANDS = (
    "up",
    "serve",
    "check",
    "coverage",
    "demo",
    "faulty",
    "guard",
    "keys",
    "approvals",
    "replay",
    "secrets",
    "audit",
    "schema",
    "usage",
    "version",
)


def main() -> None:
    """Ends the process: 0 done, 1 the answer is no, 2 wrong usage."""
    sys.stdin = sys.stdin or Path(os.devnull).open(encoding="ascii")  # noqa: SIM115  nothing comes
    if isinstance(sys.stdout, TextIOWrapper) and sys.stdout.errors == "strict":
        sys.stdout.reconfigure(errors="backslashreplace")  # a name of a file, or a terminal, that is not in UTF-8
    try:
        try:
            _loaded(sys.argv[1:2])(prog_name="lockgate")
        finally:
            if sys.stdout is not None:  # here, for at exit nobody could say what is wrong
                sys.stdout.flush()
    except StoreError as error:
        _ended(str(error))
    except BrokenPipeError:  # whoever read our output has seen enough
        _ended("")
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        _ended(f"{place}{error.strerror or error}")


def _ended(why: str) -> NoReturn:
    if why:
        print(f"lockgate: {why}", file=sys.stderr)
    with suppress(OSError, ValueError):  # what is still to be written goes nowhere, or Python would try again at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    sys.exit(1)


def _loaded(asked: list[str]) -> Any:
    """The command line. Ctrl-C while modules are read has nothing to undo, and nothing to tell."""
    told = signal.getsignal(signal.SIGINT)
    if told is not signal.default_int_handler:  # who started us has other plans
        return application(asked)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    app = application(asked)
    signal.signal(signal.SIGINT, told)
    return app


def application(asked: list[str]) -> Any:
    """The command line with the command that the first word names, or with all of them, for help and for typos."""
    import typer  # noqa: PLC0415  a tenth of a second, in which somebody may think again

    app = typer.Typer(
        name="lockgate",
        help="The security gateway for large-model APIs.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_nothing)
    for name in asked if asked and asked[0] in COMMANDS else COMMANDS:
        import_module(f"lockgate.app.commands.{name}").add(app)
    return app


def _nothing() -> None:
    """The security gateway for large-model APIs."""


if __name__ == "__main__":
    main()
