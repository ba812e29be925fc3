"""What a request names of what its provider keeps: nothing, as OpenAI has it; copies take pictures and files for texts."""

from typing import Any

from lockgate.core.named_fields import NamedFields
from lockgate.core.naming import Named, Naming, named

FIELDS = NamedFields(
    free=frozenset(("userid", "requestid")),
    also=frozenset(("fileid", "fileids")),
    own=frozenset(("metadata",)),
    below=frozenset(("file", "files")),
    addresses=frozenset(("url", "imageurl", "videourl", "audiourl", "fileurl", "documenturl")),
)
_TOP = frozenset(("model", "encoding_format", "dimensions", "user", "input_type", "truncate", "metadata"))


def look(tree: dict[str, Any]) -> Named:
    return named(names=not all(key in _TOP or (key == "input" and _texts(tree[key])) for key in tree))


def _texts(value: Any) -> bool:
    """Texts, or their tokens as numbers."""
    if type(value) is list:
        return dict not in (kinds := set(map(type, value))) and (list not in kinds or not any(map(_deep, value)))
    return type(value) is str


def _deep(value: Any) -> bool:
    return type(value) is list and not {int, str}.issuperset(map(type, value))


NAMING = Naming(look=look, opened=FIELDS.opened)
