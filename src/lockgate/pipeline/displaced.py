"""Where in a document of the request something stands, an answer says of the document that the model saw. Where a rule changed
one, the client has another: then it is nowhere, an empty range at the beginning. What is cited stays, and so does the document's
number.
"""

import re
from typing import Any, final

import msgspec
from msgspec import structs

from lockgate.core.body import Body, Parsed, parse
from lockgate.core.dialect import Dialect
from lockgate.core.exchange import Call
from lockgate.pipeline.echoes import ARGUMENTS
from lockgate.pipeline.lanes import Lane

_PLACES = frozenset(("start_char_index", "end_char_index"))
_MARK = b'_char_index"'
_IN_FRAMES = re.compile(rb'("(?:start|end)_char_index"\s*:\s*)[0-9]+')
"""Within a string its quotes would be escaped."""
_tree = msgspec.json.Decoder(dict[str, Any]).decode


def displaced(call: Call, body: Body) -> Call:
    """The call, which knows whether `body`, which goes upstream, has other documents than the client's."""
    if body is call.body or not call.dialect.cites or call.dialect.cites not in call.body.wire():
        return call
    moved = _documents(body, call.dialect) != _documents(call.body, call.dialect)
    return structs.replace(call, displaced=True) if moved else call


_CITED = frozenset(("document", "tool_result"))
"""A tool may bring documents, too."""


def _documents(body: Body, dialect: Dialect) -> list[str]:
    return [slot.text for slot in dialect.texts(parse(body).tree) if slot.place in _CITED]


def nowhere(body: bytes) -> bytes:
    """A whole answer without such places."""
    return Parsed(_without(_tree(body))).wire() if _MARK in body else body


def _without(node: Any) -> Any:
    if isinstance(node, dict):
        return {
            key: 0 if key in _PLACES else value if key in ARGUMENTS else _without(value) for key, value in node.items()
        }
    return [_without(each) for each in node] if isinstance(node, list) else node


@final
class Displaced:
    """Around a lane, whose frames are whole."""

    __slots__ = ("_lane", "close", "fail")

    def __init__(self, lane: Lane) -> None:
        self._lane, self.close, self.fail = lane, lane.close, lane.fail

    @property
    def over(self) -> bool:
        return self._lane.over

    def feed(self, chunk: bytes) -> bytes:
        return _nowhere(self._lane.feed(chunk))

    def end(self) -> bytes:
        return _nowhere(self._lane.end())


def _nowhere(frames: bytes) -> bytes:
    return _IN_FRAMES.sub(rb"\g<1>0", frames) if _MARK in frames else frames
