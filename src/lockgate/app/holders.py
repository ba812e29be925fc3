"""Providers that are asked in the dialect in which they hold things for later, and who may name what they hold."""

from dataclasses import replace

from lockgate.app.load import Loaded
from lockgate.app.settings.providers import ResponsesSettings
from lockgate.app.upstreams import Provided
from lockgate.core.exchange import Upstream
from lockgate.core.holder import Holder, account
from lockgate.core.key_digest import Pepper
from lockgate.stores.secret_file.master_key import master_keys


def holding(provided: Provided, loaded: Loaded, pepper: Pepper) -> Provided:
    """Each credential is an account of its own: what one holds, the others may not know."""
    settings = provided.settings.responses
    if settings is None:
        return provided
    key = pepper if settings.key is None else Pepper(master_keys(loaded.secrets[settings.key].reveal())[0].key)
    upstreams = [_holds(upstream, number, settings, key) for number, upstream in enumerate(provided.upstreams)]
    return replace(provided, upstreams=tuple(upstreams))


def _holds(upstream: Upstream, number: int, settings: ResponsesSettings, key: Pepper) -> Upstream:
    """By its number: the account stays when its credential is replaced by a new one."""
    provider, origin = upstream.provider, upstream.origin
    assert provider.responses is not None
    place = f"{upstream.name}#{number} {origin.scheme}://{origin.host}:{origin.port}{upstream.base_path}"
    holder = Holder(key, account(place), settings.scope, frozenset(settings.shared))
    services = (*provider.services, provider.responses)
    return replace(upstream, holder=holder, provider=replace(provider, services=services))
