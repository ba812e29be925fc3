"""What could not be said, each once, in the order it came up."""


class Losses:
    __slots__ = ("_named",)

    def __init__(self) -> None:
        self._named: dict[str, None] = {}

    def add(self, name: str, when: object = True) -> None:
        if when:
            self._named[name] = None

    def all(self) -> tuple[str, ...]:
        return tuple(self._named)
