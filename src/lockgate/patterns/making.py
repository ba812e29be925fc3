"""Expressions to what `hyperscan.loadb` reads.

`python -m lockgate.patterns.making` does it for lines of a number and an expression in hexadecimals. It imports nothing else: that took two thirds of
what such a process needs beside compiling.
"""

import sys

Expressions = list[tuple[str, int]]
"""Each with its flags."""


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


def _read(rows: bytes) -> Expressions:
    split = (row.split(b" ") for row in rows.splitlines())
    return [(bytes.fromhex(written.decode()).decode(), int(flags)) for flags, written in split]


if __name__ == "__main__":
    sys.stdout.buffer.write(made(_read(sys.stdin.buffer.read())))
