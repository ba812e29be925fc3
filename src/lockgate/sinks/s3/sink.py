"""Puts each batch as one object; its name is the writer and the number of its first line, so that doing it twice is doing it once."""

import re

from msgspec import Struct

from lockgate.clouds.sigv4 import Account, path, signed
from lockgate.core.http import Headers, Origin, Outbound, Timeouts
from lockgate.core.problem import Problem
from lockgate.core.sink import Event, Place, SinkError, Tail

_FIRST = re.compile(rb'\{"seq":([0-9]{1,19}),')
_PORTS = {"http": 80, "https": 443}


class Bucket(Struct, frozen=True):
    """Where objects go: `root` are the parts of the path before their names."""

    origin: Origin
    root: tuple[str, ...]
    prefix: str
    account: Account
    times: Timeouts


class Objects:
    """A batch counts as written when the answer is 2xx: S3 has it on several disks then."""

    def __init__(self, bucket: Bucket, place: Place) -> None:
        self._bucket = bucket
        self._place = place

    def recover(self) -> Tail:
        return Tail()

    def write(self, lines: bytes) -> tuple[Event, ...]:
        bucket, host = self._bucket, self._bucket.origin.host
        try:
            status = self._place.post(self._request(lines))
        except Problem as problem:
            raise SinkError(f"s3 {host}: {problem.kind.code}") from problem
        except TimeoutError as error:
            raise SinkError(f"s3 {host}: it is too slow") from error
        if not 200 <= status < 300:
            raise SinkError(f"s3 {host}: it answered {status} to {bucket.account.region}/{bucket.prefix}")
        return ()

    def release(self) -> None:
        pass

    def close(self) -> None:
        pass

    def _request(self, lines: bytes) -> Outbound:
        bucket = self._bucket
        first = _FIRST.match(lines)
        name = f"{self._place.writer}/{int(first[1]) if first else 0:019d}.jsonl"
        target = path(*(part.strip("/") for part in bucket.root), bucket.prefix + name)
        given = {"host": _host(bucket.origin), "content-type": "application/x-ndjson"}
        whole = signed(bucket.account, "s3", "PUT", target, given, body=lines, at=self._place.now())
        headers: Headers = tuple((key.encode(), value.encode()) for key, value in whole.items() if key != "host")
        return Outbound(bucket.origin, "PUT", target, headers, lines, bucket.times, max_bytes=64 * 1024)


def _host(origin: Origin) -> str:
    """As the transport says it."""
    host = f"[{origin.host}]" if ":" in origin.host else origin.host
    return host if origin.port == _PORTS[origin.scheme] else f"{host}:{origin.port}"
