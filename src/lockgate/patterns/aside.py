"""Compiles an automaton in a process of its own: what compiling takes of memory is gone with it, and two of them need two cores.

`python -m lockgate.patterns.aside` reads expressions with their flags, and writes what `hyperscan.loadb` reads.
"""

import os
import subprocess
import sys
from collections.abc import Sequence

import msgspec

Expressions = Sequence[tuple[str, int]]
SECONDS = 60.0
"""It takes one or two."""
MEMORY = "GLIBC_TUNABLES", "glibc.malloc.tcache_count=65535"
"""Compiling asks for millions of small pieces of memory: where all that are given back are kept at hand it takes a twentieth less. Other libraries
for C do not know the setting.
"""


def compiled(expressions: Expressions) -> bytes:
    """Empty where there is no other process to be had, or where it could not: then it is tried in this one."""
    try:
        child = subprocess.run(
            [sys.executable, "-P", "-m", "lockgate.patterns.aside"],
            input=msgspec.msgpack.encode(expressions),
            capture_output=True,
            timeout=SECONDS,
            check=True,
            env={MEMORY[0]: MEMORY[1], **os.environ},
        )
    except (OSError, subprocess.SubprocessError):
        return b""
    return child.stdout


def made(expressions: Expressions) -> bytes:
    """A line's number is its place."""
    import hyperscan  # noqa: PLC0415  only where there is a guard

    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    database.compile(
        expressions=[expression.encode() for expression, _ in expressions],
        ids=list(range(len(expressions))),
        elements=len(expressions),
        flags=[flags for _, flags in expressions],
    )
    return bytes(hyperscan.dumpb(database))


if __name__ == "__main__":
    sys.stdout.buffer.write(made(msgspec.msgpack.decode(sys.stdin.buffer.read(), type=list[tuple[str, int]])))
