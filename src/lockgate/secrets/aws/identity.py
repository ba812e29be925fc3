"""Who asks AWS: keys of the configuration or the environment, or keys that the task, the pod or the machine lends, or a role."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from lockgate.clouds.sigv4 import Account
from lockgate.clouds.web import Silent, Told, ask
from lockgate.core.secret import Secret
from lockgate.core.secret_source import NoSecret, PlainRef, Surroundings
from lockgate.secrets.aws import region_of
from lockgate.secrets.aws.roles import Lent, Service, assumed, of_cluster, service

if TYPE_CHECKING:
    from lockgate.secrets.aws import AwsRef

TASKS = "http://169.254.170.2"
LENDERS = frozenset(("127.0.0.1", "::1", "localhost", "169.254.170.2", "169.254.170.23", "fd00:ec2::23"))
"""Who may be asked for a container's keys without TLS, as AWS's own clients have it."""
MACHINE = "http://169.254.169.254"
ROLES = "/latest/meta-data/iam/security-credentials/"


def account(ref: "AwsRef", around: Surroundings) -> Account:
    """Raises `Silent`, and `NoSecret` where something is not set."""
    environ = around.environ
    region = ref.region or region_of(ref.secret) or environ.get("AWS_REGION") or environ.get("AWS_DEFAULT_REGION") or ""
    if not region:
        raise NoSecret(
            f"{ref.secret} in AWS Secrets Manager, whose region is not known", "`region`, an ARN, or AWS_REGION"
        )
    at = service(region, environ, around.folder / ref.ca if ref.ca else None)
    found = _account(_lent(ref, around, at), region, around)
    if ref.role is None:
        return found
    return _account(assumed(at, ref.role, ref.external_id, found), region, around)


def _lent(ref: "AwsRef", around: Surroundings, at: Service) -> Lent:
    if ref.identity == "keys":
        return _keys(ref, around)
    if ref.identity == "container":
        return _container(around.environ)
    return of_cluster(at, around) if ref.identity == "web_identity" else _instance(around.environ)


def _account(lent: Lent, region: str, around: Surroundings) -> Account:
    around.hold(f"aws secret key of {lent.access_key_id}", lent.secret_access_key)
    if lent.token:
        around.hold(f"aws session token of {lent.access_key_id}", lent.token)
    token = Secret(lent.token) if lent.token else None
    return Account(lent.access_key_id, Secret(lent.secret_access_key), region, token)


def _keys(ref: "AwsRef", around: Surroundings) -> Lent:
    access = around.plain(ref.access_key or PlainRef(env="AWS_ACCESS_KEY_ID"))
    secret = around.plain(ref.secret_key or PlainRef(env="AWS_SECRET_ACCESS_KEY"))
    if ref.session_token is not None:
        token = around.plain(ref.session_token)
    else:
        token = "" if ref.access_key is not None else around.environ.get("AWS_SESSION_TOKEN", "")
    return Lent(access, secret, token)


def _container(environ: Mapping[str, str]) -> Lent:
    """ECS, Fargate and EKS Pod Identity say where, and with which word, in the environment."""
    relative, full = (
        environ.get("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"),
        environ.get("AWS_CONTAINER_CREDENTIALS_FULL_URI"),
    )
    if relative:
        url = TASKS + relative
    elif full and _lends(full):
        url = full
    else:
        raise Silent("the container has no role: AWS_CONTAINER_CREDENTIALS_… is not set, or is no address of a lender")
    headers = {"authorization": word} if (word := _word(environ)) else {}
    return _read(ask("GET", url, headers), "the container's role").read(Lent)


def _lends(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LENDERS)


def _word(environ: Mapping[str, str]) -> str:
    if name := environ.get("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"):
        try:
            return Path(name).read_text().strip()
        except (OSError, UnicodeDecodeError):
            raise Silent("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE cannot be read") from None
    return environ.get("AWS_CONTAINER_AUTHORIZATION_TOKEN", "")


def _instance(environ: Mapping[str, str]) -> Lent:
    """The second version of the metadata service: nothing without a token."""
    service = environ.get("AWS_EC2_METADATA_SERVICE_ENDPOINT", MACHINE).rstrip("/")
    ttl = {"x-aws-ec2-metadata-token-ttl-seconds": "60"}
    token = _read(ask("PUT", f"{service}/latest/api/token", ttl, b""), "the metadata service").body.decode("latin-1")
    headers = {"x-aws-ec2-metadata-token": token}
    roles = _read(ask("GET", service + ROLES, headers), "the machine's role").body.decode("latin-1").split()
    if not roles or "/" in roles[0]:
        raise Silent("the machine has no role")
    return _read(ask("GET", f"{service}{ROLES}{roles[0]}", headers), "the machine's role").read(Lent)


def _read(told: Told, what: str) -> Told:
    if told.status != 200:
        raise Silent(f"{what} is not to be had: status {told.status}")
    return told
