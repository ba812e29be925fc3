"""What a Claude model's name says of the parameters it takes: generations refuse each other's.

From the pages "Thinking", "Effort", "Structured outputs" and the migration guides of the Claude Platform Docs. A name
that we cannot read (an alias, another maker's model behind this dialect) is trusted with the API as it is documented.
"""

import re
from functools import lru_cache

from msgspec import Struct

_FAMILY = r"(opus|sonnet|haiku|fable|mythos)"
_NEW = re.compile(rf"claude-{_FAMILY}(?:[-.](\d{{1,2}})(?!\d))?(?:[-.](\d{{1,2}})(?!\d))?")
_OLD = re.compile(rf"claude-(\d)(?:[-.](\d))?-{_FAMILY}")


class Generation(Struct, frozen=True, gc=False, kw_only=True):
    """Which parameters a model takes."""

    sampling: bool = True
    """`temperature`, `top_p` and `top_k`: refused from 4.7 on."""
    both_samplers: bool = True
    """`temperature` beside `top_p`: refused from 4.1 on."""
    budget: bool = True
    """`thinking.budget_tokens`: refused from 4.7 on."""
    adaptive: bool = True
    """`thinking.type` "adaptive": from 4.6 on."""
    xhigh: bool = True
    """The effort between high and max: from 4.7 on."""
    schema: bool = True
    """`output_config.format` and strict tools: from 4.5 on, and Opus 4.1."""
    thinks_unasked: bool = True
    """Thinking is on unless it is switched off: from 5 on."""
    always_thinks: bool = False
    """`thinking.type` "disabled" is refused: from 5.5 on, and Fable and Mythos."""


_UNKNOWN = Generation()


@lru_cache(maxsize=256)
def generation(model: str) -> Generation:
    model = model[:200].lower()
    if match := _OLD.search(model):
        major, minor, family = match.groups()
    elif match := _NEW.search(model):
        family, major, minor = match.groups()
    else:
        return _UNKNOWN
    always = family in ("fable", "mythos")
    if major is None and not always:
        return _UNKNOWN
    version = (int(major or 5), int(minor or 0))
    return Generation(
        sampling=version < (4, 7),
        both_samplers=version < (4, 1),
        budget=version < (4, 7),
        adaptive=version >= (4, 6),
        xhigh=version >= (4, 7),
        schema=version >= (4, 5) or (family == "opus" and version >= (4, 1)),
        thinks_unasked=version >= (5, 0),
        always_thinks=always or version >= (5, 5),
    )
