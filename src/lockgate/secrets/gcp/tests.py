"""Google Secret Manager over real sockets, played by a server of ours."""

import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import trustme
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from hypothesis import given
from hypothesis import strategies as st

from lockgate.core.secret_source import NoSecret, Surroundings
from lockgate.secrets.gcp import GcpRef, plugin
from lockgate.secrets.gcp.crc32c import crc32c
from tests.cloud_server import Cloud, cloud
from tests.google_server import FEDERATED, MACHINE, MAIL, PEM, SPOKEN_FOR, TOKEN, federation, google, key_file


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("gcp")


@pytest.fixture(scope="module", params=["http", "https"])
def gcp(request: pytest.FixtureRequest, folder: Path) -> Iterator[Cloud]:
    authority, context = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    with cloud(google, context if request.param == "https" else None) as one:
        key_file(folder, one)
        yield one


def opened(gcp: Cloud, folder: Path, environ: dict[str, str] | None = None, **more: Any) -> tuple[str, dict[str, str]]:
    held: dict[str, str] = {}
    around = Surroundings(environ or {}, folder, str, lambda ref: "", held.__setitem__)
    known = {} if environ is not None or "identity" in more else {"key": "key.json"}
    return plugin.open(GcpRef(**{**known, **more}, endpoint=gcp.url, ca="ca.pem"), around), held


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        ({"secret": "openai"}, "s3cret"),
        ({"secret": "openai", "project": "other", "version": "7"}, "of-other"),
        ({"secret": "openai", "location": "europe-west3"}, "regional"),
        ({"secret": "pair", "field": "password"}, "p4ss"),
        ({"secret": "bare"}, "s3cret"),
    ],
)
def test_a_version_is_read_with_a_token_for_a_signed_assertion(
    gcp: Cloud, folder: Path, settings: dict[str, Any], text: str
) -> None:
    assert opened(gcp, folder, **settings) == (text, {f"key of {MAIL}": PEM, "google access token": TOKEN})


def test_the_key_file_may_be_in_the_environment(gcp: Cloud, folder: Path) -> None:
    environ = {"GOOGLE_APPLICATION_CREDENTIALS": str(folder / "key.json")}

    assert opened(gcp, folder, environ, secret="openai")[0] == "s3cret"
    with pytest.raises(NoSecret, match="no account"):
        opened(gcp, folder, {"X": "y"}, secret="openai")


def test_another_key_file_is_another_secret(folder: Path) -> None:
    assert plugin.files(GcpRef(secret="a", key="key.json"), folder) == (folder / "key.json",)
    assert plugin.files(GcpRef(secret="a", identity="metadata"), folder) == ()


def test_the_machine_lends_its_token_when_it_is_asked_to(gcp: Cloud, folder: Path) -> None:
    if gcp.url.startswith("https"):
        return  # it is asked over http
    environ = {"GCE_METADATA_HOST": gcp.url.removeprefix("http://")}

    text, held = opened(gcp, folder, environ, secret="openai", identity="metadata")

    assert (text, held) == ("s3cret", {"google access token": MACHINE})


@pytest.mark.parametrize(
    ("settings", "found", "expected"),
    [
        ({"secret": "gone"}, "does not exist there", "project"),
        ({"secret": "openai", "version": "9"}, "version 9), which does not exist", "version"),
        ({"secret": "openai", "location": "us-east1"}, "does not exist there", "`location`"),
        ({"secret": "hidden"}, "may not be read", "Secret Accessor"),
        ({"secret": "off"}, "disabled or destroyed", "enabled"),
        ({"secret": "damaged"}, "checksum", ""),
        ({"secret": "binary"}, "binary", "text"),
        ({"secret": "page"}, "status 502", ""),
        ({"secret": "moved"}, "status 302", ""),
        ({"secret": "odd"}, "not what its documentation says", ""),
        ({"secret": "pair", "field": "none"}, "no text in the field", ""),
        ({"secret": "openai", "key": "gone.json"}, "cannot be read", ""),
        ({"secret": "openai", "key": "ca.pem"}, "no key file", ""),
    ],
)
def test_s04_what_is_no_secret_and_what_to_do(
    gcp: Cloud, folder: Path, settings: dict[str, Any], found: str, expected: str
) -> None:
    with pytest.raises(NoSecret) as caught:
        opened(gcp, folder, **settings)

    assert found in caught.value.found
    assert expected in caught.value.expected
    quiet(caught.value)


def quiet(error: NoSecret) -> None:
    for said in (error.found, error.expected):
        assert not [word for word in ("canary", "s3cret", "p4ss", PEM[60:90]) if word in said]


OTHER = rsa.generate_private_key(public_exponent=65537, key_size=2048)
_PLAIN = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


