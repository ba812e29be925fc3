"""Google's client asks under `/v1` or `/v1beta`, as it is told: both are served, and the upstream is asked in its own way."""

import pytest
from google import genai
from google.genai import types

from tests.e2e.plant import Plant


@pytest.mark.parametrize("version", ["v1", "v1beta", None], ids=str)
def test_either_version(plant: Plant, version: str | None) -> None:
    mark = plant.upstream.mark("chat")
    options = types.HttpOptions(base_url=plant.gateway.url, api_version=version)

    with genai.Client(api_key=plant.gateway.key, http_options=options) as client:
        whole = client.models.generate_content(model="best@gemini", contents=mark.text)
        pieces = list(client.models.generate_content_stream(model="best@gemini", contents=mark.text))

    assert whole.text == "".join(piece.text or "" for piece in pieces) == mark.answer
    last = pieces[-1]
    for counted in (whole.usage_metadata, last.usage_metadata):
        assert counted is not None
        assert (counted.prompt_token_count, counted.candidates_token_count) == (11, 7)
    verbs = [
        got.target.removeprefix("/gemini/v1beta/models/gemini-2.5-flash:") for got in plant.upstream.received(mark, 2)
    ]
    assert verbs == ["generateContent", "streamGenerateContent?alt=sse"]
