"""The official OpenAI client with a client certificate, against the command as a process."""

from pathlib import Path

import httpx
import pytest
import trustme
from openai import APIConnectionError, AuthenticationError, OpenAI

from tests.e2e.behind_tls import CONFIG, trusting, written
from tests.e2e.process import Running, eventually, running

AUTH = """\
auth:
  - {kind: mtls, principals: [{name: billing, team: all, dns: billing.corp.example}]}
  - {kind: api_key}
"""
TLS = "tls: {{cert: tls.crt, key: tls.key, client_ca: ca.pem, client_certificates: {how}}}"


def asked(gateway: Running, ca: trustme.CA, leaf: trustme.LeafCert | None, key: str) -> str:
    url = f"https://localhost:{gateway.port}/v1"
    with OpenAI(
        base_url=url, api_key=key, max_retries=0, http_client=httpx.Client(verify=trusting(ca, leaf))
    ) as client:
        done = client.chat.completions.create(model="demo", messages=[{"role": "user", "content": "hi"}])
    return done.choices[0].message.content or ""


def test_a_certificate_is_all_that_a_client_needs(tmp_path: Path) -> None:
    ours, theirs = trustme.CA(), trustme.CA()
    written(tmp_path, ours.issue_cert("localhost"))
    theirs.cert_pem.write_to_path(tmp_path / "ca.pem")
    billing, nobody = theirs.issue_cert("billing.corp.example"), theirs.issue_cert("other.corp.example")
    with running(tmp_path, CONFIG.format(tls=TLS.format(how="optional")) + AUTH) as gateway:
        assert asked(gateway, ours, None, gateway.key)
        assert asked(gateway, ours, nobody, gateway.key)
        for leaf, key in ((nobody, "sk-x"), (billing, gateway.key), (None, "sk-x")):
            with pytest.raises(AuthenticationError):
                asked(gateway, ours, leaf, key)
        with pytest.raises(APIConnectionError):
            asked(gateway, ours, trustme.CA().issue_cert("billing.corp.example"), "sk-x")


def test_a_client_that_has_to_send_some_key_may(tmp_path: Path) -> None:
    ours, theirs = trustme.CA(), trustme.CA()
    written(tmp_path, ours.issue_cert("localhost"))
    theirs.cert_pem.write_to_path(tmp_path / "ca.pem")
    config = CONFIG.format(tls=TLS.format(how="required")) + AUTH.replace("  - {kind: api_key}\n", "")
    with running(tmp_path, config) as gateway:
        assert asked(gateway, ours, theirs.issue_cert("billing.corp.example"), "sk-whatever")

        lines = eventually(lambda: [line for line in gateway.lines() if line["kind"] == "outcome"])
        assert {line["key_id"] for line in lines} == {"mtls:billing"}
