"""`{file: PATH}`: a file that holds the secret and nothing else. One line break at its end is not part of it."""

from pathlib import Path

from lockgate.core.secret_source import LIMIT, NoSecret, PathName, SecretSource, Surroundings


def _open(name: str, around: Surroundings) -> str:
    path = around.folder / name
    text = _content(path, f"the file {path}")
    if not text.strip():
        raise NoSecret(f"the file {path}, which is empty", "a secret in it; an empty one protects nothing")
    return text


def _content(path: Path, place: str) -> str:
    if path.exists() and not path.is_file():  # one would wait for who writes to a pipe, and keep others waiting
        raise NoSecret(f"{place}, which cannot be read (it is no regular file)", "a file that holds the secret")
    try:
        with path.open("rb") as file:
            raw = file.read(LIMIT + 1)
    except FileNotFoundError:
        raise NoSecret(f"{place}, which does not exist", "a file that holds the secret") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is no path"
        raise NoSecret(f"{place}, which cannot be read ({reason})", "a file that holds the secret") from None
    if len(raw) > LIMIT:
        raise NoSecret(f"{place}, which is larger than {LIMIT} bytes", "a file that holds one secret and nothing else")
    try:
        return raw.decode().removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError:
        raise NoSecret(f"{place}, which is not text", "a file that holds the secret as text") from None


plugin = SecretSource(
    name="file",
    setting=PathName,
    example="{file: PATH}",
    open=_open,
    files=lambda name, folder: (folder / str(name),),
)
