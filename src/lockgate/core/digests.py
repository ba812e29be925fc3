"""The hashes of what came and went for one request: what the client sent, what the upstream said, what the client got."""

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lockgate.core.sink import Record


class Digests:
    """Only where somebody asked for them: a hash costs as much as reading the body once more.

    `asked`: the client wants a receipt. `policy` is the hash of the configuration in force. `record` is the outcome, once there
    is one.
    """

    __slots__ = ("asked", "policy", "record", "request", "response", "upstream")

    def __init__(self, policy: str, *, asked: bool) -> None:
        self.policy = policy
        self.asked = asked
        self.request, self.upstream, self.response = hashlib.sha256(), hashlib.sha256(), hashlib.sha256()
        self.record: Record | None = None
