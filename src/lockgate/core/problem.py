"""The one exception of the gateway. Each dialect renders it in its own words."""

import enum
from typing import Literal

from lockgate.core.answer import Usage

Source = Literal["client", "gateway", "upstream"]


class Kind(enum.Enum):
    """What went wrong: the code that clients and records see, and the HTTP status that goes with it."""

    INVALID = ("invalid_request", 400)
    BLOCKED = ("blocked_by_policy", 400)
    UNAUTHENTICATED = ("invalid_api_key", 401)
    AMBIGUOUS = ("ambiguous_credentials", 401)
    QUOTA = ("insufficient_quota", 402)
    FORBIDDEN = ("permission_denied", 403)
    HELD = ("approval_required", 403)
    NO_PRICE = ("price_unknown", 403)
    NO_MODEL = ("model_not_found", 404)
    NOT_FOUND = ("not_found", 404)
    METHOD = ("method_not_allowed", 405)
    SLOW_CLIENT = ("request_timeout", 408)
    IN_PROGRESS = ("idempotency_in_progress", 409)
    TOO_LARGE = ("request_too_large", 413)
    MEDIA_TYPE = ("unsupported_media_type", 415)
    KEY_REUSED = ("idempotency_key_reused", 422)
    TOKENS_FULL = ("tokens_full", 429)
    LIMITED = ("rate_limit_exceeded", 429)
    INTERNAL = ("internal_error", 500)
    UNREACHABLE = ("upstream_unreachable", 502)
    UPSTREAM_RESET = ("upstream_reset", 502)
    BAD_UPSTREAM = ("bad_upstream", 502)
    UPSTREAM_TLS = ("upstream_tls", 502)
    UPSTREAM_ERROR = ("upstream_error", 502)
    LEAK = ("secret_in_response", 502)
    NO_AUDIT = ("audit_unavailable", 503)
    NO_BUDGET = ("budget_unavailable", 503)
    NO_AUTH = ("auth_unavailable", 503)
    NO_TOKENS = ("tokens_unavailable", 503)
    NO_REPEATS = ("idempotency_unavailable", 503)
    DRAINING = ("draining", 503)
    OVERLOADED = ("overloaded", 503)
    UPSTREAM_TIMEOUT = ("upstream_timeout", 504)

    def __init__(self, code: str, status: int) -> None:
        self.code = code
        self.status = status


class Problem(Exception):
    """A request cannot go on. `detail` is shown to the client: never put a secret or a prompt in it.

    `where` is a path like `messages.0.content`; `source` says whose fault it is; `retry_after` is in seconds;
    `status` replaces the kind's own one where an upstream's status has to reach the client; `challenges` are the
    `WWW-Authenticate` values that go with a 401, `allow` what goes with a 405. `written`: the request was on its way to the
    upstream, which may have acted. `final`: the same request can never pass, whatever its kind says of others. `usage` is what
    the upstream counted that said it.
    """

    def __init__(
        self,
        kind: Kind,
        detail: str,
        *,
        where: str = "",
        source: Source = "client",
        retry_after: float | None = None,
        status: int | None = None,
    ) -> None:
        super().__init__(detail)
        self.kind = kind
        self.detail = detail
        self.where = where
        self.source: Source = source
        self.retry_after = retry_after
        self.status = status or kind.status
        self.challenges: tuple[bytes, ...] = ()
        self.allow = b""
        self.written = False
        self.final = False
        self.usage: Usage | None = None

    def again(self) -> "Problem":
        """The same for somebody else: an exception that is raised twice remembers both."""
        problem = Problem(
            self.kind,
            self.detail,
            where=self.where,
            source=self.source,
            retry_after=self.retry_after,
            status=self.status,
        )
        problem.challenges, problem.allow, problem.written = self.challenges, self.allow, self.written
        problem.final = self.final
        return problem
