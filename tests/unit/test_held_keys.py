"""Private keys that a source of secrets needed are guarded by what is secret in them, as those of certificates are."""

from collections.abc import Mapping
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from lockgate.app.guarded import guarded
from lockgate.app.load import Loaded
from lockgate.app.settings import Config
from lockgate.core.secret import Secret
from lockgate.egress import Guarded

_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
_OTHER = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def pem(key: rsa.RSAPrivateKey) -> str:
    plain = serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain).decode()


def of(held: Mapping[str, Secret], folder: Path) -> list[Guarded]:
    return list(guarded(Loaded(Config(version=1), held=held, data=folder, folder=folder)))


def test_of_a_key_its_secret_numbers_and_the_lines_with_them_are_guarded(tmp_path: Path) -> None:
    found = of({"key of gateway@shop": Secret(pem(_KEY))}, tmp_path)

    lines = pem(_KEY).encode().split(b"\n")
    values = {each.value for each in found}
    assert {each.label for each in found} == {"key of gateway@shop"}
    secret = _KEY.private_numbers().d
    assert secret.to_bytes((secret.bit_length() + 7) // 8) in values
    assert len(values & set(lines)) >= 9  # of the 26, those with the exponent and the primes
    assert lines[1] not in values  # every key of this size begins so
    assert not values & set(pem(_OTHER).encode().split(b"\n"))


def test_any_other_secret_is_guarded_as_it_is(tmp_path: Path) -> None:
    (found,) = of({"vault token": Secret("hvs.s3cret")}, tmp_path)

    assert (found.label, found.value) == ("vault token", b"hvs.s3cret")
