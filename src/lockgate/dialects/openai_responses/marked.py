"""An answer, or a frame of one, with marks on the ids that its provider holds; all else in it keeps its bytes."""

from collections.abc import Callable, Mapping

import msgspec
from msgspec import Raw, Struct

from lockgate.dialects.openai_responses import response, sealed, wire

_SEAL = "encrypted_content"
Top = dict[str, Raw]
Mark = Callable[[str], str]
_top = msgspec.json.Decoder(Top)
_list = msgspec.json.Decoder(list[Raw])
_text = msgspec.json.Decoder(str)
_encode = msgspec.json.Encoder().encode
_IDS = ("id", _SEAL)
_OF_ITEMS: Mapping[bytes, tuple[str, ...]] = {
    b'"code_interpreter_call"': (*_IDS, "container_id"),
    b'"mcp_call"': (*_IDS, "approval_request_id"),
}
_KINDS = {"message": "msg", "reasoning": "rs", "function_call": "fc", "custom_tool_call": "fc"}


class _Begun(Struct, frozen=True):
    output_index: int
    item: wire.Item


_begun = msgspec.json.Decoder(_Begun)


def begun(document: bytes, request_id: str) -> tuple[bytes, bytes] | None:
    if b'"response.output_item.added"' not in document:
        return None
    try:
        said = _begun.decode(document)
    except (ValueError, RecursionError):
        return None
    kind, id_ = _KINDS.get(said.item.type), said.item.id
    if not kind or not id_:
        return None
    return response.item_id(kind, request_id, said.output_index).encode(), id_.encode()


def marked(document: bytes, mark: Mark) -> bytes:
    """A document with a `type` is a frame's. What cannot be read stays as it is, and is nobody's then."""
    try:
        top = _top.decode(document)
        return _encode(_frame(top, mark) if "type" in top else _response(top, mark))
    except (ValueError, RecursionError):
        return document


def _frame(top: Top, mark: Mark) -> Top:
    found = _with(top, ("item_id",), mark)
    for key, inside in (("item", _item), ("response", _response)):
        if bytes(top.get(key, b""))[:1] == b"{":
            found[key] = Raw(_encode(inside(_top.decode(top[key]), mark)))
    return found


def _response(top: Top, mark: Mark) -> Top:
    found = _with(top, ("id", "previous_response_id"), mark)
    if bytes(top.get("output", b""))[:1] == b"[":
        items = _list.decode(top["output"])
        found["output"] = Raw(_encode([_encoded_item(item, mark) for item in items]))
    return found


def _encoded_item(item: Raw, mark: Mark) -> Raw:
    return Raw(_encode(_item(_top.decode(item), mark))) if bytes(item)[:1] == b"{" else item


def _item(top: Top, mark: Mark) -> Top:
    return _with(top, _OF_ITEMS.get(bytes(top.get("type", b"")), _IDS), mark)


def _with(top: Top, keys: tuple[str, ...], mark: Mark) -> Top:
    found = dict(top)
    for key in keys:
        if len(raw := bytes(top.get(key, b""))) > 2 and raw[:1] == b'"':
            text = _text.decode(raw)
            found[key] = Raw(_encode(mark(sealed.swapped(text) if key == _SEAL else text)))
    return found
