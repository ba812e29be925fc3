"""Where a Redis or Valkey is, as settings say it. Imports nothing of the client library: it is read by everybody."""

import re
from typing import Annotated
from urllib.parse import urlsplit

from msgspec import Meta

Url = Annotated[
    str,
    Meta(
        pattern=r"^(redis|rediss|unix)://[^@?#\s]+$",
        max_length=1024,
        description="redis://HOST:PORT/DB, rediss:// with TLS, or unix:///PATH; name and password stand beside it.",
    ),
]


def check(url: str) -> None:
    """`ValueError` with advice for what is no address."""
    parts = urlsplit(url)
    if parts.scheme == "unix":
        return
    try:
        known = bool(parts.hostname) and parts.port != 0
    except ValueError:
        known = False
    if not known or not re.fullmatch(r"|/[0-9]{0,4}", parts.path):
        raise ValueError(
            "redis://HOST:PORT/DB, with a port and the number of a database if they are not the usual ones"
        )
