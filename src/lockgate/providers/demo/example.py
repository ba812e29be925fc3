"""A value that fits a JSON Schema: arguments for a tool, or an answer in an asked form. Bounded, whatever the schema."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from lockgate.core.body import Tree

DEPTH = 16
BUDGET = 5_000
"""Values, and sixteenths of characters, that one example may have: a small schema can ask for a huge value."""
ITEMS = 100
LENGTH = 10_000

_FORMATS = {
    "date": "2026-01-31",
    "time": "12:00:00Z",
    "date-time": "2026-01-31T12:00:00Z",
    "duration": "P1D",
    "email": "demo@example.com",
    "hostname": "example.com",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "uri": "https://example.com/",
    "uuid": "00000000-0000-4000-8000-000000000000",
}
_BOUNDS = (
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
)
_KEYWORDS = ("const", "default", "enum", "type", "items", "format", "$ref", "anyOf", "oneOf", "allOf", *_BOUNDS)


def example(schema: Tree) -> Any:
    """Keywords: const, enum, default, type, properties, items, anyOf, oneOf, allOf, $ref within, bounds and formats.

    `pattern` is not solved, and a schema that contradicts itself gets some value. The same schema gives the same value.
    """
    return _Maker(schema).value(schema, DEPTH)


class _Maker:
    def __init__(self, root: Tree) -> None:
        self._root = root
        self._left = BUDGET

    def value(self, schema: Any, depth: int) -> Any:
        if not isinstance(schema, dict) or depth <= 0 or not self._pays(1):
            return None
        for given in _given(schema):
            return given if self._affords(given) else None
        inner = self._inner(schema)
        return self.value(inner, depth - 1) if inner is not None else self._typed(schema, depth)

    def _pays(self, price: int) -> bool:
        self._left -= price
        return self._left > 0

    def _affords(self, given: Any) -> bool:
        """Pays for a value that the schema itself holds: the same one may be asked for again and again."""
        stack = [given]
        while stack and self._pays(1):
            node = stack.pop()
            if isinstance(node, str):
                self._pays(len(node) // 16)
            elif isinstance(node, dict):
                stack.extend(islice(node.keys(), self._left))
                stack.extend(islice(node.values(), self._left))
            elif isinstance(node, list):
                stack.extend(node[: self._left])
        return self._left > 0

    def _inner(self, schema: Tree) -> Tree | None:
        """The schema that stands for this one, where it only points at others."""
        if isinstance(schema.get("$ref"), str):
            return self._found(schema["$ref"])
        for key in ("anyOf", "oneOf"):
            options = schema.get(key)
            if isinstance(options, list) and options and isinstance(options[0], dict):
                return _joined([schema, options[0]], without=key)
        if isinstance(schema.get("allOf"), list):
            parts = [self._found(part["$ref"]) if _refers(part) else part for part in schema["allOf"][:ITEMS]]
            return _joined([schema, *(part for part in parts if isinstance(part, dict))], without="allOf")
        return None

    def _found(self, reference: str) -> Tree:
        node: Any = self._root
        for name in reference.removeprefix("#").split("/", DEPTH)[1:]:
            name = name.replace("~1", "/").replace("~0", "~")
            node = node.get(name) if isinstance(node, dict) else None
        return node if isinstance(node, dict) else {}

    def _typed(self, schema: Tree, depth: int) -> Any:
        kind = schema.get("type")
        if isinstance(kind, list):
            kind = next((name for name in kind if name != "null"), "null")
        match kind.lower() if isinstance(kind, str) else _guessed(schema):
            case "object":
                return self._object(schema, depth)
            case "array":
                many = max(1, _size(schema, "minItems", ITEMS)) if schema.get("maxItems") != 0 else 0
                return [self.value(schema.get("items", {}), depth - 1) for _ in range(many)]
            case "integer":
                return int(_number(schema, whole=True))
            case "number":
                return _number(schema, whole=False)
            case "boolean":
                return True
            case "null":
                return None
        text = _string(schema)
        return text if self._pays(len(text) // 16) else ""

    def _object(self, schema: Tree, depth: int) -> Tree:
        made: Tree = {}
        required = _required(schema)
        for name, inner in _properties(schema):
            # Deep down only what must be there, or a recursive schema would grow without need.
            if (depth > DEPTH - 6 or name in required) and self._pays(len(name) // 16):
                made[name] = self.value(inner, depth - 1)
        return made


def _given(schema: Tree) -> Iterator[Any]:
    """A value that the schema itself names."""
    for key in ("const", "default"):
        if key in schema:
            yield schema[key]
    if isinstance(schema.get("enum"), list):
        yield from schema["enum"][:1]


def _refers(part: Any) -> bool:
    return isinstance(part, dict) and isinstance(part.get("$ref"), str)


def _properties(schema: Tree) -> list[tuple[str, Any]]:
    properties = schema.get("properties")
    return list(islice(properties.items(), ITEMS)) if isinstance(properties, dict) else []


def _required(schema: Tree) -> list[Any]:
    required = schema.get("required")
    return required[:ITEMS] if isinstance(required, list) else []


def _joined(parts: list[Tree], without: str) -> Tree:
    """One schema that says what all of them say; the first one's keyword `without` is done with."""
    joined: Tree = {}
    for i, part in enumerate(parts):
        properties = {**joined.get("properties", {}), **dict(_properties(part))}
        required = [*joined.get("required", []), *_required(part)]
        joined |= {key: part[key] for key in _KEYWORDS if key in part and (i or key != without)}
        joined |= {"properties": properties} if properties else {}
        joined |= {"required": required} if required else {}
    return joined


def _guessed(schema: Tree) -> str:
    return "object" if "properties" in schema else "array" if "items" in schema else "string"


def _size(schema: Tree, key: str, most: int) -> int:
    value = schema.get(key)
    return min(value, most) if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0


def _limit(schema: Tree, key: str) -> float | None:
    value = schema.get(key)
    return value if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e15 else None


def _number(schema: Tree, *, whole: bool) -> float:
    step = 1 if whole else 0.5
    low, above = _limit(schema, "minimum"), _limit(schema, "exclusiveMinimum")
    high, below = _limit(schema, "maximum"), _limit(schema, "exclusiveMaximum")
    if low is not None:
        return -(-low // 1) if whole else low
    if above is not None:
        return above // 1 + 1 if whole else above + step
    number: float = 1
    if high is not None:
        number = min(number, high // 1 if whole else high)
    if below is not None:
        number = min(number, -(-below // 1) - 1 if whole else below - step)
    return number


def _string(schema: Tree) -> str:
    form = schema.get("format")
    text = _FORMATS.get(form, "example") if isinstance(form, str) else "example"
    text = text.ljust(_size(schema, "minLength", LENGTH), ".")
    most = schema.get("maxLength")
    return text[:most] if isinstance(most, int) and most >= 0 else text
