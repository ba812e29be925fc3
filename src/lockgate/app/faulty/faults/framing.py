"""U17: answers whose HTTP is at odds with itself, or says far too much."""

from lockgate.app.faulty.peer import head
from lockgate.app.faulty.play import CHUNKED, Fault, Play

FIELDS = 100_000


async def long(play: Play) -> bool:
    """`content-length` says more than comes."""
    body = play.sound.body
    await play.begun(b"content-length: %d" % (len(body) + 1000))
    await play.peer.send(body)
    play.entry.ended = "cut"
    return False


async def short(play: Play) -> bool:
    """`content-length` says less than comes: the rest would be taken for the next answer."""
    body = play.sound.body
    await play.begun(b"content-length: %d" % (len(body) // 2))
    await play.peer.send(body)
    play.entry.ended = "whole"
    return False


async def interim(play: Play) -> bool:
    """`100 Continue` again and again, and then the answer."""
    for _ in range(int(play.argument or 3)):
        await play.peer.send(head(100, ()))
    return await play.well()


async def hints(play: Play) -> bool:
    """`103 Early Hints`, and then the answer."""
    await play.peer.send(head(103, ((b"link", b"</style.css>; rel=preload"),)))
    return await play.well()


async def trailers(play: Play) -> bool:
    """Fields behind the last chunk."""
    sound = play.sound
    await play.begun(CHUNKED, b"trailer: x-checksum")
    for piece in sound.pieces:
        await play.piece(piece)
    await play.peer.send(b"0\r\nx-checksum: 1\r\nset-cookie: a=b\r\n\r\n")
    play.entry.ended = "whole"
    return True


async def fields(play: Play) -> bool:
    """A hundred thousand of them in one head."""
    play.entry.status = 200
    start = head(200, play.sound.headers)[:-2]
    await play.peer.send(start)
    for at in range(0, FIELDS, 1000):
        await play.peer.send(b"".join(b"x-field-%d: %d\r\n" % (n, n) for n in range(at, at + 1000)))
    await play.peer.send(b"content-length: 2\r\n\r\n{}")
    play.entry.ended = "whole"
    return False


async def not_http(play: Play) -> bool:
    await play.peer.send(b"SSH-2.0-faulty\r\n")
    return await play.silent()


FAULTS: dict[str, Fault] = {
    "u17-long": long,
    "u17-short": short,
    "u17-100-": interim,
    "u17-103": hints,
    "u17-trailers": trailers,
    "u17-fields": fields,
    "u17-not-http": not_http,
}
