"""What a file that was read again says of the next start alone."""

import pytest
from msgspec.structs import replace

from lockgate.app.next_start import waiting
from lockgate.app.settings import AuditSettings, Config, ServerSettings

BEGAN = Config(version=1)


@pytest.mark.parametrize(
    ("now", "said"),
    [
        (Config(version=1), []),
        (replace(BEGAN, server=ServerSettings(max_body_bytes=1024)), ["server.max_body_bytes"]),
        (replace(BEGAN, server=ServerSettings(drain_seconds=31)), ["server.drain_seconds"]),
        (replace(BEGAN, server=ServerSettings(workers=3, drain_seconds=5)), ["server.workers"]),
        (replace(BEGAN, server=ServerSettings(listen="127.0.0.1:1"), data="./other"), ["data", "server.listen"]),
        (replace(BEGAN, audit=AuditSettings(hashes=True)), []),
        (replace(BEGAN, audit=AuditSettings(durability="batched", hashes=True)), ["audit"]),
    ],
    ids=["nothing", "bodies", "longer drain", "workers", "places", "hashes", "audit"],
)
def test_what_waits_for_the_next_start_is_named(now: Config, said: list[str]) -> None:
    assert list(waiting(BEGAN, now)) == said
