"""Each way in has a page that names every setting of it, and stands in the overview."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec.inspect as look
import pytest

from lockgate.core.auth import AuthConfig
from lockgate.core.registry import configs
from lockgate.core.secret_ref import SecretRef

ROOT = Path(__file__).parents[2]
METHODS = configs("lockgate.auth", AuthConfig)


def settings(kind: Any, path: str = "") -> Iterator[str]:
    """As the pages write them: N for a number."""
    if (
        isinstance(kind, look.StructType)
        and not issubclass(kind.cls, SecretRef)
        and "claim" not in kind.cls.__struct_fields__
    ):
        for field in kind.fields:
            yield from settings(field.type, f"{path}.{field.name}" if path else field.name)
    elif isinstance(kind, look.VarTupleType) and isinstance(kind.item_type, look.StructType):
        yield from settings(kind.item_type, f"{path}.N")
    elif isinstance(kind, look.Metadata):
        yield from settings(kind.type, path)
    else:
        yield path


@pytest.mark.parametrize("name", METHODS)
def test_a_method_s_page_names_all_its_settings(name: str) -> None:
    page = (ROOT / "src/lockgate/auth" / name / "README.md").read_text()

    missing = [path for path in settings(look.type_info(METHODS[name])) if path and path.rpartition(".")[2] not in page]

    assert missing == []
    assert f"kind: {name}" in page


@pytest.mark.parametrize("name", METHODS)
def test_a_method_stands_in_the_overview(name: str) -> None:
    assert f"`{name}`" in (ROOT / "docs/authentication.md").read_text()
