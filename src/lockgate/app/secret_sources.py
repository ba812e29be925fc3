"""Opens what a configuration says of its secrets: an environment variable, or a file."""

from collections.abc import Mapping
from pathlib import Path

from lockgate.app.settings import SecretRef
from lockgate.core.secret import Secret

LIMIT = 64 * 1024


class NoSecret(Exception):
    """There is no secret there. `found` and `expected` name the place, never a content."""

    def __init__(self, found: str, expected: str) -> None:
        super().__init__(found)
        self.found = found
        self.expected = expected


def fetch(ref: SecretRef, environ: Mapping[str, str], folder: Path) -> Secret:
    """The secret; a relative file lies in `folder`. One line break at the end of a file is not part of it."""
    if ref.env is not None:
        place = f"the environment variable {ref.env}"
        text = environ.get(ref.env)
        if text is None:
            raise NoSecret(f"{place}, which is not set", "it to be set")
    else:
        path = folder / (ref.file or "")
        place = f"the file {path}"
        text = _content(path, place)
    if not text.strip():
        raise NoSecret(f"{place}, which is empty", "a secret in it; an empty one protects nothing")
    if not all("!" <= character <= "~" for character in text):
        raise NoSecret(f"{place}, which holds white space or other unusual characters", "visible ASCII characters only")
    return Secret(text)


def _content(path: Path, place: str) -> str:
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
