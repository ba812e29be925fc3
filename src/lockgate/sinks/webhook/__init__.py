"""The sink `webhook`: lines posted to an address that confirms them."""

from typing import Annotated, ClassVar, Literal

from msgspec import Meta

from lockgate.core.address import upstream
from lockgate.core.duration import Duration, seconds
from lockgate.core.http import Headers, Outbound, Timeouts
from lockgate.core.problem import Problem
from lockgate.core.secret_ref import SecretRef
from lockgate.core.sink import Event, Place, Post, Sink, SinkConfig, SinkError, Tail


class plugin(SinkConfig, frozen=True, tag="webhook"):
    """Where lines are posted, and with which credential."""

    status: ClassVar[Literal["stable", "experimental"]] = "stable"

    url: Annotated[str, Meta(min_length=1, max_length=2048, description="Takes a POST of JSON lines.")]
    token: SecretRef | None = None
    allow_private: bool = False
    timeout: Duration = "5s"

    def check(self) -> None:
        upstream(self.url)
        if not 0.01 <= seconds(self.timeout) <= 60:
            raise ValueError("`timeout` is between 10ms and 60s")

    def build(self, place: Place) -> Sink:
        origin, path = upstream(self.url, allow_private=self.allow_private)
        headers: Headers = ((b"content-type", b"application/x-ndjson"),)
        if self.token is not None:
            headers += ((b"authorization", b"Bearer " + place.secret(self.token).reveal().encode()),)
        patience = seconds(self.timeout)
        times = Timeouts(patience, patience, patience, patience)
        return Webhook(Outbound(origin, "POST", path or "/", headers, b"", times, max_bytes=64 * 1024), place.post)


class Webhook:
    """A batch counts as written when the answer is 2xx."""

    def __init__(self, request: Outbound, post: Post) -> None:
        self._request = request
        self._post = post

    def recover(self) -> Tail:
        return Tail()

    def write(self, lines: bytes) -> tuple[Event, ...]:
        asked = self._request
        outbound = Outbound(
            asked.origin, asked.method, asked.target, asked.headers, lines, asked.timeouts, asked.max_bytes
        )
        try:
            status = self._post(outbound)
        except Problem as problem:
            raise SinkError(f"webhook {asked.origin.host}: {problem.kind.code}") from problem
        except TimeoutError as error:
            raise SinkError(f"webhook {asked.origin.host}: it is too slow") from error
        if not 200 <= status < 300:
            raise SinkError(f"webhook {asked.origin.host}: it answered {status}")
        return ()

    def release(self) -> None:
        pass

    def close(self) -> None:
        pass
