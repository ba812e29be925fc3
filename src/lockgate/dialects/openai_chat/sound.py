"""Sound that comes in pieces."""

from base64 import b64decode, b64encode
from binascii import Error
from collections.abc import Sequence

from lockgate.core.problem import Kind, Problem


def joined(pieces: Sequence[str]) -> str:
    """One base64 text of many, each of which may have its own padding."""
    if len(pieces) == 1:
        return pieces[0]
    try:
        return b64encode(b"".join(b64decode(piece, validate=True) for piece in pieces)).decode()
    except (Error, ValueError) as error:
        raise Problem(Kind.BAD_UPSTREAM, "the upstream's audio is not base64", source="upstream") from error
