"""`rules`: a guard finds, the rule decides."""

from functools import reduce
from operator import or_
from typing import Annotated, Any

from msgspec import Meta

from lockgate.app.settings.section import ModelName, Name, Settings
from lockgate.core.guard import Action, Forward, GuardConfig, Mode, On
from lockgate.core.masks import Style
from lockgate.core.registry import configs
from lockgate.core.remote_guard import OnError
from lockgate.core.tokens import Style as TokenStyle

_GUARDS = tuple(configs("lockgate.guards", GuardConfig).values())
AnyGuard: Any = reduce(or_, _GUARDS) if _GUARDS else GuardConfig
"""The settings of any guard there is, told apart by `kind`."""


class ScopeSettings(Settings, frozen=True):
    """For whom a rule is. What is left out does not narrow it; a team's rule holds for the teams below it, too."""

    teams: tuple[Name, ...] = ()
    keys: tuple[Annotated[str, Meta(min_length=1, max_length=128, description="A key's name or id.")], ...] = ()
    models: tuple[ModelName, ...] = ()


class RuleSettings(Settings, frozen=True):
    """A guard finds, the rule decides. Rules apply in the order of the file."""

    name: Name
    guard: AnyGuard
    action: Action
    on: Annotated[
        tuple[On, ...], Meta(min_length=1, description="Where it looks; left out, where the guard is for.")
    ] = ()
    mode: Mode = "enforce"
    scope: ScopeSettings = ScopeSettings()
    mask: Annotated[Style, Meta(description="What stands in the place of a text that was found.")] = "placeholder"
    style: Annotated[TokenStyle, Meta(description="What a token looks like, with `action: tokenize`.")] = "label"
    forward: Annotated[Forward, Meta(description="What becomes of characters that nobody sees.")] = "original"
    on_error: Annotated[OnError, Meta(description="What happens when a guard elsewhere gives no verdict.")] | None = (
        None
    )

    @property
    def places(self) -> tuple[On, ...]:
        return self.on or type(self.guard).on
