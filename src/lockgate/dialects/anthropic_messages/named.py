"""Containers, files, skills, threads: what a request names of what its provider keeps.

API reference, "Create a Message", with what is in beta. Skills of Anthropic's own are everybody's.
"""

from typing import Any

from lockgate.core.named_fields import NamedFields
from lockgate.core.naming import NOTHING, Named, Naming, anything, fits
from lockgate.dialects.anthropic_messages import plain
from lockgate.dialects.anthropic_messages.marked import marked

FIELDS = NamedFields(
    # Ids of calls; of tabs and downloads in a browser that the client itself runs.
    free=frozenset(("tooluseid", "toolid", "tabid", "downloadid")),
    also=frozenset(("container",)),
    whole=frozenset(("thread",)),
    own=frozenset(("input", "inputschema", "schema", "metadata", "toolchoice", "contextmanagement", "inputexamples")),
    below=frozenset(("container", "source")),
    builtin=frozenset((("skillid", "anthropic"),)),
    # With what a prompt is compared, to say why a cache was missed. Claude Code names its last answer, whoever gave it.
    dispensable=frozenset(("previousmessageid",)),
)


def look(tree: dict[str, Any]) -> Named:
    """Code is run in containers, for other tools of the provider's, too."""
    if fits(tree, plain.Request):
        return NOTHING
    tools = tree.get("tools")
    hosted = tools is not None and not fits(tools, plain.TOOLS)
    names = not (hosted and fits({**tree, "tools": None}, plain.Request)) or anything(FIELDS.opened, {"tools": tools})
    return Named(names=names, makes=hosted or "container" in tree)


NAMING = Naming(look=look, opened=FIELDS.opened, marked=marked)
