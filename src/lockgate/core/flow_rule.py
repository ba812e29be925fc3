"""Rules about what flows where: once untrusted content is in front of a model, what may it still call, with which data around?

The pattern is known as the lethal trifecta: private data, untrusted content, and a way out. Any two are fine; a rule says which three are not.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from lockgate.core.guard import Scope
from lockgate.core.names import Names

FlowAction = Literal["flag", "block", "hold"]


@dataclass(frozen=True, slots=True)
class FlowRule:
    """Calls of `tools` in an answer, when the request holds results of other tools than the `trusted` ones, and, where `data`
    names labels, when a rule found one of these in the request.

    Of tools that the provider runs by itself nobody can stop a call: those of them that are among `tools` or `provider_tools`
    may not be offered then.
    """

    name: str
    tools: Names
    trusted: Names = Names(())
    data: frozenset[str] = frozenset()
    action: FlowAction = "block"
    scope: Scope = Scope()
    provider_tools: Names = Names(("*",))


@dataclass(frozen=True, slots=True)
class Flowing:
    """A rule that holds for an answer. Under `hold`: the question's `id`, whether somebody said yes, and how to ask.

    `later`: it holds once the provider ran a tool of which nobody knows what it brought.
    """

    rule: FlowRule
    later: bool = False
    id: str = ""
    granted: bool = False
    ask: Callable[[str], None] = lambda tool: None
