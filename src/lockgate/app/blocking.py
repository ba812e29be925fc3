"""Requests from a thread that may wait, over the transport that lives on the loop."""

import asyncio
from collections.abc import Callable

from lockgate.core.http import Outbound, Transport


def blocking_post(transport: Transport) -> Callable[[Outbound], int]:
    """Called on the loop, for functions that are called in other threads: they give the answer's status, its body read.

    Raise what the transport raises, and `TimeoutError`.
    """
    loop = asyncio.get_running_loop()

    async def post(outbound: Outbound) -> int:
        arrival = await transport.send(outbound)
        await arrival.body.read()
        return arrival.status

    def run(outbound: Outbound) -> int:
        return asyncio.run_coroutine_threadsafe(post(outbound), loop).result(outbound.timeouts.total)

    return run
