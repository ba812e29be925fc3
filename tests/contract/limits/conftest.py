"""Every store, and one owner of it whose memory has begun."""

from collections.abc import AsyncIterator

import pytest

from lockgate.core.limit import LimitStore
from tests.contract.limits.makers import MAKERS, Shared


@pytest.fixture(params=sorted(MAKERS))
async def shared(request: pytest.FixtureRequest) -> AsyncIterator[Shared]:
    async with MAKERS[request.param]() as made:
        yield made


@pytest.fixture
async def store(shared: Shared) -> AsyncIterator[LimitStore]:
    store = shared.owner("one")
    await store.restore(())
    await store.beat()
    yield store
    await store.aclose()
