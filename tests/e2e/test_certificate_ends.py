"""A certificate that ends soon is told: by `check`, in the log and by a metric, which follows what is in force."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme

from tests.e2e import warm
from tests.e2e.behind_tls import connected, secured, trusting, written
from tests.e2e.process import Running, eventually

SOON = datetime.now(UTC).replace(microsecond=0) + timedelta(days=5)
LATER = SOON + timedelta(days=100)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def shown(gateway: Running) -> dict[str, float]:
    connection = connected(gateway.admin, trusting())
    connection.request("GET", "/metrics")
    page = connection.getresponse().read().decode()
    connection.close()
    found = re.findall(r'^lockgate_certificate_expires_seconds\{certificate="(.*)"\} (.*)$', page, re.MULTILINE)
    return {name: float(value) for name, value in found}


def test_what_is_in_force_is_shown_and_what_ends_soon_is_said(tmp_path: Path, authority: trustme.CA) -> None:
    written(tmp_path, authority.issue_cert("127.0.0.1", not_after=SOON))
    with secured(tmp_path, "tls: {cert: tls.crt, key: tls.key}") as gateway:
        line = ["check", str(gateway.file)]
        checked, told = warm.run(line, gateway.env), warm.run([*line, "--json"], gateway.env)
        text = f"server.tls: the certificate ends on {SOON:%Y-%m-%d} (in 4 days)"

        assert shown(gateway) == {"server.tls": SOON.timestamp()}
        eventually(lambda: text in gateway.stderr)
        assert (checked.returncode, told.returncode) == (0, 0)
        assert checked.stderr == f"warning: {text}\n"
        assert json.loads(told.stdout) == {"valid": True, "errors": [], "warnings": [text]}

        (tmp_path / "tls.crt").write_bytes(
            authority.issue_cert("127.0.0.1", not_after=LATER).cert_chain_pems[0].bytes()
        )
        assert shown(gateway) == {"server.tls": SOON.timestamp()}  # it does not fit the key: not in force
        written(tmp_path, authority.issue_cert("127.0.0.1", not_after=LATER))
        assert shown(gateway) == {"server.tls": LATER.timestamp()}
