"""Google's own kind of schema, a subset of OpenAPI 3.0, as the JSON Schema that every other dialect speaks.

The other way round is not needed: the API takes JSON Schema in `parametersJsonSchema` and `responseJsonSchema`.
"""

import re
from typing import Any

from msgspec import Raw

from lockgate.dialects.gemini_generate import wire

_LISTS = ("anyOf", "prefixItems")
_COUNTS = ("minItems", "maxItems", "minLength", "maxLength", "minProperties", "maxProperties")


def to_json_schema(schema: object) -> Raw:
    """Types in lower case, `nullable` as a type of its own, counts as numbers; what else there is stays as it is."""
    return Raw(wire.encode(_converted(schema)))


def _converted(node: object) -> Any:
    if not isinstance(node, dict):
        return node
    schema = {_camel(key): _value(_camel(key), value) for key, value in node.items() if value is not None}
    if not schema.pop("nullable", False):
        return schema
    if "anyOf" in schema and isinstance(schema["anyOf"], list):
        schema["anyOf"] = [*schema["anyOf"], {"type": "null"}]
    elif isinstance(schema.get("type"), str):
        schema["type"] = [schema["type"], "null"]
    if isinstance(schema.get("enum"), list):
        schema["enum"] = [*schema["enum"], None]
    return schema


def _value(key: str, value: object) -> Any:
    if key == "type" and isinstance(value, str):
        return value.lower()
    if key in ("items", "additionalProperties"):
        return _converted(value)
    if key in _LISTS and isinstance(value, list):
        return [_converted(item) for item in value]
    if key in ("properties", "$defs", "defs") and isinstance(value, dict):
        return {name: _converted(item) for name, item in value.items()}
    if key in _COUNTS and isinstance(value, str) and re.fullmatch("[0-9]{1,18}", value):
        return int(value)  # 64-bit numbers are strings in proto3 JSON
    return value


def _camel(key: str) -> str:
    return re.sub("_([a-z])", lambda hit: hit.group(1).upper(), key)
