"""Providers of a configuration as upstreams: one for each credential, without a model yet."""

from dataclasses import dataclass, replace

from msgspec import structs

from lockgate.app import address
from lockgate.app.header_rules import sources
from lockgate.app.load import Loaded
from lockgate.app.settings import ProviderSettings
from lockgate.app.trust import trust
from lockgate.core.duration import seconds
from lockgate.core.exchange import Upstream
from lockgate.core.http import Origin
from lockgate.core.provider import Provider
from lockgate.core.versions import Versions


@dataclass(frozen=True, slots=True)
class Provided:
    """A provider: its settings, and an upstream for each of its credentials, all at the same address."""

    settings: ProviderSettings
    upstreams: tuple[Upstream, ...]

    @property
    def origin(self) -> Origin:
        return self.upstreams[0].origin


def provided(name: str, settings: ProviderSettings, provider: Provider, loaded: Loaded, demo_port: int) -> Provided:
    if provider.builtin:
        origin, path = Origin("http", "127.0.0.1", demo_port, literal=True), ""
    else:
        origin, path = address.upstream(settings.base_url or provider.base_url, allow_private=settings.allow_private)
    origin = structs.replace(origin, trust=trust(settings.tls, loaded.folder))
    credential = None if settings.api_key is None else loaded.secrets[settings.api_key]
    spare = None if settings.next_api_key is None else loaded.secrets[settings.next_api_key]
    versions = Versions(credential, spare) if credential and spare and credential != spare else None
    timeouts, region = settings.timeouts.build(), settings.region or ""
    added = sources(settings.headers) or None
    first = Upstream(
        name, provider, origin, path, credential, timeouts=timeouts, region=region, add=added, versions=versions
    )
    most, longest = settings.max_response_bytes, seconds(settings.max_stream_duration or "0s")
    first = replace(first, max_bytes=most, max_stream=longest)
    several = tuple(replace(first, credential=loaded.secrets[ref]) for ref in settings.api_keys)
    return Provided(settings, several or (first,))
