"""A machine that died kept the first pages of a file of LMDB, and not the last: an error at most, and the process lives."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

USES = {
    "cache": """
from lockgate.caches.lmdb.store import LmdbCache
async def use():
    store = LmdbCache(folder, 16 << 20)
    for number in range(60):
        store.get(number.to_bytes(32))
        store.put(number.to_bytes(32), b"x" * 3000, 60)
        await store.written()
    await store.aclose()
""",
    "tokens": """
from lockgate.token_stores.lmdb.store import LmdbTokens
async def use():
    store = LmdbTokens(folder)
    for number in range(60):
        name = b"%032d" % number
        await store.put(name, await store.read(name), b"x" * 3000, 60)
    await store.aclose()
""",
    "repeats": """
from lockgate.stores.repeats.file import RepeatFile
async def use():
    store = RepeatFile(folder)
    for number in range(60):
        if await store.claim(number.to_bytes(32), b"p" * 32) == "mine":
            await store.keep(number.to_bytes(32), b"x" * 3000, 60)
    await store.aclose()
""",
    "key_uses": """
from lockgate.stores.key_uses import record
async def use():
    record(folder, {f"key_{number:060}": 7 for number in range(600)})
""",
}
AROUND = """
import asyncio, sys
from pathlib import Path
from lockgate.core.store import StoreError
folder = Path(sys.argv[1])
{use}
try:
    asyncio.run(use())
except StoreError as error:
    print("away:", error)
"""


def run(kind: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    code = AROUND.format(use=USES[kind])
    return subprocess.run([sys.executable, "-c", code, str(folder)], capture_output=True, text=True, check=False)


@pytest.mark.parametrize("kind", USES)
def test_U5_a_file_without_its_end_is_no_end_of_the_process(tmp_path: Path, kind: str) -> None:
    whole = tmp_path / "whole"
    assert run(kind, whole).returncode == 0
    size = (whole / "data.mdb").stat().st_size
    ends: list[int] = []
    for part in (0.25, 0.6, 0.95):
        folder = tmp_path / f"{part}"
        folder.mkdir()
        shutil.copy(whole / "data.mdb", folder / "data.mdb")
        os.truncate(folder / "data.mdb", max(8192, int(size * part)))
        ends.append(run(kind, folder).returncode)

    assert set(ends) == {0}  # what is raised besides `StoreError` is 1
