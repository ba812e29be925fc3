"""How much memory there is and how much is used, read from files as Linux has them."""

import os
from pathlib import Path

import pytest

from lockgate.app.memory import Memory

MIB = 1024 * 1024
PAGE = os.sysconf("SC_PAGE_SIZE")


def machine(folder: Path, cgroup: str, files: dict[str, str], *, resident: int = 100) -> tuple[Path, Path]:
    """A /sys/fs/cgroup and a /proc: 8 GiB, and a process of so many MiB."""
    proc, root = folder / "proc", folder / "cgroup"
    (proc / "self").mkdir(parents=True)
    (proc / "self" / "cgroup").write_text(cgroup)
    (proc / "self" / "statm").write_text(f"99999 {resident * MIB // PAGE} 100 1 0 500 0\n")
    (proc / "meminfo").write_text("MemTotal:        8388608 kB\nMemFree:          100 kB\n")
    root.mkdir()
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text + "\n")
    return root, proc


def test_K7_version_2_takes_the_least_limit_on_the_way_up(tmp_path: Path) -> None:
    files = {
        "a/memory.max": str(400 * MIB),
        "a/memory.current": str(300 * MIB),
        "a/memory.stat": f"anon 1\ninactive_file {100 * MIB}",
        "a/b/memory.max": "max",
        "a/b/memory.current": "5",
    }
    root, proc = machine(tmp_path, "0::/a/b\n", files)

    memory = Memory(None, 1, root=root, proc=proc)

    assert (memory.limit, memory.used()) == (400 * MIB, 0.5)


def test_K7_version_1_in_a_container_that_does_not_see_its_path(tmp_path: Path) -> None:
    files = {
        "memory/memory.limit_in_bytes": str(300 * MIB),
        "memory/memory.usage_in_bytes": str(180 * MIB),
        "memory/memory.stat": f"cache 0\ninactive_file 7\ntotal_inactive_file {30 * MIB}",
    }
    root, proc = machine(tmp_path, "5:cpu,cpuacct:/docker/x\n4:memory:/docker/x\n", files)

    memory = Memory(None, 1, root=root, proc=proc)

    assert (memory.limit, memory.used()) == (300 * MIB, 0.5)


def test_K7_what_others_use_in_the_same_cgroup_is_no_reason_to_refuse(tmp_path: Path) -> None:
    files = {"memory.max": str(1000 * MIB), "memory.current": str(990 * MIB)}
    root, proc = machine(tmp_path, "0::/\n", files)

    assert Memory(None, 2, root=root, proc=proc).used() == pytest.approx(0.2)


@pytest.mark.parametrize(
    "files",
    [{}, {"memory/memory.limit_in_bytes": str((1 << 63) - 4096)}, {"memory/memory.limit_in_bytes": "nonsense"}],
    ids=["no files", "no limit", "nonsense"],
)
def test_K7_without_a_limit_it_is_the_machines_memory(tmp_path: Path, files: dict[str, str]) -> None:
    root, proc = machine(tmp_path, "4:memory:/\n", files, resident=1024)

    memory = Memory(None, 2, root=root, proc=proc)

    assert (memory.limit, memory.used()) == (8192 * MIB, 0.25)


def test_K7_a_limit_in_the_settings_is_shared_by_the_workers(tmp_path: Path) -> None:
    root, proc = machine(tmp_path, "0::/\n", {"memory.max": str(100 * MIB)})

    memory = Memory(400, 2, root=root, proc=proc)

    assert (memory.limit, memory.used()) == (400 * MIB, 0.5)


def test_a_system_that_tells_nothing_is_never_full(tmp_path: Path) -> None:
    assert Memory(None, 4, root=tmp_path / "none", proc=tmp_path / "none").used() == 0.0
