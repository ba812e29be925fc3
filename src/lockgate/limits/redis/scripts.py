"""The scripts that run in Redis: one for each step, those of limits with the same beginning."""

from dataclasses import dataclass
from hashlib import sha1
from pathlib import Path

_FOLDER = Path(__file__).parent / "lua"
_BEGIN = (_FOLDER / "begin.lua").read_bytes()


@dataclass(frozen=True, slots=True)
class Script:
    """What is sent the first time, and the name that Redis knows it by from then on."""

    text: bytes
    sha: bytes


def _script(name: str, begin: bytes = _BEGIN) -> Script:
    text = begin + (_FOLDER / f"{name}.lua").read_bytes()
    return Script(text, sha1(text, usedforsecurity=False).hexdigest().encode())


RESERVE, EXTEND, SETTLE, BEAT, RECOVER, LEAVE, READ, RESTORE = map(
    _script, ("reserve", "extend", "settle", "beat", "recover", "leave", "read", "restore")
)
NONCE, CLAIM, TURN, KEEP, NOTICES = (_script(name, b"") for name in ("nonce", "claim", "turn", "keep", "notices"))
