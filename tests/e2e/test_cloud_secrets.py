"""Providers' keys from three clouds, as a whole gateway reads them; and one that changes there, in force after SIGHUP."""

import signal
from pathlib import Path

import pytest

from tests.aws_server import KEYS, VALUES, manager
from tests.cloud_server import cloud
from tests.e2e.keyed import keyed
from tests.e2e.process import Line, eventually, running
from tests.google_server import google, key_file
from tests.vault_server import azure

CONFIG = """\
version: 1
data: ./data
audit: {{patience: 5s}}
providers:
  a: {{kind: openai_compatible, base_url: "{up}", api_key: {{aws: {{secret: shop/openai, region: eu-central-1, endpoint: "{aws}"}}}}}}
  g: {{kind: openai_compatible, base_url: "{up}", api_key: {{gcp: {{secret: openai, key: key.json, endpoint: "{gcp}"}}}}}}
  z: {{kind: openai_compatible, base_url: "{up}", api_key: {{azure: {{vault: "{azure}", secret: openai}}}}}}
models:
  a: {{targets: [{{provider: a}}]}}
  g: {{targets: [{{provider: g}}]}}
  z: {{targets: [{{provider: z}}]}}
teams: {{all: {{models: ["*"]}}}}
keys: [{{name: tester, team: all, secret: {{env: KEY}}}}]
"""


def test_keys_of_providers_come_from_three_clouds(tmp_path: Path) -> None:
    with cloud(manager) as aws, cloud(google) as gcp, cloud(azure) as vault, keyed() as upstream:
        key_file(tmp_path, gcp)
        up = f"http://127.0.0.1:{upstream.server_port}/v1"
        env = {"AWS_ACCESS_KEY_ID": "AKIDGOOD", "AWS_SECRET_ACCESS_KEY": KEYS["AKIDGOOD"]}
        env |= {"AZURE_TENANT_ID": "tenant-1", "AZURE_CLIENT_ID": "app-1", "AZURE_CLIENT_SECRET": "canary~secret"}
        env |= {"AZURE_AUTHORITY_HOST": vault.url}
        config = CONFIG.format(up=up, aws=aws.url, gcp=gcp.url, azure=vault.url)
        with running(tmp_path, config, env=env) as gateway, pytest.MonkeyPatch.context() as changed:
            line = Line(gateway)
            assert [line.ask(model, "hi").status for model in "agz"] == [200] * 3
            assert upstream.keys == ["s3cret", "s3cret", "s3cret"]

            changed.setitem(VALUES, "shop/openai", {"SecretString": "fr3sh"})
            gateway.process.send_signal(signal.SIGHUP)

            def fresh() -> bool:
                return line.ask("a", "hi").status == 200 and upstream.keys[-1] == "fr3sh"

            eventually(fresh)
            assert "canary" not in gateway.stderr
