"""Closed segments are packed in the background, and the plain file goes when the packed one is durable."""

import logging
import threading
from pathlib import Path

from lockgate.audit.files import sync_folder
from lockgate.audit.segments import PACKED, PLAIN, listed, pack

log = logging.getLogger("lockgate.audit")


class Packer:
    """One thread at a time. What an earlier process left plain is packed, too."""

    def __init__(self, folder: Path, writer: str) -> None:
        self._folder, self._writer = folder, writer
        self._until = 0
        self._thread: threading.Thread | None = None

    def pack_before(self, number: int) -> None:
        """All segments with a lower number, if no packing runs: else with the next ones."""
        self._until = number
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._run, name="audit-pack", daemon=True)
            self._thread.start()

    def wait(self) -> None:
        if self._thread is not None:
            self._thread.join()
            self._run()

    def _run(self) -> None:
        for segment in listed(self._folder).get(self._writer, []):
            if segment.number < self._until and not segment.packed:
                try:
                    self._pack(segment.path)
                except OSError as error:
                    log.warning("%s stays unpacked: %s", segment.path.name, error.strerror)

    def _pack(self, path: Path) -> None:
        final = path.with_name(path.name.removesuffix(PLAIN) + PACKED)
        draft = path.with_name(f".{final.name}.draft")
        try:
            pack(path, draft)
            draft.replace(final)
            sync_folder(self._folder)
            path.unlink()
        finally:
            draft.unlink(missing_ok=True)