@pytest.mark.parametrize(
    ("other", "found"),
    [
        ({"private_key": OTHER.private_bytes(*_PLAIN).decode()}, "not valid any more"),
        ({"private_key": ed25519.Ed25519PrivateKey.generate().private_bytes(*_PLAIN).decode()}, "cannot be used"),
        ({"private_key": "canary"}, "cannot be used"),
        ({"type": "authorized_user"}, "no key file of a service account"),
        ({"client_email": ""}, "no key file of a service account"),
        ({"token_uri": "http://127.0.0.1:9/token"}, "does not answer"),
        ({"project_id": ""}, "project is not known"),
    ],
    ids=["another key", "no rsa", "no key", "a person", "nobody", "nobody there", "no project"],
)
def test_s04_accounts_that_will_not_do(gcp: Cloud, folder: Path, other: dict[str, str], found: str) -> None:
    name = key_file(folder, gcp, "other.json", **other)

    with pytest.raises(NoSecret) as caught:
        opened(gcp, folder, secret="openai", key=name)

    assert found in caught.value.found
    quiet(caught.value)


JSON = {"type": "json", "subject_token_field_name": "token"}


@pytest.mark.parametrize("mail", ["", MAIL], ids=["direct", "impersonated"])
@pytest.mark.parametrize(
    ("text", "form"),
    [("canary.of.cluster\n", None), ("canary.of.cluster", {"type": "text"}), ('{"token":"canary.of.cluster"}', JSON)],
    ids=["plain", "text", "json"],
)
def test_a_token_of_somebody_else_is_exchanged(gcp: Cloud, folder: Path, text: str, form: Any, mail: str) -> None:
    (folder / "token").write_text(text)
    source = {"file": "token"} | ({"format": form} if form else {})
    name = federation(folder, gcp, source, mail)

    found, held = opened(gcp, folder, secret="openai", key=name, project="shop-1")

    assert found == "s3cret"
    tokens = {"canary.of.cluster", FEDERATED, SPOKEN_FOR} if mail else {"canary.of.cluster", FEDERATED}
    assert set(held.values()) == tokens


@pytest.mark.parametrize(
    ("source", "other", "found"),
    [
        ({"file": "token"}, {"audience": "//iam.googleapis.com/other"}, "no such provider"),
        ({"file": "old"}, {}, "the token in the file is not valid now"),
        ({"file": "none"}, {}, "the token file none cannot be read"),
        ({"file": "token", "format": JSON}, {}, "there is no token in token"),
        ({"url": "http://127.0.0.1:9/token"}, {}, "does not answer"),
        ({"executable": {"command": "echo canary"}}, {}, "others are not read here"),
        ({"environment_id": "aws2"}, {}, "others are not read here"),
        ({"environment_id": "aws1"}, {}, "neither the environment nor"),
        ({"file": "token"}, {"mail": "other@shop-1.iam.gserviceaccount.com"}, "Workload Identity User"),
        ({"file": "token"}, {"token_url": 7}, "no key file"),
        ({"file": "token"}, {"token_url": "http://127.0.0.1:9/token"}, "does not answer"),
    ],
)
def test_s04_federation_that_will_not_do(gcp: Cloud, folder: Path, source: Any, other: Any, found: str) -> None:
    (folder / "token").write_text("canary.of.cluster")
    (folder / "old").write_text("canary.of.yesterday")
    name = federation(folder, gcp, source, **other)

    with pytest.raises(NoSecret) as caught:
        opened(gcp, folder, secret="openai", key=name, project="shop-1")

    assert found in caught.value.found
    quiet(caught.value)


@pytest.mark.parametrize(
    "settings",
    [
        {"secret": "a/b"},
        {"secret": ""},
        {"secret": "a", "version": "../x"},
        {"secret": "a", "project": "A/b"},
        {"secret": "a", "location": "x/y"},
        {"secret": "a", "key": "k", "identity": "metadata"},
        {"secret": "a", "endpoint": "ftp://x"},
    ],
)
def test_settings_that_are_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(settings, GcpRef)


def test_the_checksum_is_that_of_rfc_3720() -> None:
    assert crc32c(b"") == 0
    assert crc32c(b"123456789") == 0xE3069283
    assert crc32c(bytes(32)) == 0x8A9136AA
    assert crc32c(b"\xff" * 32) == 0x62A8AB43


@given(st.binary(max_size=64), st.integers(0, 63), st.integers(1, 255))
def test_the_checksum_sees_every_changed_byte(data: bytes, at: int, change: int) -> None:
    if at < len(data):
        assert crc32c(data) != crc32c(data[:at] + bytes([data[at] ^ change]) + data[at + 1 :])
