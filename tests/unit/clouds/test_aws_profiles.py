"""Profiles of AWS's command line: whose keys are meant, which role is assumed with them, and what is refused."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from lockgate.core.secret_source import NoSecret, Surroundings
from lockgate.secrets.aws import AwsRef, plugin
from tests.aws_server import OF_POD, ROLE, manager
from tests.cloud_server import Cloud, cloud

CREDENTIALS = """\
# as `aws configure` writes it
[default]
aws_access_key_id = AKIDGOOD
aws_secret_access_key=canary/secret+key
[poor]
aws_access_key_id = AKIDPOOR
aws_secret_access_key = canary/poor
"""
CONFIG = f"""\
[default]
region = eu-central-1
s3 =
    max_concurrent_requests = 20
[profile reader]
role_arn = {ROLE}
external_id = shop-1
source_profile = default
[profile "further"]
role_arn = {ROLE}
external_id = shop-1
source_profile = reader
[profile itself]
aws_access_key_id = AKIDGOOD
aws_secret_access_key = canary/secret+key
role_arn = {ROLE}
external_id = shop-1
source_profile = itself
[profile environment]
role_arn = {ROLE}
external_id = shop-1
credential_source = Environment
[profile task]
role_arn = {ROLE}
external_id = shop-1
credential_source = EcsContainer
[profile pod]
role_arn = {OF_POD}
role_session_name = pod-1
web_identity_token_file = FOLDER/token
[profile person]
sso_session = corp
[profile command]
credential_process = /bin/cat "FOLDER/its keys"
[profile by command]
role_arn = {ROLE}
external_id = shop-1
source_profile = command
[profile shell]
credential_process = /bin/echo canary; touch FOLDER/ran
[profile failing]
credential_process = /bin/false canary
[profile nowhere]
credential_process = /no/such/canary
[profile open]
credential_process = "canary
[profile second]
role_arn = {ROLE}
mfa_serial = arn:aws:iam::1:mfa/canary
source_profile = default
[profile there]
role_arn = {ROLE}
source_profile = back
[profile back]
role_arn = {ROLE}
source_profile = there
[profile alone]
role_arn = {ROLE}
[sso-session corp]
sso_start_url = https://canary
"""


@pytest.fixture(scope="module")
def aws() -> Iterator[Cloud]:
    with cloud(manager) as one:
        yield one


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws/credentials").write_text(CREDENTIALS)
    (tmp_path / ".aws/config").write_text(CONFIG.replace("FOLDER", str(tmp_path)))
    (tmp_path / "token").write_text("canary.of.pod")
    printed = {"Version": 1, "AccessKeyId": "AKIDGOOD", "SecretAccessKey": "canary/secret+key", "Expiration": "soon"}
    (tmp_path / "its keys").write_bytes(msgspec.json.encode(printed))
    return tmp_path


def opened(aws: Cloud, home: Path, profile: str | None = None, **environ: str) -> tuple[str, set[str]]:
    held: dict[str, str] = {}
    known = {"HOME": str(home), "AWS_ENDPOINT_URL_STS": aws.url, "AWS_REGION": "eu-central-1", **environ}
    around = Surroundings(known, home, str, str, held.__setitem__)
    return plugin.open(AwsRef(secret="shop/openai", identity="profile", profile=profile, endpoint=aws.url), around), {
        *held.values()
    }


KEY, OF_ROLE = "canary/secret+key", {"canary/role&", "canary-role-token=="}


@pytest.mark.parametrize(
    ("profile", "environ", "held"),
    [
        (None, {}, {KEY}),
        (None, {"AWS_REGION": ""}, {KEY}),
        ("reader", {}, {KEY, *OF_ROLE}),
        (None, {"AWS_PROFILE": "reader"}, {KEY, *OF_ROLE}),
        ("further", {}, {KEY, *OF_ROLE}),
        ("itself", {}, {KEY, *OF_ROLE}),
        ("command", {}, {KEY}),
        ("by command", {}, {KEY, *OF_ROLE}),
        ("environment", {"AWS_ACCESS_KEY_ID": "AKIDGOOD", "AWS_SECRET_ACCESS_KEY": KEY}, {KEY, *OF_ROLE}),
        ("pod", {}, {"canary.of.pod", "canary/pod", "canary-pod-token=="}),
    ],
)
def test_a_profile_has_keys_or_a_role(
    aws: Cloud, home: Path, profile: str | None, environ: dict[str, str], held: set[str]
) -> None:
    assert opened(aws, home, profile, **environ) == ("s3cret", held)


def test_a_role_may_be_assumed_by_the_task(aws: Cloud, home: Path) -> None:
    lender = {
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{aws.url}/creds",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN": "task-word",
    }

    assert opened(aws, home, "task", **lender) == ("s3cret", {"canary/lent", "canary//token==", *OF_ROLE})


def test_the_files_may_be_elsewhere(aws: Cloud, home: Path) -> None:
    for name in ("config", "credentials"):
        (home / ".aws" / name).rename(home / name)

    said = {"AWS_CONFIG_FILE": "~/config", "AWS_SHARED_CREDENTIALS_FILE": str(home / "credentials")}
    assert opened(aws, home, "reader", **said)[0] == "s3cret"


@pytest.mark.parametrize(
    ("profile", "found"),
    [
        ("nobody", "no profile 'nobody'"),
        ("person", "signs a person in"),
        ("shell", "does not print keys"),
        ("failing", "does not print keys"),
        ("nowhere", "does not print keys"),
        ("open", "does not print keys"),
        ("second", "second factor"),
        ("there", "is a source of itself"),
        ("alone", "nobody who assumes it"),
        ("environment", "nobody who assumes it"),
        ("poor", "may not be read"),
    ],
)
def test_profiles_that_will_not_do_and_what_to_do(aws: Cloud, home: Path, profile: str, found: str) -> None:
    with pytest.raises(NoSecret) as caught:
        opened(aws, home, profile)

    assert found in caught.value.found
    assert "canary" not in f"{caught.value.found}{caught.value.expected}"
    assert not (home / "ran").exists()


@pytest.mark.parametrize("content", ["no section = canary\n", "[default\n", "[default]\n= canary\n", "[default]\n\xff"])
def test_a_damaged_file_is_not_shown(aws: Cloud, home: Path, content: str) -> None:
    (home / ".aws/credentials").write_bytes(content.encode("latin-1"))

    with pytest.raises(NoSecret) as caught:
        opened(aws, home)

    assert "canary" not in caught.value.found


@pytest.mark.parametrize(
    "settings", [{"profile": "a"}, {"profile": "a]", "identity": "profile"}, {"profile": "", "identity": "profile"}]
)
def test_settings_that_are_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"secret": "a", **settings}, AwsRef)
