"""What users meet has its place in the documentation: every error, metric, setting and command."""

import re
from pathlib import Path

import pytest

from lockgate.core.problem import Kind
from lockgate.sinks.metrics import Counts
from lockgate.sinks.metrics.exposition import expose

ROOT = Path(__file__).parents[2]
ERRORS = (ROOT / "docs" / "errors.md").read_text()
METRICS = (ROOT / "src/lockgate/sinks/metrics/README.md").read_text()
PHASES = sorted(path.stem for path in (ROOT / "src/lockgate/pipeline").glob("*.py") if path.stem != "__init__")


@pytest.mark.parametrize("kind", Kind, ids=lambda kind: kind.code)
def test_an_error_is_documented_with_its_status(kind: Kind) -> None:
    assert re.search(rf"\| `{kind.code}` \| {kind.status} ", ERRORS)


def test_a_metric_is_documented() -> None:
    names = re.findall(r"^# TYPE (\S+)", expose(Counts(), 1).decode(), re.MULTILINE)

    assert names
    assert [name for name in names if f"`{name}`" not in METRICS] == []


@pytest.mark.parametrize("phase", PHASES)
def test_a_file_of_the_pipeline_stands_in_the_architecture(phase: str) -> None:
    assert f"`{phase}`" in (ROOT / "ARCHITECTURE.md").read_text()
