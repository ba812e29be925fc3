"""A configuration with something else in one place: taken, or every mistake has a line, and nothing is ever raised."""

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from lockgate.app.load import Loaded, loads
from lockgate.app.settings import Config
from lockgate.app.yaml_lines import read
from tests.fuzz.effort import tried

TEXT = (Path(__file__).parent / "configuration.yaml").read_text()
TREE = read(TEXT).value
NAMES = (
    "OPENAI_API_KEY", "OPENAI_API_KEY_B", "ANTHROPIC_API_KEY", "SHOP_WEB_KEY", "SHOP_APP_KEY", "OLD_CRM_PASSWORD",
    "NIGHTLY_SECRET", "LAB_JOB_SECRET", "REDIS_PASSWORD",
)  # fmt: skip
ENVIRON = {
    "MASTER_KEY": base64.b64encode(bytes(range(32))).decode(),
    **{name: hashlib.sha256(name.encode()).hexdigest() for name in NAMES},
}
SLOW = ("secrets", "injection")
"""Guards that take longer to be built than all the rest to be read."""
Place = tuple[str | int, ...]


def loaded(tree: Any) -> Loaded:
    """Each part on a line of its own."""
    return loads(json.dumps(tree, indent=1, ensure_ascii=False).encode(), Path("x.yaml"), ENVIRON)


def places(value: Any, path: Place = ()) -> list[Place]:
    children: Any = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, inner in children for place in places(inner, (*path, key)))]


def put(value: Any, path: Place, instead: Any) -> Any:
    """The same with another value in one place."""
    if not path:
        return instead
    copy = value.copy()
    copy[path[0]] = put(value[path[0]], path[1:], instead)
    return copy


QUICK = {**TREE, "rules": [rule for rule in TREE["rules"] if rule["guard"]["kind"] not in SLOW]}
PLACES = [place for place in places(QUICK) if place]
INSTEAD = st.sampled_from(
    [
        *(None, True, False, 0, 7, -1, 10**17, 1.5, "", "text", "*", "x" * 300, "é", "5s", "a\nb"),
        *([], [[]], [{}], ["x"], {}, {"x": 1}, {"kind": "x"}, {"env": 7}, {"env": "NOT_THERE"}),
    ]
)


def test_the_sample_is_valid_and_has_every_section() -> None:
    assert loads(TEXT.encode(), Path("x.yaml"), ENVIRON).problems == ()
    assert set(TREE) == set(Config.__struct_fields__)


@tried(100)
@given(st.lists(st.tuples(st.sampled_from(PLACES), INSTEAD), min_size=1, max_size=3))
def test_whatever_stands_in_a_place_is_taken_or_named_with_its_line(changes: list[tuple[Place, Any]]) -> None:
    tree = QUICK
    for place, instead in sorted(changes, key=lambda each: -len(each[0])):  # the inner ones first: they are there still
        tree = put(tree, place, instead)

    found = loaded(tree)

    assert (found.config is None) == bool(found.problems)
    lines = json.dumps(tree, indent=1).count("\n") + 1
    for mistake in found.problems:
        assert 1 <= mistake.line <= lines
        assert (mistake.file, bool(mistake.found), bool(mistake.expected)) == ("x.yaml", True, True)
        assert "\n" not in str(mistake)
    msgspec.json.encode(found.problems)
