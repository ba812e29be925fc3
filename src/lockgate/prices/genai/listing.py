"""The file that the list is kept in: its form, its name, and how it is written and read."""

from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import msgspec
from msgspec import Raw, Struct

from lockgate.core.price_list import PriceListError, Quotes

FORM = 1
"""Goes up when the form of the file changes: an older one is made anew."""


class Listed(Struct, frozen=True, array_like=True):
    """A model: which names mean it (a clause, see `matching`), and its prices."""

    id: str
    match: list[object]
    quotes: Quotes


class Maker(Struct, frozen=True):
    """A provider: its models, and the providers whose models it serves, too."""

    models: list[Listed]
    others: list[str] = []


class Listing(Struct, frozen=True):
    """The whole list. Providers stay encoded until somebody asks for one."""

    form: int
    version: str
    providers: dict[str, Raw]


_listing = msgspec.json.Decoder(Listing)
_maker = msgspec.json.Decoder(Maker)


def place(folder: Path) -> Path:
    return folder / f"genai-{installed()}-{FORM}.json"


def installed() -> str:
    try:
        return version("genai-prices")
    except PackageNotFoundError as error:
        raise PriceListError("the package genai-prices is not installed") from error


def read(folder: Path) -> Listing:
    path = place(folder)
    try:
        listing = _listing.decode(path.read_bytes())
    except (OSError, ValueError) as error:
        raise PriceListError(f"{path} cannot be read: {error}") from error
    if (listing.form, listing.version) != (FORM, installed()):
        raise PriceListError(f"{path} is of another version")
    return listing


def maker(listing: Listing, provider: str) -> Maker | None:
    """A provider of the list, if it is there."""
    raw = listing.providers.get(provider)
    if raw is None:
        return None
    try:
        return _maker.decode(raw)
    except ValueError as error:
        raise PriceListError(f"the prices of {provider} cannot be read: {error}") from error
