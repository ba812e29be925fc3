"""U3, U4, U5, U9: silence, breaks, and answers that never come to their end."""

from lockgate.app.faulty.play import Fault, Play


async def hang(play: Play) -> bool:
    """U3: not a byte."""
    return await play.silent()


async def hang_midstream(play: Play) -> bool:
    """U4: half of it, then nothing more."""
    await play.half()
    return await play.silent()


async def reset(play: Play) -> bool:
    """U5: half of it, then RST."""
    await play.half()
    await play.pause(0.05)  # what was sent before an RST may be lost with it
    return _reset(play)


async def reset_early(play: Play) -> bool:
    """U5: RST where the answer should begin."""
    return _reset(play)


async def finish(play: Play) -> bool:
    """U5: half of it, then FIN."""
    await play.half()
    play.entry.ended = "cut"
    return False


async def finish_early(play: Play) -> bool:
    """U5: FIN where the answer should begin."""
    play.entry.ended = "cut"
    return False


async def finish_clean(play: Play) -> bool:
    """U5: half of the frames, and then the sound end of the HTTP message, as a proxy in between may make it."""
    if not play.sound.stream:
        return await finish(play)
    await play.half()
    await play.peer.send(b"0\r\n\r\n")
    play.entry.ended = "cut"
    return True


async def drip(play: Play) -> bool:
    """U9: the answer byte by byte, one a second."""
    if play.sound.stream:
        await play.begun()
        for byte in play.sound.body:
            await play.peer.chunk(bytes((byte,)))
            await play.pause(1)
    else:
        await play.begun(b"content-length: %d" % len(play.sound.whole))
        for byte in play.sound.whole:
            await play.peer.send(bytes((byte,)))
            await play.pause(1)
    play.entry.ended = "whole"
    return False


def _reset(play: Play) -> bool:
    play.entry.ended = "cut"
    play.peer.reset()
    return False


FAULTS: dict[str, Fault] = {
    "u3-hang": hang,
    "u4-hang": hang_midstream,
    "u5-rst": reset,
    "u5-rst-early": reset_early,
    "u5-fin": finish,
    "u5-fin-early": finish_early,
    "u5-fin-clean": finish_clean,
    "u9-drip": drip,
}
