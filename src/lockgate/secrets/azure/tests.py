"""Azure Key Vault over real sockets, played by a server of ours."""

import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import trustme

from lockgate.core.secret_source import NoSecret, PlainRef, Surroundings
from lockgate.secrets.azure import AzureRef, plugin
from lockgate.secrets.azure.clouds import cloud_of
from tests.cloud_server import Cloud, cloud
from tests.vault_server import BEARER, OLD, azure


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("azure")
    (made / "pod").write_text("canary.of.pod\n")
    return made


@pytest.fixture(scope="module", params=["http", "https"])
def vault(request: pytest.FixtureRequest, folder: Path) -> Iterator[Cloud]:
    authority, context = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    with cloud(azure, context if request.param == "https" else None) as one:
        yield one


APP = {"AZURE_TENANT_ID": "tenant-1", "AZURE_CLIENT_ID": "app-1", "AZURE_CLIENT_SECRET": "canary~secret"}
HELD = {"azure client secret of app-1": "canary~secret", "azure access token": BEARER}


def opened(vault: Cloud, folder: Path, environ: dict[str, str], **settings: Any) -> tuple[str, dict[str, str]]:
    held: dict[str, str] = {}
    known = {"AZURE_AUTHORITY_HOST": vault.url, "OLD": "old-canary", "BAD": "bad-canary", **environ}
    around = Surroundings(known, folder, str, lambda ref: known[ref.env or ""], held.__setitem__)
    return plugin.open(AzureRef(vault=vault.url, ca="ca.pem", **settings), around), held


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        ({"secret": "openai"}, "s3cret"),
        ({"secret": "openai", "version": OLD}, "older"),
        ({"secret": "pair", "field": "password"}, "p4ss"),
    ],
)
def test_a_secret_is_read_with_an_applications_token(
    vault: Cloud, folder: Path, settings: dict[str, str], text: str
) -> None:
    assert opened(vault, folder, APP, **settings) == (text, HELD)


def test_all_of_it_may_be_in_the_settings(vault: Cloud, folder: Path) -> None:
    client = {"tenant": "tenant-1", "client_id": "app-1", "client_secret": PlainRef(env="SECRET")}

    assert opened(vault, folder, {"SECRET": "canary~secret"}, secret="openai", **client)[0] == "s3cret"


def test_a_pod_shows_the_token_of_its_cluster(vault: Cloud, folder: Path) -> None:
    environ = {**APP, "AZURE_FEDERATED_TOKEN_FILE": str(folder / "pod")}

    text, held = opened(vault, folder, environ, secret="openai", identity="workload")

    assert (text, held) == ("s3cret", {"azure access token": BEARER})
    with pytest.raises(NoSecret, match="the pod has no token"):
        opened(vault, folder, APP, secret="openai", identity="workload")


def test_machines_and_services_lend_their_identity(vault: Cloud, folder: Path) -> None:
    if vault.url.startswith("https"):
        return  # they are asked over http
    machine = {"AZURE_POD_IDENTITY_AUTHORITY_HOST": vault.url}
    service = {"IDENTITY_ENDPOINT": f"{vault.url}/msi/token", "IDENTITY_HEADER": "word-of-the-service"}

    for environ in (machine, service):
        for more in ({}, {"client_id": "one-of-two"}):
            assert opened(vault, folder, environ, secret="openai", identity="managed", **more)[0] == "s3cret"
        with pytest.raises(NoSecret, match="the machine has no such identity"):
            opened(vault, folder, environ, secret="openai", identity="managed", client_id="a-third")


@pytest.mark.parametrize(
    ("settings", "found", "expected"),
    [
        ({"secret": "gone"}, "does not exist there", "vault"),
        ({"secret": "openai", "version": "f" * 32}, "does not exist there", "version"),
        ({"secret": "off"}, "disabled", "enabled"),
        ({"secret": "rbac"}, "may not be read", "Key Vault Secrets User"),
        ({"secret": "policy"}, "may not be read", "access policy"),
        ({"secret": "new-word"}, "may not be read", "Key Vault Secrets User"),
        ({"secret": "walled"}, "does not let this machine in", "firewall"),
        ({"secret": "tenant"}, "the token is not for it", "tenant"),
        ({"secret": "page"}, "status 503", ""),
        ({"secret": "moved"}, "status 302", ""),
        ({"secret": "odd"}, "not what its documentation says", ""),
        ({"secret": "pair", "field": "none"}, "no text in the field", ""),
        ({"secret": "openai", "tenant": "other"}, "no such tenant", ""),
        ({"secret": "openai", "client_id": "other"}, "no such application", ""),
        ({"secret": "openai", "client_secret": PlainRef(env="BAD")}, "client secret is wrong", ""),
        ({"secret": "openai", "client_secret": PlainRef(env="OLD")}, "client secret has expired", ""),
    ],
)
def test_s04_what_is_no_secret_and_what_to_do(
    vault: Cloud, folder: Path, settings: dict[str, Any], found: str, expected: str
) -> None:
    with pytest.raises(NoSecret) as caught:
        opened(vault, folder, APP, **settings)

    assert found in caught.value.found
    assert expected in caught.value.expected
    for said in (caught.value.found, caught.value.expected):
        assert not [word for word in ("canary", "s3cret", "p4ss", "appid", BEARER) if word in said]


def test_who_asks_has_to_be_known(vault: Cloud, folder: Path) -> None:
    for environ in ({}, {"AZURE_TENANT_ID": "tenant-1"}, {**APP, "AZURE_TENANT_ID": "a/../b"}):
        with pytest.raises(NoSecret, match="is not set"):
            opened(vault, folder, environ, secret="openai")


@pytest.mark.parametrize(
    ("vault", "base", "resource", "authority"),
    [
        ("shop", "https://shop.vault.azure.net", "vault.azure.net", "login.microsoftonline.com"),
        (
            "https://shop.vault.azure.net/",
            "https://shop.vault.azure.net",
            "vault.azure.net",
            "login.microsoftonline.com",
        ),
        ("https://shop.vault.azure.cn", "https://shop.vault.azure.cn", "vault.azure.cn", "login.chinacloudapi.cn"),
        (
            "https://shop.vault.usgovcloudapi.net",
            "https://shop.vault.usgovcloudapi.net",
            "vault.usgovcloudapi.net",
            "login.microsoftonline.us",
        ),
    ],
)
def test_each_cloud_has_its_own_tokens(vault: str, base: str, resource: str, authority: str) -> None:
    url, cloud = cloud_of(vault)

    assert (url, cloud.resource, cloud.authority) == (base, f"https://{resource}", f"https://{authority}")


@pytest.mark.parametrize(
    "settings",
    [
        {"vault": "shop"},
        {"vault": "a/b", "secret": "a"},
        {"vault": "shop.evil.example", "secret": "a"},
        {"vault": "shop", "secret": "a/b"},
        {"vault": "shop", "secret": "a", "version": "1"},
        {"vault": "shop", "secret": "a", "tenant": "a/b"},
        {"vault": "shop", "secret": "a", "identity": "managed", "client_secret": {"env": "X"}},
        {"vault": "shop", "secret": "a", "identity": "managed", "tenant": "t"},
        {"vault": "ftp://x", "secret": "a"},
    ],
)
def test_settings_that_are_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(settings, AzureRef)
