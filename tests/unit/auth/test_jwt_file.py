"""Keys of an issuer in a file: as near as the configuration, and read with it."""

from typing import Any

import pytest

from lockgate.auth.jwt import plugin
from lockgate.auth.jwt.settings import IssuerSettings
from lockgate.core.auth import Authenticator, AuthPorts, Presented
from lockgate.core.problem import Problem
from tests.issuer import member
from tests.tokens import ISSUER, NAMED, NOW, published, token


class _Folder:
    """A file with keys, and a configuration that is built with it again and again."""

    def __init__(self) -> None:
        self.raw: bytes | None = published(*NAMED)
        self.memory: dict[tuple[str, str], Any] = {}

    def read(self, name: str) -> bytes:
        if self.raw is None:
            raise FileNotFoundError(2, "No such file or directory", name)
        return self.raw

    def built(self) -> Authenticator:
        issuer = IssuerSettings("idp", ISSUER, audience=("lockgate",), team="shop", jwks_file="keys.json")
        none: Any = None
        ports = AuthPorts(
            none, member, frozenset(("shop",)), none, self.read, none, none, none, lambda: NOW, self.memory
        )  # fmt: skip
        return plugin(issuers=(issuer,)).build(ports)


async def test_a_reload_takes_what_a_file_of_keys_says_now() -> None:
    folder, presented = _Folder(), Presented("POST", "/", "", (), "bearer", token())
    assert await folder.built().authenticate(presented)

    folder.raw = published(*[key for key in NAMED if key is not NAMED[0]])
    reloaded = folder.built()
    with pytest.raises(Problem, match="signature"):
        await reloaded.authenticate(presented)


@pytest.mark.parametrize("raw", [None, b'{"keys": ['])
async def test_a_file_of_keys_that_is_away_changes_nothing(raw: bytes | None) -> None:
    folder, presented = _Folder(), Presented("POST", "/", "", (), "bearer", token())
    assert await folder.built().authenticate(presented)

    folder.raw = raw

    assert await folder.built().authenticate(presented)
