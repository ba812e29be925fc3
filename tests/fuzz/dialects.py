"""The dialects there are, and what their golden documents give to start from."""

from pathlib import Path

import msgspec

from lockgate.core.answer import Usage
from lockgate.core.dialect import Ask
from tests.dialects import CHATS

WIRE = Path(__file__).parents[1] / "wire"
DIALECTS = dict(sorted(CHATS.items()))
ASKS = [
    Ask("m", stream=True, usage=usage, array=array, request_id="r", created=1)
    for usage, array in ((True, False), (False, False), (True, True))
]


def corpus(dialect: str, ending: str) -> list[bytes]:
    return [path.read_bytes() for path in sorted((WIRE / dialect).glob(f"*{ending}"))]


def least(usage: Usage) -> int:
    """The smallest of its counts."""
    return min(count for count in msgspec.structs.astuple(usage) if isinstance(count, int))
