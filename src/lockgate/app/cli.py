"""The command `lockgate`. Each command is a file of `commands/`; only the one that is asked for is imported."""

import sys
from importlib import import_module
from typing import Any

import typer

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
    try:
        application(sys.argv[1:2])(prog_name="lockgate")
    except StoreError as error:
        print(f"lockgate: {error}", file=sys.stderr)
        sys.exit(1)
    except BrokenPipeError:
        # Whoever read our output has seen enough. Closing the stream here keeps Python from trying again at exit.
        sys.stderr.close()
        sys.exit(1)


def application(asked: list[str]) -> Any:
    """The command line with the command that the first word names, or with all of them, for help and for typos."""
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
