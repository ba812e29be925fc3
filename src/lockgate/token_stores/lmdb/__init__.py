"""Tokens of one machine, in a file that its processes share: no server, nothing to set up."""

from typing import ClassVar, Literal

from lockgate.core.tokens import TokenPlace, TokenStore, TokenStoreConfig

FOLDER = "tokens"
"""Under the data folder."""


class plugin(TokenStoreConfig, frozen=True, tag="lmdb"):
    """A file under the data folder. The default."""

    status: ClassVar[Literal["stable", "experimental"]] = "stable"

    def build(self, place: TokenPlace) -> TokenStore:
        from lockgate.token_stores.lmdb.store import LmdbTokens  # noqa: PLC0415  only a gateway that has tokens needs it

        return LmdbTokens(place.folder / FOLDER, place.now)
