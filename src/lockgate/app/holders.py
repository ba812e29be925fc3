"""Who may name what a provider holds. And providers that are asked in the dialect in which they hold answers for later."""

from dataclasses import replace

from lockgate.app.load import Loaded
from lockgate.app.settings.providers import HeldSettings
from lockgate.app.upstreams import Provided
from lockgate.core.exchange import Upstream
from lockgate.core.holder import Holder, account
from lockgate.core.key_digest import Pepper
from lockgate.stores.secret_file.master_key import master_keys


def holding(provided: Provided, loaded: Loaded, pepper: Pepper) -> Provided:
    """Each credential is an account of its own: what one holds, the others may not know."""
    held = provided.settings.held
    key = pepper if held.key is None else Pepper(master_keys(loaded.secrets[held.key].reveal())[0].key)
    upstreams = [_holds(upstream, number, held, key) for number, upstream in enumerate(provided.upstreams)]
    if provided.settings.responses is not None:
        upstreams = [_responds(upstream) for upstream in upstreams]
    return replace(provided, upstreams=tuple(upstreams))


def _holds(upstream: Upstream, number: int, held: HeldSettings, key: Pepper) -> Upstream:
    """By its number: the account stays when its credential is replaced by a new one."""
    origin = upstream.origin
    place = f"{upstream.name}#{number} {origin.scheme}://{origin.host}:{origin.port}{upstream.base_path}"
    return replace(upstream, holder=Holder(key, account(place), held.scope, frozenset(held.shared)))


def _responds(upstream: Upstream) -> Upstream:
    provider = upstream.provider
    assert provider.responses is not None
    return replace(upstream, provider=replace(provider, services=(*provider.services, provider.responses)))
