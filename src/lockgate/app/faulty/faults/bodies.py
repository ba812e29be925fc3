"""U11 to U14: bodies that are half, empty, packed wrongly, without an end, or of another kind than they say."""

import zlib
from collections.abc import Callable
from functools import cache

from lockgate.app.faulty.peer import Headers
from lockgate.app.faulty.play import CHUNKED, Fault, Play

BLOCK = b" " * 65536
HUGE = 5 * 1024**3


Changed = tuple[int, Headers, bytes]


def _body(change: Callable[[Play], Changed]) -> Fault:
    async def fault(play: Play) -> bool:
        status, headers, body = change(play)
        await play.whole(status, headers, body)
        return True

    return fault


def _malformed(play: Play) -> Changed:
    return 200, play.sound.whole_headers, play.sound.whole[:-20] + b'}, "\xff\xfe": ['


def _half(play: Play) -> Changed:
    return 200, play.sound.whole_headers, play.sound.whole[: len(play.sound.whole) // 2]


def _error(play: Play) -> Changed:
    return 200, play.sound.whole_headers, play.sound.failure(500, "An error that says that all is well.")


def _packed(play: Play) -> Changed:
    """Says that it is gzip, and is not."""
    return 200, (*play.sound.headers, (b"content-encoding", b"gzip")), play.sound.body


def _cut_gzip(play: Play) -> Changed:
    packed = _gzip(play.sound.body)
    return 200, (*play.sound.headers, (b"content-encoding", b"gzip")), packed[: len(packed) // 2]


def _bomb(play: Play) -> Changed:
    """Twenty megabytes of blanks in ninety kilobytes."""
    return 200, (*play.sound.headers, (b"content-encoding", b"gzip")), _bomb_packed()


@cache
def _bomb_packed() -> bytes:
    packer = zlib.compressobj(1, wbits=31)
    return b"".join([packer.compress(BLOCK) for _ in range(320)]) + packer.flush()


def _plain(play: Play) -> Changed:
    return 200, ((b"content-type", b"text/plain"),), play.sound.body


def _whole(play: Play) -> Changed:
    """A whole answer, whatever was asked for."""
    return 200, play.sound.whole_headers, play.sound.whole


def _binary(play: Play) -> Changed:
    return 200, ((b"content-type", b"application/octet-stream"),), play.sound.body


async def redirect(play: Play) -> bool:
    await play.whole(302, ((b"location", b"http://127.0.0.1:1/elsewhere"),), b"")
    return True


async def nothing(play: Play) -> bool:
    """U11: 204."""
    play.entry.status, play.entry.ended = 204, "whole"
    await play.peer.head(204, ())
    return True


async def huge(play: Play) -> bool:
    """U13: five gigabytes."""
    await play.begun(b"content-length: %d" % HUGE)
    for _ in range(HUGE // len(BLOCK)):
        await play.peer.send(BLOCK)
    return False


async def endless(play: Play) -> bool:
    """U13: the middle of a stream again and again, or a body without an end."""
    pieces = play.sound.pieces
    await play.begun(CHUNKED)
    if not play.sound.stream:
        while True:
            await play.piece(BLOCK)
    for piece in pieces[:3]:
        await play.piece(piece)
    while True:
        await play.piece(pieces[3])
        await play.pause(0.001)


def _gzip(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=31)
    return packer.compress(body) + packer.flush()


FAULTS: dict[str, Fault] = {
    "u11-malformed": _body(_malformed),
    "u11-half": _body(_half),
    "u11-error": _body(_error),
    "u11-empty": _body(lambda play: (200, play.sound.whole_headers, b"")),
    "u11-204": nothing,
    "u11-302": redirect,
    "u12-cut-gzip": _body(_cut_gzip),
    "u12-no-gzip": _body(_packed),
    "u12-bomb": _body(_bomb),
    "u13-huge": huge,
    "u13-endless": endless,
    "u14-whole": _body(_whole),
    "u14-plain": _body(_plain),
    "u14-binary": _body(_binary),
}
