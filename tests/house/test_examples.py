"""The configurations in the documentation are valid, once the rest of a file is there."""

import re
from pathlib import Path

import pytest

from tests.unit.configurations import read

ROOT = Path(__file__).parents[2]
REST = {
    "version": "version: 1",
    "providers": "providers: {openai: {kind: openai, api_key: {env: OPENAI_API_KEY}, region: eu}, cheap-x: {kind: demo}}",
    "models": "models: {assistant: {targets: [{provider: openai}]}, gpt-5-pro: {targets: [{provider: openai}]}}",
}


@pytest.mark.parametrize("page", ["access.md", "headers.md"])
def test_an_example_is_valid(page: str) -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", (ROOT / "docs" / page).read_text(), re.DOTALL)
    rest = [text for name, text in REST.items() if not re.search(rf"^{name}:", example, re.MULTILINE)]

    assert read("\n".join((*rest, example))).problems == ()
