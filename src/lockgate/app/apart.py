"""Something slow in a thread that nobody has to wait for: neither who gives it up, nor the process at its end."""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


async def apart(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """As `asyncio.to_thread`, whose threads are waited for at the end. What is given up goes on, and is heard by nobody."""
    loop = asyncio.get_running_loop()
    result: asyncio.Future[T] = loop.create_future()

    def tell(put: Callable[[T], None] | Callable[[BaseException], None], value: object) -> None:
        def told() -> None:
            if not result.done():
                put(value)  # type: ignore[arg-type]

        with suppress(RuntimeError):  # the loop is closed: the process ends
            loop.call_soon_threadsafe(told)

    def run() -> None:
        try:
            made = work(*args, **kwargs)
        except BaseException as error:  # noqa: BLE001 - it is raised where it is waited for
            tell(result.set_exception, error)
        else:
            tell(result.set_result, made)

    threading.Thread(target=run, name="apart", daemon=True).start()
    return await result
