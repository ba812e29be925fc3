"""Questions and answers as small files in the data folder, which workers write and a person at the command line answers."""

import asyncio
import logging
import os
import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import final

import msgspec
from msgspec import Struct

from lockgate.core.approval import Asked
from lockgate.core.key_digest import Pepper

FOLDER = "approvals"
MOST = 1000
"""Questions that wait at once. More are not written down: who floods them gets a refusal all the same."""
DAY = 86400.0
"""Seconds after which a question nobody answered is forgotten."""
ID = re.compile(r"[0-9a-f]{16}")

log = logging.getLogger("lockgate.approvals")


class Granted(Struct, frozen=True):
    """A yes: until when, in seconds since 1970, and whose."""

    until: float
    who: str


@final
class ApprovalFiles:
    """The port `Approvals`, and the other side of it: `waiting`, `grant`, `deny`."""

    def __init__(self, data: Path, pepper: Pepper | None = None, now: Callable[[], float] = time.time) -> None:
        self._folder, self._pepper, self._now = data / FOLDER, pepper, now
        self._threads = ThreadPoolExecutor(1, "approvals")

    def name(self, material: str) -> str:
        assert self._pepper is not None
        return self._pepper.digest(b"approval " + material.encode("utf-8", "surrogatepass"))[:16]

    async def granted(self, name: str) -> bool:
        return await asyncio.to_thread(self._granted, name)

    def ask(self, question: Asked) -> None:
        self._threads.submit(self._ask, question)

    def waiting(self) -> list[Asked]:
        """Those that nobody answered, the oldest first."""
        found = []
        for path in self._folder.glob("*.json"):
            try:
                question = msgspec.json.decode(path.read_bytes(), type=Asked)
            except (OSError, msgspec.MsgspecError):
                continue
            if self._now() - question.asked < DAY and not self._granted(question.id):
                found.append(question)
        return sorted(found, key=lambda question: question.asked)

    def grant(self, name: str, seconds: float, who: str) -> bool:
        """False when nobody asked."""
        if not self._known(name):
            return False
        self._write(self._folder / f"{name}.yes", msgspec.json.encode(Granted(self._now() + seconds, who)))
        return True

    def deny(self, name: str) -> bool:
        """The question is forgotten, and so is a yes. It may be asked again."""
        known = self._known(name)
        if ID.fullmatch(name):
            for ending in ("json", "yes"):
                (self._folder / f"{name}.{ending}").unlink(missing_ok=True)
        return known

    def close(self) -> None:
        self._threads.shutdown(wait=True)

    def _known(self, name: str) -> bool:
        return bool(ID.fullmatch(name)) and (self._folder / f"{name}.json").exists()

    def _granted(self, name: str) -> bool:
        try:
            granted = msgspec.json.decode((self._folder / f"{name}.yes").read_bytes(), type=Granted)
        except FileNotFoundError:
            return False
        except (OSError, msgspec.MsgspecError) as error:
            log.error("approval %s cannot be read, and is none: %s", name, error)  # noqa: TRY400
            return False
        return self._now() < granted.until

    def _ask(self, question: Asked) -> None:
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            path = self._folder / f"{question.id}.json"
            if path.exists():
                return
            there = list(self._folder.glob("*.json"))
            if len(there) >= MOST:
                there = [each for each in there if not self._forgotten(each)]
            if len(there) < MOST:
                self._write(path, msgspec.json.encode(question))
        except OSError as error:
            log.error("a question for approval cannot be written: %s", error)  # noqa: TRY400

    def _forgotten(self, path: Path) -> bool:
        if self._now() - path.stat().st_mtime < DAY:
            return False
        path.unlink(missing_ok=True)
        return True

    def _write(self, path: Path, content: bytes) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = path.with_suffix(f".{os.getpid()}.new")
        fresh.write_bytes(content)
        fresh.chmod(0o600)
        fresh.replace(path)
