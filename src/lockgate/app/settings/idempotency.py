"""`idempotency`: whether answers are kept under a client's `Idempotency-Key`, and for how long."""

from typing import Annotated

from msgspec import Meta

from lockgate.app.settings.secret_ref import SecretRef
from lockgate.app.settings.section import Settings
from lockgate.core.duration import Duration, seconds


class IdempotencySettings(Settings, frozen=True):
    """Answers that are kept for repeats of their request: none are, unless this is here.

    `key` names requests and seals answers: 32 random bytes in base64, the same on all machines. Left out, the pepper does.
    """

    advice = "`idempotency: {}` for 24 hours, or `{ttl: 1h}`"

    key: SecretRef | None = None
    ttl: Annotated[Duration, Meta(description="How long a repeat gets the same answer.")] = "24h"
    max_answer_bytes: Annotated[int, Meta(ge=1024, le=16 << 20, description="Longer answers are not kept.")] = 1 << 20
    max_mb: Annotated[int, Meta(ge=16, le=65536, description="The most that is kept; the oldest leave first.")] = 256

    def __post_init__(self) -> None:
        if seconds(self.ttl) <= 0:
            raise ValueError("a time longer than zero for ttl")
