"""What crosses the network in the clear is told by `check` and at a start; on one's own machine there is no network."""

from typing import Any

import msgspec
import pytest

from lockgate.app.in_the_clear import asked_in_the_clear, exposed
from lockgate.app.settings import Config

ENVIRON = {"VAULT_ADDR": "http://vault.internal:8200", "VAULT_TOKEN": "t" * 40}


def told(ref: dict[str, Any]) -> list[str]:
    """Of an alert's secret that comes from there."""
    alerts = {"url": "https://hooks.example/x", "secret": ref}
    return list(asked_in_the_clear(msgspec.convert({"version": 1, "alerts": alerts}, Config), ENVIRON))


@pytest.mark.parametrize(
    ("ref", "who"),
    [
        ({"vault": {"path": "a", "address": "http://10.0.0.7:8200"}}, "vault at 10.0.0.7"),
        ({"vault": {"path": "a"}}, "vault at vault.internal"),
        (
            {"aws": {"secret": "a", "region": "eu-central-1", "endpoint": "http://user:pw@moto.internal:5000"}},
            "aws at moto",
        ),
        ({"gcp": {"secret": "a", "project": "pp", "endpoint": "http://sm.internal"}}, "gcp at sm.internal"),
        ({"azure": {"vault": "http://kv.internal", "secret": "a"}}, "azure at kv.internal"),
    ],
)
def test_a_secret_over_plain_http_is_told(ref: dict[str, Any], who: str) -> None:
    (text,) = told(ref)

    assert text.startswith(f"alerts.secret: {who}")
    assert "without TLS" in text
    assert "pw" not in text.replace("network", "")


@pytest.mark.parametrize(
    "ref",
    [
        {"env": "SECRET"},
        {"vault": {"path": "a", "address": "https://10.0.0.7:8200"}},
        {"vault": {"path": "a", "address": "http://127.0.0.1:8200"}},
        {"vault": {"path": "a", "address": "http://localhost:8200"}},
        {"vault": {"path": "a", "address": "http://[::1]:8200"}},
        {"aws": {"secret": "a", "region": "eu-central-1"}},
        {"azure": {"vault": "prod", "secret": "a"}},
    ],
)
def test_over_tls_or_on_this_machine_nothing_is_told(ref: dict[str, Any]) -> None:
    assert told(ref) == []


def test_a_listener_for_others_without_tls_is_told() -> None:
    assert [text for text in exposed("0.0.0.0:8080", None, "tls") if "server.tls" in text]
    assert not list(exposed("127.0.0.1:8080", None, "tls"))
    assert not list(exposed("0.0.0.0:8080", "self-signed", "tls"))
