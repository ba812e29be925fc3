"""A workload on AWS that Google knows: its token is a request to AWS that it signed, and that Google sends (`environment_id: aws1`)."""

import time
from urllib.parse import quote, urlsplit

import msgspec
from msgspec import Struct

from lockgate.clouds.sigv4 import Account, signed
from lockgate.clouds.web import NO_DOCUMENT, Silent, Told, ask
from lockgate.core.secret import Secret
from lockgate.core.secret_source import Surroundings

VERSION = "aws1"
ASKED = "Action=GetCallerIdentity&Version=2011-06-15"
_TTL = {"x-aws-ec2-metadata-token-ttl-seconds": "60"}


class Places(Struct, frozen=True):
    """Where the machine's metadata service says what the environment does not, as the credential configuration has it."""

    region: str
    keys: str
    session: str
    verification: str


class _Keys(Struct, rename="pascal"):
    access_key_id: str
    secret_access_key: str
    token: str = ""


def subject(places: Places, audience: str, around: Surroundings) -> str:
    """The signed request, as Google's Security Token Service reads it. Raises `Silent`."""
    session = {"x-aws-ec2-metadata-token": ""} if places.session else {}  # asked for when it is needed
    account = _account(places, _region(places, session, around), session, around)
    url = places.verification.replace("{region}", account.region)
    parts = urlsplit(url)
    if parts.scheme != "https" or parts.query != ASKED or not (parts.hostname or "").endswith(_ENDS):
        raise Silent("its `regional_cred_verification_url` is not AWS's")
    given = {"host": parts.hostname or "", "x-goog-cloud-target-resource": audience}
    made = signed(account, "sts", "POST", parts.path or "/", given, body=b"", at=time.time(), query=parts.query)
    headers = [{"key": key, "value": made[key]} for key in sorted(made)]
    return quote(msgspec.json.encode({"headers": headers, "method": "POST", "url": url}), safe="")


_ENDS = (".amazonaws.com", ".amazonaws.com.cn")


def _asked(url: str, places: Places, session: dict[str, str]) -> str:
    if not url:
        raise Silent("neither the environment nor its `credential_source` says AWS's keys and region")
    if session.get("x-aws-ec2-metadata-token") == "":
        session["x-aws-ec2-metadata-token"] = _text(ask("PUT", places.session, _TTL, b""))
    return _text(ask("GET", url, session))


def _text(told: Told) -> str:
    if told.status != 200:
        raise Silent(f"AWS's metadata service answered with status {told.status}")
    return told.body.decode("latin-1").strip()


def _region(places: Places, session: dict[str, str], around: Surroundings) -> str:
    environ = around.environ
    found = environ.get("AWS_REGION") or environ.get("AWS_DEFAULT_REGION")
    return found or _asked(places.region, places, session)[:-1]  # a zone, as in eu-central-1a


def _account(places: Places, region: str, session: dict[str, str], around: Surroundings) -> Account:
    names = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
    access, secret, token = (around.environ.get(name, "") for name in names)
    if not (access and secret):
        role = _asked(places.keys, places, session)
        try:
            keys = msgspec.json.decode(_asked(f"{places.keys}/{quote(role, safe='')}", places, session), type=_Keys)
        except NO_DOCUMENT:
            raise Silent("AWS's metadata service lends no keys") from None
        access, secret, token = keys.access_key_id, keys.secret_access_key, keys.token
    around.hold(f"aws secret key of {access}", secret)
    if token:
        around.hold(f"aws session token of {access}", token)
    return Account(access, Secret(secret), region, Secret(token) if token else None)
