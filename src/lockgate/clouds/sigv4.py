"""AWS Signature Version 4 for one request whose body is known: who asks, when, for what."""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import quote

from msgspec import Struct

from lockgate.core.secret import Secret

ALGORITHM = "AWS4-HMAC-SHA256"
HASHED = frozenset(("s3",))
"""Services that want the hash of the body in a header, too."""


class Account(Struct, frozen=True):
    """Who asks, and where. `token` goes with keys that are lent for a while."""

    access_key: str
    secret_key: Secret
    region: str
    token: Secret | None = None


def path(*parts: str) -> str:
    """A path of these names, encoded as it is signed and sent: unreserved characters and slashes stay."""
    return "/" + "/".join(quote(part, safe="/-._~") for part in parts if part)


def signed(
    account: Account,
    service: str,
    method: str,
    target: str,
    headers: Mapping[str, str],
    *,
    body: bytes,
    at: float,
    query: str = "",
) -> dict[str, str]:
    """All headers of the request: those given (the host among them), the date, what the service wants, the signature.

    `target` is a path; a `query` is given as it is sent, its names in order and encoded.
    """
    when = datetime.fromtimestamp(at, UTC).strftime("%Y%m%dT%H%M%SZ")
    digest = hashlib.sha256(body).hexdigest()
    whole = {**headers, "x-amz-date": when}
    if service in HASHED:
        whole["x-amz-content-sha256"] = digest
    if account.token is not None:
        whole["x-amz-security-token"] = account.token.reveal()
    names = ";".join(sorted(whole))
    lines = "".join(f"{name}:{whole[name].strip()}\n" for name in sorted(whole))
    canonical = f"{method}\n{target}\n{query}\n{lines}\n{names}\n{digest}"
    scope = f"{when[:8]}/{account.region}/{service}/aws4_request"
    text = f"{ALGORITHM}\n{when}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    key = _key(account, when[:8], service)
    signature = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
    credential = f"Credential={account.access_key}/{scope}"
    return {**whole, "authorization": f"{ALGORITHM} {credential}, SignedHeaders={names}, Signature={signature}"}


def _key(account: Account, day: str, service: str) -> bytes:
    key = b"AWS4" + account.secret_key.reveal().encode()
    for part in (day, account.region, service, "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return key
