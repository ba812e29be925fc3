"""Asks Amazon Bedrock Guardrails (ApplyGuardrail) what a guardrail of the account says of a text."""

from typing import Annotated, ClassVar, Literal

from msgspec import Meta

from lockgate.core.remote_guard import GuardPorts, RemoteGuard, RemoteGuardConfig
from lockgate.core.secret_ref import SecretRef


class plugin(RemoteGuardConfig, frozen=True, tag="bedrock_guardrails"):
    """The guardrail, and who may ask it."""

    status: ClassVar[Literal["stable", "experimental"]] = "experimental"
    posture: ClassVar[Literal["client", "upstream", "both", "neither"]] = "both"

    guardrail: Annotated[str, Meta(pattern=r"^[a-z0-9]{1,64}$", description="Its id, not its ARN.")]
    region: Annotated[str, Meta(pattern=r"^[a-z0-9-]{2,40}$", description="As in eu-central-1.")]
    access_key: SecretRef
    secret_key: SecretRef
    session_token: SecretRef | None = None
    version: Annotated[str, Meta(pattern=r"^([1-9][0-9]{0,7}|DRAFT)$", description="A number, or DRAFT.")] = "DRAFT"
    url: Annotated[str, Meta(max_length=2048, description="Another endpoint, as of a VPC.")] = ""

    @property
    def address(self) -> str:
        return self.url or f"https://bedrock-runtime.{self.region}.amazonaws.com"

    def connect(self, ports: GuardPorts) -> RemoteGuard:
        from lockgate.guards.bedrock_guardrails.asking import Bedrock  # noqa: PLC0415  only where it is configured

        return Bedrock(self, ports)
