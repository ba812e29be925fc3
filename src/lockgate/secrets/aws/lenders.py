"""Who lends keys to a task, a pod or a machine of AWS, and how they are asked."""

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from lockgate.clouds.web import Silent, Told, ask
from lockgate.secrets.aws.roles import Lent

TASKS = "http://169.254.170.2"
LENDERS = frozenset(("127.0.0.1", "::1", "localhost", "169.254.170.2", "169.254.170.23", "fd00:ec2::23"))
"""Who may be asked for a container's keys without TLS, as AWS's own clients have it."""
MACHINE = "http://169.254.169.254"
ROLES = "/latest/meta-data/iam/security-credentials/"


def container(environ: Mapping[str, str]) -> Lent:
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


def instance(environ: Mapping[str, str]) -> Lent:
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
