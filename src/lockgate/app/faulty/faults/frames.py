"""U10: streams whose frames are not as they should be. What is no stream stays whole, but for the HTML page."""

from collections.abc import Callable

from lockgate.app.faulty.play import Fault, Play

PAGE = b"<!doctype html><title>Welcome</title><p>This is no model."
Change = Callable[[tuple[bytes, ...]], tuple[bytes, ...]]
BOM = b"\xef\xbb\xbf"


def _changed(change: Change) -> Fault:
    async def fault(play: Play) -> bool:
        if not play.sound.stream or play.sound.status != 200:
            return await play.well()
        await play.streamed(change(play.sound.pieces))
        return True

    return fault


async def page(play: Play) -> bool:
    """A page of a proxy, with status 200."""
    await play.whole(200, ((b"content-type", b"text/html; charset=utf-8"),), PAGE)
    return True


async def bytewise(play: Play) -> bool:
    """Each byte in a chunk of its own: every UTF-8 character and every JSON token is split."""
    planned = play.sound
    if not planned.stream:
        return await play.well()
    await play.begun()
    for byte in planned.body:
        await play.peer.chunk(bytes((byte,)))
    await play.peer.send(b"0\r\n\r\n")
    play.entry.ended = "whole"
    return True


def _joined(change: Callable[[bytes], bytes]) -> Change:
    return lambda pieces: tuple(change(piece) for piece in pieces)


def _null_usage(pieces: tuple[bytes, ...]) -> tuple[bytes, ...]:
    return tuple(piece.replace(b'"usage":{', b'"usage":null,"was":{') for piece in pieces)


FAULTS: dict[str, Fault] = {
    "u10-no-blank": _changed(lambda pieces: (*pieces[:2], *(piece.rstrip(b"\n") + b"\n" for piece in pieces[2:]))),
    "u10-bare-cr": _changed(_joined(lambda piece: piece.replace(b"\r\n", b"\n").replace(b"\n", b"\r"))),
    "u10-bytewise": bytewise,
    "u10-no-space": _changed(_joined(lambda piece: piece.replace(b"data: ", b"data:").replace(b"event: ", b"event:"))),
    "u10-comments": _changed(
        _joined(lambda piece: b": a comment\n\n" + piece if piece.startswith((b"data", b"event")) else piece)
    ),
    "u10-bom": _changed(lambda pieces: (BOM + pieces[0], *pieces[1:])),
    "u10-twice-begun": _changed(lambda pieces: (pieces[0], *pieces)),
    "u10-twice-ended": _changed(lambda pieces: (*pieces, *pieces[-2:])),
    "u10-usage-null": _changed(_null_usage),
    "u10-empty-frames": _changed(
        _joined(lambda piece: b"data:\n\n" + piece if piece.startswith((b"data", b"event")) else piece)
    ),
    "u10-garbage": _changed(lambda pieces: (*pieces[:3], b'data: {"demo": [}, "\xff\xfe": \n\n', *pieces[3:])),
    "u10-html": page,
}
