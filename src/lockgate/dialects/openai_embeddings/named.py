"""What a request names of what its provider keeps: nothing, as OpenAI has it; copies take pictures and files for texts."""

from typing import Any

from lockgate.core.named_fields import NamedFields
from lockgate.core.naming import Named, Naming, Shape, Value, fits

FIELDS = NamedFields(
    free=frozenset(("userid", "requestid")),
    also=frozenset(("fileid", "fileids")),
    own=frozenset(("metadata",)),
    below=frozenset(("file", "files")),
    addresses=frozenset(("url", "imageurl", "videourl", "audiourl", "fileurl", "documenturl")),
)


class Request(Shape, frozen=True):
    """Texts, or their tokens as numbers."""

    model: Value = None
    input: str | list[str | int | list[str | int]] | None = None
    encoding_format: Value = None
    dimensions: Value = None
    user: Value = None
    input_type: Value = None
    truncate: Value = None
    output_dimension: Value = None
    output_dtype: Value = None
    embedding_types: list[Value] | None = None


def look(tree: dict[str, Any]) -> Named:
    return Named(names=not fits(tree, Request))


NAMING = Naming(look=look, opened=FIELDS.opened)
