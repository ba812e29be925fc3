"""Caches, files, stores, corpora, and where an answer goes on: what a request names of what Google keeps, in both spellings.

Google AI for Developers, "Generating content"; Gen AI SDK, `Tool.retrieval`. No answer gives an id that can be named here.
"""

from typing import Any

from lockgate.core.named_fields import NamedFields
from lockgate.core.naming import Named, Naming, fits
from lockgate.dialects.gemini_generate import plain

FIELDS = NamedFields(
    also=frozenset(
        (
            "cachedcontent", "filesearchstorenames", "filesearchstorename", "filesearchstore", "datastore", "engine",
            "ragcorpus", "ragcorpora", "continuationtoken",
        )
    ),
    whole=frozenset(("retrieval", "authconfig", "modelarmorconfig")),
    own=frozenset(
        (
            "args", "response", "parameters", "parametersjsonschema", "responseschema", "responsejsonschema", "labels",
            "partmetadata",
        )
    ),
    below=frozenset(("cachedcontent", "file")),
    addresses=frozenset(("fileuri",)),
)  # fmt: skip


def look(tree: dict[str, Any]) -> Named:
    return Named(names=not fits(tree, plain.Request))


NAMING = Naming(look=look, opened=FIELDS.opened)
