"""Names of what could not be said, once each, in order."""


class Losses:
    __slots__ = ("listed",)

    def __init__(self) -> None:
        self.listed: list[str] = []

    def add(self, name: str) -> None:
        if name not in self.listed:
            self.listed.append(name)

    def all(self) -> tuple[str, ...]:
        return tuple(self.listed)
