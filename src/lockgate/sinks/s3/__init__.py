"""The sink `s3`: each batch an object in a bucket of S3, or of what speaks its protocol."""

from typing import Annotated, ClassVar, Literal

from msgspec import Meta

from lockgate.clouds.sigv4 import Account
from lockgate.core.address import upstream
from lockgate.core.duration import Duration, seconds
from lockgate.core.http import Timeouts
from lockgate.core.secret_ref import SecretRef
from lockgate.core.sink import Place, Sink, SinkConfig
from lockgate.sinks.s3.sink import Bucket, Objects

_BUCKET = r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$"


class plugin(SinkConfig, frozen=True, tag="s3"):
    """The bucket, and who may write into it."""

    status: ClassVar[Literal["stable", "experimental"]] = "experimental"

    bucket: Annotated[str, Meta(pattern=_BUCKET, description="The bucket's name.")]
    access_key: SecretRef
    secret_key: SecretRef
    region: Annotated[str, Meta(pattern=r"^[a-z0-9-]{2,40}$", description="As in eu-central-1.")] = "us-east-1"
    prefix: Annotated[
        str, Meta(pattern=r"^[A-Za-z0-9/_.-]{0,200}$", description="What the objects' names begin with.")
    ] = "lockgate/"
    endpoint: Annotated[
        str, Meta(max_length=300, description="Another server's URL; the bucket is in its paths then.")
    ] = ""
    allow_private: bool = False
    timeout: Duration = "10s"

    def check(self) -> None:
        upstream(self._url)
        if not 0.01 <= seconds(self.timeout) <= 60:
            raise ValueError("`timeout` is between 10ms and 60s")

    def build(self, place: Place) -> Sink:
        origin, base = upstream(self._url, allow_private=self.allow_private)
        root = (base, self.bucket) if self.endpoint else (base,)
        account = Account(place.secret(self.access_key).reveal(), place.secret(self.secret_key), self.region)
        patience = seconds(self.timeout)
        bucket = Bucket(origin, root, self.prefix, account, Timeouts(patience, patience, patience, patience))
        return Objects(bucket, place)

    @property
    def _url(self) -> str:
        return self.endpoint or f"https://{self.bucket}.s3.{self.region}.amazonaws.com"
