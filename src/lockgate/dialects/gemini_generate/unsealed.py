"""A request without thoughts that came from providers of other dialects: this API checks what it is given as its own."""

from collections.abc import Iterator
from typing import Any

from lockgate.core import seals
from lockgate.core.body import Tree
from lockgate.dialects.gemini_generate.turns import UNSIGNED
from lockgate.dialects.gemini_generate.versions import is_modern

_SEALS = ("thoughtSignature", "thought_signature")
_CALLS = ("functionCall", "function_call")


def unsealed(tree: Tree, model: str) -> tuple[Tree, tuple[str, ...]]:
    contents = tree.get("contents")
    if not isinstance(contents, list):
        return tree, ()
    lost = False
    left: list[Any] = []
    for content in contents:
        parts = content.get("parts") if isinstance(content, dict) else None
        if not isinstance(parts, list) or not any(map(_marked, parts)):
            left.append(content)
            continue
        lost = lost or any(_marked(part) and seals.NOBODY not in part.values() for part in parts)
        if rest := list(_parts(parts, modern=is_modern(model))):
            left.append({**content, "parts": rest})
    return {**tree, "contents": left}, ((seals.FOREIGN,) if lost else ())


def _parts(parts: list[Any], *, modern: bool) -> Iterator[Any]:
    """A part that was there for its signature goes with it; a call has to have one, where models demand that."""
    for part in parts:
        if not _marked(part):
            yield part
            continue
        rest = {key: part[key] for key in part if key not in _SEALS}
        if modern and any(key in rest for key in _CALLS):
            yield {**rest, _SEALS[0]: UNSIGNED}
        elif rest != {"text": ""}:
            yield rest


def _marked(part: Any) -> bool:
    return isinstance(part, dict) and any(seals.marked(part.get(key)) for key in _SEALS)
