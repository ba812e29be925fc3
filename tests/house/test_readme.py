"""The README: a claim has a test that bears its name, and the code in it is Python."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
CLAIMS = re.findall(r"\| `(test_\w+)` \|", README)
TESTS = "\n".join(path.read_text() for path in (ROOT / "tests").rglob("test_*.py"))


@pytest.mark.parametrize("name", CLAIMS)
def test_a_claim_has_a_test_that_bears_its_name(name: str) -> None:
    assert f"def {name}(" in TESTS


def test_there_are_claims() -> None:
    assert len(CLAIMS) > 10


@pytest.mark.parametrize("code", re.findall(r"```python\n(.*?)```", README, re.DOTALL))
def test_code_is_code(code: str) -> None:
    assert ast.parse(code)


@pytest.mark.parametrize("page", re.findall(r"\]\(([^)#]+)\)", README))
def test_a_link_leads_somewhere(page: str) -> None:
    assert (ROOT / page).exists()
