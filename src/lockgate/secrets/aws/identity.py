"""Who asks AWS: keys of the configuration, the environment or a profile, or that the task, pod or machine lends, or a role."""

from typing import TYPE_CHECKING

from lockgate.clouds.sigv4 import Account
from lockgate.core.secret_source import NoSecret, PlainRef, Surroundings
from lockgate.secrets.aws import region_of
from lockgate.secrets.aws.lenders import container, instance
from lockgate.secrets.aws.profiles import Profiles, lent_by
from lockgate.secrets.aws.roles import Lent, Service, assumed, held, of_cluster, service

if TYPE_CHECKING:
    from lockgate.secrets.aws import AwsRef


def account(ref: "AwsRef", around: Surroundings) -> Account:
    """Raises `Silent`, and `NoSecret` where something is not set."""
    environ = around.environ
    profiles = Profiles(environ, ref.profile) if ref.identity == "profile" else None
    region = ref.region or region_of(ref.secret) or environ.get("AWS_REGION") or environ.get("AWS_DEFAULT_REGION") or ""
    region = region or (profiles.region if profiles is not None else "")
    if not region:
        raise NoSecret(
            f"{ref.secret} in AWS Secrets Manager, whose region is not known", "`region`, an ARN, or AWS_REGION"
        )
    at = service(region, environ, around.folder / ref.ca if ref.ca else None)
    lent = _lent(ref, around, at) if profiles is None else lent_by(profiles, at, around)
    found = held(lent, region, around)
    if ref.role is None:
        return found
    return held(assumed(at, ref.role, ref.external_id, found), region, around)


def _lent(ref: "AwsRef", around: Surroundings, at: Service) -> Lent:
    if ref.identity == "keys":
        return _keys(ref, around)
    if ref.identity == "container":
        return container(around.environ)
    return of_cluster(at, around) if ref.identity == "web_identity" else instance(around.environ)


def _keys(ref: "AwsRef", around: Surroundings) -> Lent:
    access = around.plain(ref.access_key or PlainRef(env="AWS_ACCESS_KEY_ID"))
    secret = around.plain(ref.secret_key or PlainRef(env="AWS_SECRET_ACCESS_KEY"))
    if ref.session_token is not None:
        token = around.plain(ref.session_token)
    else:
        token = "" if ref.access_key is not None else around.environ.get("AWS_SESSION_TOKEN", "")
    return Lent(access, secret, token)
