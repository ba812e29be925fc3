"""Which headers of a dialect go through the gateway."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Passing:
    """Headers that go through unchanged when both sides speak the dialect: exact names, and prefixes.
    `asked` and `answered` remember what was decided on names that were there before, for nearly all of them come again.
    """

    request: frozenset[bytes] = frozenset()
    request_prefixes: tuple[bytes, ...] = ()
    response: frozenset[bytes] = frozenset()
    response_prefixes: tuple[bytes, ...] = ()
    asked: dict[bytes, bool] = field(default_factory=dict, repr=False, compare=False)
    answered: dict[bytes, bool] = field(default_factory=dict, repr=False, compare=False)
