"""Files, sounds, voices, caches, libraries: what a request names of what its provider keeps, and the ids of sounds in answers.

OpenAI API reference, "Create chat completion"; and what its copies add: Mistral's libraries and connectors, Azure's data sources,
OpenRouter's presets, Google's caches, memory of vLLM, SGLang and llama.cpp, files by an address of their own (Moonshot).
"""

from typing import Any

from lockgate.core.named_fields import NamedFields
from lockgate.core.naming import Named, Naming, fits
from lockgate.dialects.openai_chat import plain
from lockgate.dialects.openai_chat.sounded import marked

FIELDS = NamedFields(
    free=frozenset(
        (
            "toolcallid", "callid", "referenceids",
            # Labels, for logs and filters.
            "userid", "requestid", "sessionid", "clientrequestid", "correlationid", "traceid", "spanid", "parentspanid",
            "litellmsessionid", "litellmtraceid", "litellmcallid", "enduserid", "endusertenantid",
            # Of letters, as the model has them.
            "stoptokenids", "allowedtokenids", "eostokenid", "bostokenid", "padtokenid",
        )
    ),
    also=frozenset(("container", "cachedcontent", "preset", "idslot", "fileid", "fileids", "conversation", "prompt")),
    whole=frozenset(("datasources", "kvtransferparams", "sessionparams", "disaggregatedparams", "thread")),
    own=frozenset(
        (
            "parameters", "arguments", "metadata", "schema", "responseformat", "logitbias", "toolchoice", "trace",
            "chattemplatekwargs", "guidedjson", "structuredoutputs", "inputschema", "urlcitation",
        )
    ),
    below=frozenset(
        (
            "audio", "inputaudio", "imageurl", "voice", "container", "conversation", "prompt", "thread", "session", "cache", "file", "files",
            "memory", "assistant", "agent", "collection", "collections",
        )
    ),
    addresses=frozenset(("url", "imageurl", "video", "videourl", "audiourl", "fileurl", "documenturl")),
)  # fmt: skip
_SOUNDS = frozenset(("audio", "modalities"))


def look(tree: dict[str, Any]) -> Named:
    return Named(names=not fits(tree, plain.Request), makes=not _SOUNDS.isdisjoint(tree))


NAMING = Naming(look=look, opened=FIELDS.opened, marked=marked)
