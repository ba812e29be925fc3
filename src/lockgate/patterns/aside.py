"""Compiles an automaton in a process of its own: what compiling takes of memory is gone with it, and two of them need two cores."""

import os
import subprocess
import sys
from contextlib import suppress

from lockgate.patterns.making import Expressions

SECONDS = 60.0
"""It takes one or two."""
MEMORY = "GLIBC_TUNABLES", "glibc.malloc.tcache_count=65535"
"""Compiling asks for millions of small pieces of memory: where all that are given back are kept at hand it takes a twentieth less. Other libraries
for C do not know the setting.
"""


def compiled(expressions: Expressions) -> bytes:
    """Empty where there is no other process to be had, or where it could not: then it is tried in this one."""
    rows = [b"%d %s" % (flags, expression.encode().hex().encode()) for expression, flags in expressions]
    with suppress(OSError, subprocess.SubprocessError):
        child = subprocess.run(
            [sys.executable, "-P", "-m", "lockgate.patterns.making"],
            input=b"\n".join(rows),
            capture_output=True,
            timeout=SECONDS,
            check=True,
            env={MEMORY[0]: MEMORY[1], **os.environ},
        )
        return child.stdout
    return b""
