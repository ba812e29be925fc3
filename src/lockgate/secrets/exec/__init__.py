"""`{exec: [COMMAND, ARGUMENT, …]}`: what a command prints. No shell; ten seconds; its errors are not repeated."""

from pathlib import Path
from typing import Annotated

from msgspec import Meta

from lockgate.clouds.command import LATE, end, ran
from lockgate.core.secret_source import LIMIT, NoSecret, SecretSource, Surroundings

SECONDS = 10.0

Word = Annotated[str, Meta(min_length=1, max_length=4096)]
Command = Annotated[
    tuple[Word, ...], Meta(min_length=1, max_length=64, description="A command and its arguments, without a shell.")
]


def _open(command: tuple[str, ...], around: Surroundings) -> str:
    place = f"the command {Path(command[0]).name}"
    try:
        raw, code = ran(command, around.folder, around.environ, SECONDS)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is no command"
        raise NoSecret(f"{place}, which cannot be run ({reason})", "a command that prints the secret") from None
    if code == LATE:
        raise NoSecret(f"{place}, which took longer than {SECONDS:g} s", "a command that prints the secret and ends")
    if code:
        raise NoSecret(f"{place}, which ended with {code}", "a command that prints the secret and ends with 0")
    if len(raw) > LIMIT:
        raise NoSecret(f"{place}, which printed more than {LIMIT} bytes", "a command that prints the secret alone")
    try:
        text = raw.decode().removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError:
        raise NoSecret(f"{place}, which did not print text", "a command that prints the secret as text") from None
    if not text.strip():
        raise NoSecret(f"{place}, which printed nothing", "a secret; an empty one protects nothing")
    return text


plugin = SecretSource(name="exec", setting=Command, example="{exec: [COMMAND, ARGUMENT]}", open=_open, end=end)
