"""What a worker keeps from one configuration to the next: limits, nonces, answers, tokens. Opened when something asks for it."""

from collections.abc import Callable, Mapping

from lockgate.app.build import Memories
from lockgate.app.cache_keeper import CacheKeeper
from lockgate.app.limit_keeper import LimitKeeper
from lockgate.app.load import Loaded
from lockgate.app.nonce_keeper import NonceKeeper
from lockgate.app.orders import Orders
from lockgate.app.prices import Target
from lockgate.app.repeat_keeper import RepeatKeeper
from lockgate.app.token_keeper import TokenKeeper
from lockgate.core.alert import Alert
from lockgate.core.limit_store import Place
from lockgate.core.price_list import Quotes
from lockgate.core.secret import Secret
from lockgate.core.secret_ref import SecretRef
from lockgate.stores.approvals import ApprovalFiles


class Keepers:
    """One of each. What a changed configuration says of where they are is for the next start."""

    def __init__(self, orders: Orders, tell: Callable[[Alert], None]) -> None:
        data = orders.loaded.data
        self._secrets: dict[SecretRef, Secret] = dict(orders.loaded.secrets)
        self.limits = LimitKeeper(data, orders.workers, tell)
        self.shared = shared = orders.loaded.valid.limit_store, Place(data, "", secrets=self._secrets)
        """The store that machines may share, and what it is opened with."""
        self.nonces = NonceKeeper(*shared)
        self._cache = CacheKeeper(data, orders.pepper)
        self._repeats = RepeatKeeper(*shared, orders.pepper)
        self._tokens = TokenKeeper(data)
        self._approvals = ApprovalFiles(data, orders.pepper)
        if orders.now is not None:  # those who were there opened what the start named, and then read the file again
            self.memories(orders.loaded, {})

    def memories(self, loaded: Loaded, quotes: Mapping[Target, Quotes]) -> Memories:
        """What a gateway with this configuration is built with. Raises `StoreError`."""
        self._secrets.clear()
        self._secrets.update(loaded.secrets)  # the same object: who connects again has them as they are
        config, secrets = loaded.valid, self._secrets
        answers, tokens = self._cache.answers(config, secrets), self._tokens.tokens(config, secrets)
        admission, flights = self.limits.admission(config, secrets), self._repeats.flights(config)
        held = self._approvals if any(flow.action == "hold" for flow in config.flows) else None
        return Memories(quotes, admission, answers, tokens, flights, held)

    async def aclose(self) -> None:
        await self.limits.aclose()
        await self._cache.aclose()
        await self._tokens.aclose()
        await self.nonces.aclose()
        await self._repeats.aclose()
        self._approvals.close()
