"""U6, U7, U8: refusals with a status, and what they say of when to come back."""

import time
from email.utils import formatdate

from lockgate.app.faulty.peer import Headers
from lockgate.app.faulty.play import Fault, Play


def _limited(*headers: tuple[bytes, bytes]) -> Fault:
    async def fault(play: Play) -> bool:
        return await _refused(play, 429, "Rate limit reached.", headers)

    return fault


async def seconds(play: Play) -> bool:
    """U6: `u6-seconds-2`."""
    return await _refused(play, 429, "Rate limit reached.", ((b"retry-after", (play.argument or "1").encode()),))


async def milliseconds(play: Play) -> bool:
    """U6: `u6-ms-300`."""
    return await _refused(play, 429, "Rate limit reached.", ((b"retry-after-ms", (play.argument or "500").encode()),))


async def date(play: Play) -> bool:
    """U6: `u6-date-2`, an HTTP date so many seconds from now."""
    then = formatdate(time.time() + float(play.argument or 1), usegmt=True).encode()
    return await _refused(play, 429, "Rate limit reached.", ((b"retry-after", then),))


async def status(play: Play) -> bool:
    """U8: `u8-503`."""
    number = int(play.argument) if play.argument.isdigit() and 400 <= int(play.argument) < 600 else 500
    return await _refused(play, number, f"The faulty upstream answers with {number}.", ())


async def _refused(play: Play, number: int, words: str, headers: Headers) -> bool:
    await play.whole(number, (*play.sound.whole_headers, *headers), play.sound.failure(number, words))
    return True


FAULTS: dict[str, Fault] = {
    "u6-seconds-": seconds,
    "u6-ms-": milliseconds,
    "u6-date-": date,
    "u6-huge": _limited((b"retry-after", b"1000000000")),
    "u6-negative": _limited((b"retry-after", b"-1")),
    "u6-garbage": _limited((b"retry-after", b"soon, I promise")),
    "u7-429": _limited(),
    "u8-": status,
}
