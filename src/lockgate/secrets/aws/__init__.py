"""`{aws: {secret: …}}`: AWS Secrets Manager."""

from collections.abc import Mapping
from typing import Annotated, Literal

from msgspec import Meta, Struct

from lockgate.clouds.command import end
from lockgate.core.secret_source import PathName, PlainRef, SecretSource, Surroundings

Name = Annotated[str, Meta(pattern=r"^[A-Za-z0-9/_+=.@:!-]{1,2048}$", description="A secret's name or ARN.")]
Region = Annotated[str, Meta(pattern=r"^[a-z0-9-]{2,40}$", description="As in eu-central-1.")]
Role = Annotated[str, Meta(pattern=r"^arn:aws[a-z-]*:iam::[0-9]{12}:role/[!-~]{1,512}$", description="A role's ARN.")]
Url = Annotated[str, Meta(pattern=r"^https?://[!-~]+$", max_length=300)]


class AwsRef(Struct, frozen=True, forbid_unknown_fields=True):
    """A secret there, or one field of it. `region` may be left out where the ARN, AWS_REGION or AWS_DEFAULT_REGION says it.

    `identity` is who asks: `keys`, from the settings or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; a `profile` of AWS's
    command line, that of AWS_PROFILE, or `default`; the task's or pod's
    role (`container`); that of the pod's service account (`web_identity`); the machine's (`instance`). `role` is assumed by
    whoever that is, with `external_id` where it asks for one. `endpoint`: another server's URL. `ca`: roots of its own.
    """

    secret: Name
    field: Annotated[str, Meta(min_length=1, max_length=256)] | None = None
    region: Region | None = None
    stage: Annotated[str, Meta(pattern=r"^[A-Za-z0-9_+=,.@:/-]{1,256}$")] = "AWSCURRENT"
    identity: Literal["keys", "profile", "container", "web_identity", "instance"] = "keys"
    profile: Annotated[str, Meta(pattern=r"^[^\x00-\x1f\x7f\]]{1,128}$")] | None = None
    access_key: PlainRef | None = None
    secret_key: PlainRef | None = None
    session_token: PlainRef | None = None
    role: Role | None = None
    external_id: Annotated[str, Meta(pattern=r"^[A-Za-z0-9_+=,.@:/-]{2,1224}$")] | None = None
    endpoint: Url | None = None
    ca: PathName | None = None

    def __post_init__(self) -> None:
        if (self.access_key is None) != (self.secret_key is None):
            raise ValueError("`access_key` and `secret_key` together")
        if self.session_token is not None and self.access_key is None:
            raise ValueError("`session_token` goes with `access_key` and `secret_key`")
        if self.access_key is not None and self.identity != "keys":
            raise ValueError("either keys, or another `identity`")
        if self.profile is not None and self.identity != "profile":
            raise ValueError("a `profile` goes with `identity: profile`")
        if self.external_id is not None and self.role is None:
            raise ValueError("`external_id` goes with a `role`")
        if self.region and (own := region_of(self.secret)) and own != self.region:
            raise ValueError(f"the ARN is of the region {own}, and `region` says another one")


def region_of(secret: str) -> str:
    """As in `arn:aws:secretsmanager:eu-central-1:123456789012:secret:name`; empty for a name."""
    parts = secret.split(":")
    return parts[3] if parts[0] == "arn" and len(parts) > 6 else ""


def _open(ref: AwsRef, around: Surroundings) -> str:
    from lockgate.secrets.aws.client import read  # noqa: PLC0415  only where there are such secrets

    return read(ref, around)


def _asked(ref: AwsRef, environ: Mapping[str, str]) -> str:
    return ref.endpoint or ""


plugin = SecretSource(name="aws", setting=AwsRef, example="{aws: {secret: NAME}}", open=_open, asked=_asked, end=end)
