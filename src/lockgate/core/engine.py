"""What looks for the patterns of all guards: the port between rules and the automaton."""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Protocol

from lockgate.core.finding import Hole, Shape, Verdict
from lockgate.core.outlet import Outlet
from lockgate.core.toil import Toil

Whole = tuple[str, str, frozenset[int]]
"""A text of a request, its place, and the guards that are asked of it."""


class Engine(Protocol):
    """Looks for the patterns of many guards at once. Guards are numbered."""

    def look(
        self, text: str, guards: frozenset[int], at: int = 0, place: str = "", toil: Toil | None = None
    ) -> Mapping[int, Verdict]:
        """Findings by guard; a guard that is not in it found nothing. `at`: characters of the text that went before.

        `place`: whose a text is that is whole: then readers are asked, too. `toil`: of the document that the text is of; a text
        without it is bounded by itself.
        """
        ...

    def suspicious(self, wire: bytes, guards: frozenset[int]) -> bool:
        """Whether anything may be found in any text of a JSON document, as it is written. A quick look, too careful."""
        ...

    def read(self, texts: Sequence[Whole]) -> Sequence[Mapping[int, Verdict]]:
        """The same as `look` for each text of a document that is not suspicious: only guards that read may find something."""
        ...

    def ahead(self, texts: Sequence[Whole]) -> Iterator[None]:
        """It will soon be asked to look at these: some guards read several texts faster than each, of several requests, too, and
        long ones in steps, between which others have their turn.
        """
        ...

    def stirring(self, guard: int, texts: Sequence[tuple[str, str]]) -> Sequence[int]:
        """In which of these texts, each with its place, a guard that is `brisk` may find something. A quick look, too careful."""
        ...

    def disguises(self, text: str) -> Sequence[Hole]:
        """Characters that nobody sees and that have no use where they stand."""
        ...

    def growing(self, text: str, guards: frozenset[int], at: int = 0) -> int:
        """How many characters at the end may be the beginning of something that is not complete yet."""
        ...

    @property
    def dull(self) -> AbstractSet[str]:
        """Short texts that nobody listed, and in which nobody who reads finds anything: `read` need not be asked again."""
        ...

    @property
    def followers(self) -> frozenset[int]:
        """Guards that follow texts: they may want to know the system texts of a request."""
        ...

    @property
    def readers(self) -> frozenset[int]:
        """Guards that read whole texts."""
        ...

    @property
    def brisk(self) -> frozenset[int]:
        """Those of them that are quick to say in which texts they find nothing."""
        ...

    @property
    def measures(self) -> frozenset[int]:
        """Guards that measure documents."""
        ...

    @property
    def outlets(self) -> Mapping[int, Outlet]:
        """Guards that know ways out."""
        ...

    def bound(self, system: Sequence[str]) -> "Engine":
        """The engine for the answers to one request, by what its system texts say."""
        ...

    def measured(self, shape: Shape, guards: frozenset[int]) -> Mapping[int, Verdict]:
        """What is too large about a document."""
        ...

    @property
    def before(self) -> int:
        """The most characters in front of a finding that may decide on it."""
        ...


class Nobody:
    """An engine without guards."""

    before = 0
    dull: AbstractSet[str] = frozenset()
    followers: frozenset[int] = frozenset()
    readers: frozenset[int] = frozenset()
    brisk: frozenset[int] = frozenset()
    measures: frozenset[int] = frozenset()
    outlets: Mapping[int, Outlet] = {}

    def look(
        self, text: str, guards: frozenset[int], at: int = 0, place: str = "", toil: Toil | None = None
    ) -> Mapping[int, Verdict]:
        return {}

    def bound(self, system: Sequence[str]) -> Engine:
        return self

    def measured(self, shape: Shape, guards: frozenset[int]) -> Mapping[int, Verdict]:
        return {}

    def suspicious(self, wire: bytes, guards: frozenset[int]) -> bool:
        return False

    def read(self, texts: Sequence[Whole]) -> Sequence[Mapping[int, Verdict]]:
        return [{} for _ in texts]

    def ahead(self, texts: Sequence[Whole]) -> Iterator[None]:
        return iter(())

    def stirring(self, guard: int, texts: Sequence[tuple[str, str]]) -> Sequence[int]:
        return ()

    def disguises(self, text: str) -> Sequence[Hole]:
        return ()

    def growing(self, text: str, guards: frozenset[int], at: int = 0) -> int:
        return 0
