"""`alerts`: who is told when a budget is half spent, nearly, and wholly."""

from typing import Annotated

from msgspec import Meta

from lockgate.app.settings.section import Settings
from lockgate.core.secret_ref import SecretRef


class AlertSettings(Settings, frozen=True):
    """Thresholds in percent. The log is told always, the webhook when there is one."""

    at: Annotated[tuple[Annotated[int, Meta(ge=1, le=100)], ...], Meta(max_length=10)] = (50, 80, 100)
    url: Annotated[str, Meta(min_length=1, max_length=2048, description="Takes a POST of JSON.")] | None = None
    secret: SecretRef | None = None
    allow_private: bool = False
