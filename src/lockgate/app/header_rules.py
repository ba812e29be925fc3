"""From the settings of headers to what the pipeline asks: sources, requirements, and one policy for each place."""

from collections.abc import Mapping

from lockgate.app.header_patterns import matcher
from lockgate.app.settings.headers import HeaderSettings, RequiredSettings, SourceSettings
from lockgate.core.header_policy import HeaderPolicy, Required, Source

NOTHING = HeaderSettings()


def policy(settings: HeaderSettings | None) -> HeaderPolicy | None:
    """None where nothing is said: most places have no opinion on headers, and cost nothing."""
    if settings is None or settings == NOTHING:
        return None
    return HeaderPolicy(
        tuple(_required(name.encode(), required) for name, required in settings.require.items()),
        settings.unknown,
        frozenset(name.encode() for name in settings.forward),
        sources(settings.add) or None,
        sources(settings.response.add) or None,
        frozenset(name.encode() for name in settings.response.remove),
    )


def sources(added: Mapping[str, SourceSettings]) -> dict[bytes, Source]:
    return {name.encode(): source(settings) for name, settings in added.items()}


def source(settings: SourceSettings) -> Source:
    if settings.identity is not None:
        return Source("identity", settings.identity)
    if settings.claim is not None:
        return Source("claim", settings.claim)
    if settings.metadata is not None:
        return Source("metadata", settings.metadata)
    return Source("const", settings.const or "")


def _required(name: bytes, settings: RequiredSettings) -> Required:
    equals = None
    if settings.claim is not None:
        equals = Source("claim", settings.claim)
    elif settings.metadata is not None:
        equals = Source("metadata", settings.metadata)
    return Required(
        name,
        settings.min_length,
        settings.max_length,
        frozenset(value.encode() for value in settings.values or ()),
        None if settings.pattern is None else matcher(settings.pattern),
        equals,
    )
