"""Settings that a running gateway does not take from a file that was read again: the next start does."""

from collections.abc import Sequence

from msgspec import structs

from lockgate.app.settings import Config, ServerSettings

SECTIONS = ("data", "limit_store", "cache_store")
SERVER = ("listen", "admin", "workers", "allowed_hosts", "max_body_bytes")


def waiting(began: Config, now: Config) -> Sequence[str]:
    """The names of those that are others in the file than those with which it began."""
    there = [name for name in SECTIONS if getattr(began, name) != getattr(now, name)]
    if structs.replace(began.audit, hashes=now.audit.hashes) != now.audit:
        there.append("audit")
    there += [f"server.{name}" for name in SERVER if getattr(began.server, name) != getattr(now.server, name)]
    if _patience(now.server) > _patience(began.server):  # what the first process, which reads no file again, allows
        there.append("server.drain_seconds")
    return there


def _patience(server: ServerSettings) -> float:
    return server.drain_delay_seconds + server.drain_seconds
