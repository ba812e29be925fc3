"""How upstreams do, kept by every worker and shared between them: the port `Health`."""

from lockgate.health.neighbours import Neighbours
from lockgate.health.row import Enlisted, Shown
from lockgate.health.shared import Shared
from lockgate.health.table import Table

__all__ = ["Enlisted", "Neighbours", "Shared", "Shown", "Table"]
