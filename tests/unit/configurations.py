"""The least and a whole configuration, and what is said about one that is wrong."""

from pathlib import Path
from typing import Any

from lockgate.app.load import Loaded, loads
from lockgate.core.provider import Provider, bearer, unsigned

KEY = "Zm9vYmFyIGJhciBiYXogcXV4IGhlbGxv"


ENVIRON = {"OPENAI_API_KEY": "sk-canary-upstream", "SHOP_WEB_KEY": KEY, "EMPTY": "", "BLANK": " \n", "WEAK": "sk-1234"}


def provider(name: str, base_url: str = "", **more: Any) -> Provider:
    return Provider(name=name, base_url=base_url, services=(), sign=more.pop("sign", bearer), **more)


PROVIDERS = {
    each.name: each
    for each in (
        provider("openai", "https://api.openai.com", environment=("OPENAI_API_KEY",)),
        provider("ollama", "http://127.0.0.1:11434", keyless=True, sign=unsigned),
        provider("openai_compatible", keyless=True),
        provider("demo", builtin=True, keyless=True, sign=unsigned),
    )
}


WHOLE = """\
version: 1
server: {listen: "127.0.0.1:8080", admin: "127.0.0.1:8081", workers: 2}
data: ./data
providers:
  openai: {kind: openai, api_key: {env: OPENAI_API_KEY}, timeouts: {connect: 500ms, total: 1h}}
  llama: {kind: ollama, base_url: "http://127.0.0.1:11434"}
  demo: {kind: demo}
models:
  gpt-5-mini: {targets: [{provider: openai}]}
  assistant:
    targets:
      - {provider: openai, model: gpt-5-mini}
      - {provider: llama, model: "llama3.2:1b"}
teams:
  shop: {models: [assistant, gpt-5-mini]}
  no: {models: ["*"]}
keys:
  - {name: shop-web, team: shop, secret: {env: SHOP_WEB_KEY}}
"""


def read(text: str | bytes, folder: Path = Path("/nowhere")) -> Loaded:
    raw = text if isinstance(text, bytes) else text.encode()
    return loads(raw, folder / "lockgate.yaml", ENVIRON, PROVIDERS)


def said(text: str | bytes) -> list[tuple[int, str, str, str]]:
    loaded = read(text)
    assert loaded.config is None
    return [(each.line, each.path, each.found, each.expected) for each in loaded.problems]


def one(text: str | bytes) -> tuple[int, str, str, str]:
    (only,) = said(text)
    return only
