"""Google's Gemini API. Vectors come from the part of it that copies OpenAI's: page "OpenAI compatibility"."""

from urllib.parse import quote

from lockgate.core.dialect import Ask
from lockgate.core.http import Headers
from lockgate.core.provider import Provider, Service, always, bearer
from lockgate.core.secret import Secret
from lockgate.dialects import gemini_generate, openai_embeddings


def _path(ask: Ask) -> str:
    """The model stands in it, percent-encoded as one segment; the client's query never does."""
    collection, _, name = ask.model.partition("/")
    if collection not in ("models", "tunedModels"):
        collection, name = "models", ask.model
    verb = "generateContent"
    if ask.stream:
        verb = "streamGenerateContent" if ask.array else "streamGenerateContent?alt=sse"
    return f"/v1beta/{collection}/{quote(name, safe='')}:{verb}"


def _sign(credential: Secret | None) -> Headers:
    return ((b"x-goog-api-key", credential.reveal().encode()),) if credential else ()


plugin = Provider(
    name="gemini",
    base_url="https://generativelanguage.googleapis.com",
    services=(
        Service(dialect=gemini_generate.plugin, path=_path),
        Service(dialect=openai_embeddings.plugin, path=always("/v1beta/openai/embeddings"), sign=bearer),
    ),
    sign=_sign,
    environment=("GEMINI_API_KEY", "GOOGLE_API_KEY"),
    price_list="google",
)
