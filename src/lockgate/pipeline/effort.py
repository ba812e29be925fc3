"""What a worker puts into getting answers: the budget of its further attempts, and its chance and sleep, which are ports."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from random import random

from lockgate.pipeline.pace import Paces
from lockgate.pipeline.retry_budget import RetryBudget


@dataclass(frozen=True, slots=True)
class Effort:
    """One for a worker, whatever is reloaded. `random` gives numbers in [0, 1)."""

    budget: RetryBudget = field(default_factory=RetryBudget)
    random: Callable[[], float] = random
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    paces: Paces = field(default_factory=Paces)
