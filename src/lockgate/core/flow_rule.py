"""Rules about what flows where: once untrusted content is in front of a model, what may it still call, with which data around?

The pattern is known as the lethal trifecta: private data, untrusted content, and a way out. Any two are fine; a rule says which three are not.
"""

from dataclasses import dataclass
from typing import Literal

from lockgate.core.guard import Scope
from lockgate.core.names import Names

FlowAction = Literal["flag", "block"]


@dataclass(frozen=True, slots=True)
class FlowRule:
    """Calls of `tools` in an answer, when the request holds results of other tools than the `trusted` ones, and, where `data`
    names labels, when a rule found one of these in the request.
    """

    name: str
    tools: Names
    trusted: Names = Names(())
    data: frozenset[str] = frozenset()
    action: FlowAction = "block"
    scope: Scope = Scope()
