"""The provider: the path it builds, the header it signs with, the headers that never pass."""

import pytest

from lockgate.core.dialect import Ask
from lockgate.core.secret import Secret
from lockgate.dialects.gemini_generate import plugin
from lockgate.providers.gemini import plugin as provider


@pytest.mark.parametrize(
    ("ask", "path"),
    [
        (Ask("gemini-3-pro"), "/v1beta/models/gemini-3-pro:generateContent"),
        (Ask("models/x", stream=True), "/v1beta/models/x:streamGenerateContent?alt=sse"),
        (Ask("tunedModels/x", stream=True, array=True), "/v1beta/tunedModels/x:streamGenerateContent"),
        (Ask("a/b?c:d é"), "/v1beta/models/a%2Fb%3Fc%3Ad%20%C3%A9:generateContent"),
        (Ask("../x"), "/v1beta/models/..%2Fx:generateContent"),
    ],
)
def test_the_provider_puts_the_model_into_the_path(ask: Ask, path: str) -> None:
    assert provider.services[0].path(ask) == path


def test_the_provider_signs_with_its_own_header() -> None:
    assert provider.sign(Secret("k")) == ((b"x-goog-api-key", b"k"),)
    assert provider.sign(None) == ()
    assert provider.services[0].dialect is plugin


def test_credentials_never_pass() -> None:
    assert plugin.passing.request == {b"x-goog-api-client"}
    assert plugin.passing.request_prefixes == ()
