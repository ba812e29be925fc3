"""What a request wants, from its top-level keys; and what no chat can be asked for, refused by its name."""

from collections.abc import Iterator

import msgspec

from lockgate.core.body import Body, Headed, Tree
from lockgate.core.dialect import Ask, Offered, Target
from lockgate.core.problem import Kind, Problem

_model = msgspec.json.Decoder(str)
_stream = msgspec.json.Decoder(bool | None)
_PICTURE = "pictures are not made here: leave it out"
_REFUSED = {
    "context": "tokens of earlier turns cannot be read here: send the turns as messages to /api/chat",
    "raw": "a model is asked by its own template here: leave it out, or say false",
    "template": "a model is asked by its own template here: leave it out",
    "suffix": "an answer cannot be fitted in front of a text here: leave it out",
    "width": _PICTURE,
    "height": _PICTURE,
    "steps": _PICTURE,
    "_debug_render_only": "prompts are answered here, and not shown: leave it out",
}
_EMPTY = frozenset((b"null", b"false", b'""', b"[]"))
"""What says as much as nothing."""


def ask(target: Target, body: Headed) -> Ask:
    """A stream is what a client gets unless it says no, and it always ends with its counts."""
    try:
        model = _model.decode(body.top["model"])
    except (KeyError, msgspec.DecodeError):
        model = ""
    if not model:
        raise _refused("model", "model must be the name of a model")
    try:
        stream = _stream.decode(body.top["stream"]) if "stream" in body.top else None
    except msgspec.DecodeError:
        raise _refused("stream", "stream must be true or false") from None
    for key, why in _REFUSED.items():
        if key in body.top and bytes(body.top[key]) not in _EMPTY:
            raise _refused(key, f"{key}: {why}")
    prompt = bytes(body.top.get("prompt", b""))
    if prompt in (b"", b"null", b'""'):
        raise _refused("prompt", "prompt must be a text: without one Ollama loads a model, which cannot be done here")
    if not prompt.startswith(b'"'):
        raise _refused("prompt", "prompt must be a text")
    return Ask(model=model, stream=stream is not False, usage=True)


def rename(body: Body, model: str) -> Body:
    return body.set("model", model)


def tools(tree: Tree) -> Iterator[Offered]:
    """There are none: a field of that name is not carried over."""
    return iter(())


def _refused(where: str, detail: str) -> Problem:
    return Problem(Kind.INVALID, detail, where=where)
