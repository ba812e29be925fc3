"""`flows`: what a model may not call any more once untrusted content is in front of it; `spotlight`: how that is marked."""

from typing import Annotated

from msgspec import Meta

from lockgate.app.settings.rules import ScopeSettings
from lockgate.app.settings.section import Name, Settings
from lockgate.core.flow_rule import FlowAction
from lockgate.core.spotlight import SpotlightStyle

ToolName = Annotated[
    str, Meta(min_length=1, max_length=200, description="A tool's name; `*` stands for any characters.")
]
Label = Annotated[str, Meta(min_length=1, max_length=100, description="A label that a guard finds, as `email`.")]


class FlowSettings(Settings, frozen=True):
    """Tools that send or write, when untrusted content is in the request, and private data, too."""

    name: Name
    tools: Annotated[tuple[ToolName, ...], Meta(min_length=1, description="Tools that send or write.")]
    action: FlowAction
    provider_tools: Annotated[
        tuple[ToolName, ...], Meta(description="Tools that the provider runs by itself, which may not be offered then.")
    ] = ("*",)
    trusted_tools: Annotated[tuple[ToolName, ...], Meta(description="Tools whose results are not untrusted.")] = ()
    data: Annotated[tuple[Label, ...], Meta(description="Only when a rule found one of these in the request.")] = ()
    scope: ScopeSettings = ScopeSettings()


class SpotlightSettings(Settings, frozen=True):
    """Results of tools are marked as data."""

    style: SpotlightStyle = "delimit"
