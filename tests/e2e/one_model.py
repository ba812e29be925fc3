"""The least gateway in front of the scripted upstream: one provider, one model that it calls `first`, one key."""


def config(port: int, *, workers: int = 2, drain: int = 5) -> str:
    return f"""\
version: 1
server: {{drain_seconds: {drain}, workers: {workers}}}
data: ./data
audit: {{patience: 10s}}
providers:
  openai: {{kind: openai, base_url: "http://127.0.0.1:{port}/openai/v1", api_key: {{env: UP}}}}
models:
  first: {{targets: [{{provider: openai}}]}}
teams:
  all: {{models: ["*"]}}
keys:
  - {{name: tester, team: all, secret: {{env: KEY}}}}
"""
