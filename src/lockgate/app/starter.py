"""The first configuration, as text with comments: what `lockgate up` writes where there is none."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lockgate.app.detect import OLLAMA

DEMO_MODELS = ("demo", "demo-slow", "demo-echo", "demo-error-500")
FIRST_MODEL = {
    "anthropic": "claude-haiku-4-5",
    "cerebras": "gpt-oss-120b",
    "deepseek": "deepseek-chat",
    "fireworks": "accounts/fireworks/models/gpt-oss-20b",
    "gemini": "gemini-2.5-flash",
    "groq": "openai/gpt-oss-20b",
    "mistral": "mistral-small-latest",
    "nvidia": "openai/gpt-oss-20b",
    "openai": "gpt-5-mini",
    "openrouter": "openai/gpt-5-mini",
    "perplexity": "sonar",
    "together": "openai/gpt-oss-20b",
    "xai": "grok-4",
}
"""A small and current model of each provider: the name that a client asks for at first."""


@dataclass(frozen=True, slots=True)
class Found:
    """What there is to use. `credentials`: provider to variable. `ollama`: its models, None when it does not answer."""

    credentials: Mapping[str, str]
    ollama: tuple[str, ...] | None = None


def starter(found: Found) -> str:
    """The whole file."""
    return "\n".join((_HEAD, *_providers(found), "", *_models(found), _TAIL))


def model_names(found: Found) -> dict[str, tuple[str, str]]:
    """By the name that a client asks for: the provider, and the name there when it is another one."""
    names = dict.fromkeys(DEMO_MODELS, ("demo", ""))
    for provider in found.credentials:
        model = FIRST_MODEL.get(provider)
        if model is not None:
            alias = model.rpartition("/")[2]
            # Two providers may serve the same model; the second one gets its own name in front.
            name = f"{provider}-{alias}" if alias in names else alias
            names[name] = (provider, "" if name == model else model)
    for model in found.ollama or ():
        names.setdefault(model, ("ollama", ""))
    return names


def _providers(found: Found) -> Iterator[str]:
    yield "# Who serves models. `kind` says how to speak to them; `base_url` is only needed for a server of your own."
    yield "providers:"
    yield "  demo: {kind: demo}  # built in: needs no key and no network"
    for name, variable in found.credentials.items():
        yield f"  {name}: {{kind: {name}, api_key: {{env: {variable}}}}}"
    if found.ollama is not None:
        yield f'  ollama: {{kind: ollama, base_url: "{OLLAMA}"}}'
    yield "  # openai: {kind: openai, api_key: {env: OPENAI_API_KEY}}"
    yield '  # local: {kind: openai_compatible, base_url: "http://127.0.0.1:8000/v1", timeouts: {first_byte: 60s}}'


def _models(found: Found) -> Iterator[str]:
    yield "# What clients may ask for, and who is asked, in order: the next target when one cannot be reached."
    yield "# A target without `model` is asked for the name that the client used."
    yield "models:"
    for name, (provider, model) in model_names(found).items():
        target = f"provider: {provider}" + (f', model: "{model}"' if model else "")
        yield f'  "{name}": {{targets: [{{{target}}}]}}'


_HEAD = """\
# Lockgate. `lockgate check lockgate.yaml` checks this file; `lockgate schema` describes all of it.
# A secret is never written here, but where it comes from: {env: NAME} or {file: PATH}.
version: 1

# `listen` is for clients, `admin` for health, metrics and administration. Both are for this machine only; before you
# open one to others, give it a certificate: tls: {cert: FILE, key: FILE}, or tls: self-signed for a first try.
server:
  listen: "127.0.0.1:8080"
  admin: "127.0.0.1:8081"
  workers: 1  # processes; one for each core that Lockgate may use

# Client keys (as digests), the server's pepper, the audit log. Beside this file, for its owner only. Back it up as a whole.
data: ./data
"""
_TAIL = """
# A team is a group of keys and the models that they may use: nothing listed, nothing allowed; "*" is all of them.
teams:
  default:
    models: ["*"]
    # limits: [{kind: requests, max: 600, per: 1m}, {kind: concurrency, max: 20}]
    # budgets: [{max_usd: 50, per: month}]

# Keys are made by `lockgate keys create --name NAME --team TEAM`. One that you bring yourself (32 characters or more):
# keys:
#   - {name: web, team: default, secret: {env: LOCKGATE_WEB_KEY}}

# How callers say who they are, in order; left out, it is client keys alone. Also: jwt (OpenID Connect), mtls,
# http_signature, hmac, basic.
# auth:
#   - {kind: api_key}
#   - kind: jwt
#     issuers: [{name: corp, issuer: "https://idp.example.com", audience: [lockgate], team: default}]

# Rules look at what goes through, in this order. A guard finds; the action is flag (write it down), mask or block.
# rules:
#   - {name: no-codenames, guard: {kind: blocklist, words: [bluebird]}, on: [request, response], action: block}
#   - {name: no-secrets, guard: {kind: secrets}, on: [request, response], action: mask}
#   - {name: privacy, guard: {kind: pii, entities: [email, phone, card, iban]}, on: [request, response], action: mask}
"""
