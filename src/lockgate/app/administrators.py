"""Who asks the admin listener, and what they may: the administrator's secret, or a client key with a role for it."""

import logging
import time

from lockgate.app.apart import apart
from lockgate.app.client_keys import ClientKeys
from lockgate.app.load import Loaded, load
from lockgate.app.orders import Orders
from lockgate.app.places import policies
from lockgate.app.renewal import secrets_anew, secrets_changed, taken_over
from lockgate.core.here import from_here
from lockgate.core.http import Inbound
from lockgate.core.permission import BUILT_IN, Permissions
from lockgate.core.policy import Policies
from lockgate.core.problem import Kind, Problem
from lockgate.core.store import StoreError
from lockgate.pipeline.authenticate import CARRIERS, Entrance, authenticate, credential
from lockgate.pipeline.authorize import knock, reachable, stand
from lockgate.stores.key_file import admin_secret

log = logging.getLogger("lockgate.admin")

ALL = BUILT_IN["admin"]
NOTHING: Permissions = frozenset()
CREDENTIALS = frozenset(CARRIERS)


class Administrators:
    """`open_to_all`: on a loopback listener whoever asks it from this machine is an administrator, as the documentation
    says. A page in a browser is not, nor is who comes by a proxy under another name, nor a credential that is wrong (S22).
    """

    def __init__(self, orders: Orders, *, open_to_all: bool) -> None:
        self._orders = orders
        self._open = open_to_all
        self._keys = ClientKeys(orders.loaded, orders.pepper)
        self._entrance = Entrance((self._keys.method,))
        self._loaded: Loaded
        self._policies: Policies
        self._put_in_force(orders.loaded)

    @property
    def watches(self) -> bool:
        """The file in force wants to be read again when it changes."""
        return self._loaded.valid.server.watch

    async def reload(self, *, anew: bool = False) -> Loaded:
        """SIGHUP. A file with mistakes changes nothing; the workers say what is wrong with it. What is in force now.

        `anew`: somebody else was here before, and may have had another file than that of the start.

        Apart, for a secret may come from a command or over the network, and whoever asks meanwhile is answered.
        """
        loaded = await apart(load, self._orders.config, self._orders.environ)
        if loaded.problems and anew:
            loaded = await taken_over(self._orders) or loaded
        if not loaded.problems:
            self._put_in_force(loaded)
        return self._loaded

    async def permissions(self, inbound: Inbound) -> Permissions | None:
        """What the caller may here; None for nobody that is known. A key's own policy holds here, too.

        A `Problem` NO_AUTH when it cannot be known who it is.
        """
        if (
            self._open
            and from_here(inbound.headers)
            and not CREDENTIALS.intersection(name for name, _ in inbound.headers)
        ):
            return ALL
        try:
            if self._is_the_administrator(inbound):
                return ALL
            return await self._of_key(inbound)
        except Problem as problem:
            if problem.kind is Kind.NO_AUTH:
                raise
            return NOTHING if problem.kind is Kind.FORBIDDEN else None

    def _is_the_administrator(self, inbound: Inbound) -> bool:
        sent = credential(inbound.headers)
        try:
            return admin_secret.matches(self._orders.loaded.data, sent)
        except StoreError as error:
            log.error("who asks the admin listener cannot be known: %s", error)  # noqa: TRY400  a file's fault, not ours
            raise Problem(Kind.NO_AUTH, "the credential cannot be checked now", source="gateway") from error

    async def _of_key(self, inbound: Inbound) -> Permissions:
        await self._keys.looked()
        if secrets_changed(self._loaded):
            await self._reopen()
        knock(self._policies, inbound.client)
        caller, _ = await authenticate(inbound, self._entrance)
        caller, standing = stand(self._policies, caller)
        reachable(standing, inbound.client, time.time())
        return self._policies.permissions(caller, standing)

    async def _reopen(self) -> None:
        """Secrets as they are now. A reload that came meanwhile knows better."""
        before = self._loaded

        def put(anew: Loaded) -> None:
            if self._loaded is before:
                self._put_in_force(anew)

        left = await secrets_anew(before, self._orders.environ, put)
        if self._loaded is before:
            self._loaded = left

    def _put_in_force(self, loaded: Loaded) -> None:
        self._loaded = loaded
        self._policies = policies(loaded.valid, {})
        self._keys.use(loaded)
