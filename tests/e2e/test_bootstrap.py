"""`./lockgate` itself: from any folder, through links, with clear words when it cannot go on."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
TOOLS = ("sh", "cat", "cmp", "rm", "mkdir", "readlink", "sed", "df", "awk", "grep", "tee", "mktemp", "dirname", "env")

FAKE_INSTALL = """\
#!/bin/sh
# Stands for a Python: makes a "virtual environment" of one script, and notes what it was asked to install.
case "$1 $2" in
  "-c import sys; sys.exit"*) exit 0 ;;
  "-V "*) echo "Python 3.11.7"; exit 0 ;;
esac
if [ "$1" = -c ]; then exec "{python}" "$@"; fi
if [ "$1 $2" = "-m venv" ]; then
  mkdir -p "$3/bin"; cp "$0" "$3/bin/python"; chmod +x "$3/bin/python"; exit 0
fi
if [ "$1 $2 $3" = "-m pip install" ]; then
  echo "$@" >>"{notes}"; {pip}
fi
shift; echo "ran: $@"; echo "in: $PWD"
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of what the bootstrap needs, in a folder with a space and a quote in its name."""
    folder = tmp_path / "a folder's name"
    folder.mkdir()
    for name in ("lockgate", "requirements.lock", "requirements-test.lock", "pyproject.toml"):
        shutil.copy(PROJECT / name, folder)
    return folder


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A PATH of the plain tools and nothing else: no uv, no Python."""
    folder = tmp_path / "tools"
    folder.mkdir()
    for name in (*TOOLS, "cp", "chmod", "sleep"):
        found = shutil.which(name)
        assert found, name
        (folder / name).symlink_to(found)
    return folder


def fake(path: Path, name: str, script: str) -> None:
    (path / name).write_text(script)
    (path / name).chmod(0o755)


def installing(path: Path, notes: Path, pip: str = "exit 0") -> None:
    fake(path, "python3", FAKE_INSTALL.format(python=sys.executable, notes=notes, pip=pip))


def call(
    program: Path, path: Path, *arguments: str, cwd: Path | None = None, **environ: str
) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [program, *arguments],
        env={"PATH": str(path), "HOME": os.environ.get("HOME", "/"), **environ},
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_python_that_is_too_old_is_named(project: Path, path: Path) -> None:
    fake(path, "python3", '#!/bin/sh\n[ "$1" = -V ] && echo "Python 3.9.2"\nexit 1\n')

    answer = call(project / "lockgate", path, "version")

    assert answer.returncode == 1
    assert "Python 3.11 or newer is needed; python3 here is 3.9.2" in answer.stderr
    assert not (project / ".venv").exists()


def test_a_machine_without_python_is_told_so(project: Path, path: Path) -> None:
    answer = call(project / "lockgate", path, "version")

    assert answer.returncode == 1
    assert "there is no python3" in answer.stderr


def test_a_newer_python_is_found_beside_an_old_one(project: Path, path: Path, tmp_path: Path) -> None:
    installing(path, tmp_path / "notes")
    (path / "python3").rename(path / "python3.12")
    fake(path, "python3", "#!/bin/sh\nexit 1\n")

    assert call(project / "lockgate", path, "version").returncode == 0


def test_the_first_call_installs_with_hashes_and_the_second_only_runs(
    project: Path, path: Path, tmp_path: Path
) -> None:
    installing(path, tmp_path / "notes")

    first = call(project / "lockgate", path, "check", "a b.yaml", cwd=tmp_path)
    second = call(project / "lockgate", path, "check", "a b.yaml", cwd=tmp_path)

    assert first.stdout == second.stdout == f"ran: -m lockgate.app.cli check a b.yaml\nin: {tmp_path}\n"
    assert "installing" in first.stderr
    assert second.stderr == ""
    packages, itself = (tmp_path / "notes").read_text().splitlines()
    assert "--require-hashes --no-deps" in packages
    assert "--no-index --no-deps --no-build-isolation" in itself


def test_a_changed_lock_is_installed_anew(project: Path, path: Path, tmp_path: Path) -> None:
    installing(path, tmp_path / "notes")
    call(project / "lockgate", path, "version")

    with (project / "requirements.lock").open("a") as file:
        file.write("# changed\n")
    call(project / "lockgate", path, "version")

    assert len((tmp_path / "notes").read_text().splitlines()) == 4


def test_a_changed_project_file_installs_only_the_project(project: Path, path: Path, tmp_path: Path) -> None:
    installing(path, tmp_path / "notes")
    call(project / "lockgate", path, "version")

    with (project / "pyproject.toml").open("a") as file:
        file.write("# changed\n")
    call(project / "lockgate", path, "version")

    assert ["--editable" in line for line in (tmp_path / "notes").read_text().splitlines()] == [False, True, True]


@pytest.mark.parametrize("damage", ["half made", "without its python", "moved"])
def test_a_broken_environment_is_made_anew(project: Path, path: Path, tmp_path: Path, damage: str) -> None:
    installing(path, tmp_path / "notes")
    program = project / "lockgate"
    if damage == "half made":
        (project / ".venv" / "bin").mkdir(parents=True)
        (project / ".venv" / "left-over").write_text("")
    else:
        call(program, path, "version")
    if damage == "without its python":
        (project / ".venv" / "bin" / "python").unlink()
    if damage == "moved":
        program = project.rename(tmp_path / "moved") / "lockgate"

    answer = call(program, path, "version")

    assert answer.returncode == 0
    assert answer.stdout.startswith("ran:")
    assert not (project / ".venv" / "left-over").exists()
    assert len((tmp_path / "notes").read_text().splitlines()) == (2 if damage == "half made" else 4)


def test_it_runs_through_symbolic_links(project: Path, path: Path, tmp_path: Path) -> None:
    installing(path, tmp_path / "notes")
    (tmp_path / "links").mkdir()
    (tmp_path / "links" / "one").symlink_to("../a folder's name/lockgate")
    (tmp_path / "two").symlink_to(tmp_path / "links" / "one")

    answer = call(tmp_path / "two", path, "version")

    assert answer.returncode == 0
    assert (project / ".venv").is_dir()


def test_calls_at_once_install_once(project: Path, path: Path, tmp_path: Path) -> None:
    installing(path, tmp_path / "notes", pip="sleep 0.3; exit 0")
    start = [project / "lockgate", "version"]
    calls = [
        subprocess.Popen(start, env={"PATH": str(path)}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(3)
    ]

    answers = [each.communicate(timeout=60) for each in calls]

    assert [each.returncode for each in calls] == [0, 0, 0]
    assert all(stdout.startswith("ran:") for stdout, _ in answers)
    assert len((tmp_path / "notes").read_text().splitlines()) == 2


@pytest.mark.parametrize(
    ("printed", "words"),
    [
        ("ERROR: Could not find a version that satisfies the requirement x (from versions: none)\nERROR: No matching distribution", "does not answer"),
        ("WARNING: Retrying after connection broken by NewConnectionError", "does not answer"),
        ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device", "disk is full"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.", "do not use it"),
        ("ERROR: something else", "the reason is above"),
    ],
)  # fmt: skip
def test_a_failed_installation_is_explained_and_done_again(
    project: Path, path: Path, tmp_path: Path, printed: str, words: str
) -> None:
    installing(path, tmp_path / "notes", pip=f"echo '{printed}' >&2; exit 1")

    failed = call(project / "lockgate", path, "version")
    installing(path, tmp_path / "notes")
    again = call(project / "lockgate", path, "version")

    assert failed.returncode == 1
    assert words in failed.stderr
    assert printed.splitlines()[0] in failed.stderr
    assert failed.stdout == ""
    assert again.returncode == 0


def test_a_registry_that_does_not_answer_is_said_so_by_the_real_pip(project: Path, tmp_path: Path) -> None:
    """With this machine's own Python, and an index where nobody listens."""
    started = time.monotonic()
    path = Path(os.environ["PATH"])

    answer = call(
        project / "lockgate", path, "version",
        LOCKGATE_PYTHON=sys.executable, PIP_CONFIG_FILE=os.devnull, PIP_INDEX_URL="http://127.0.0.1:9/simple", PIP_NO_CACHE_DIR="1",
        PIP_TIMEOUT="1", UV_INDEX_URL="http://127.0.0.1:9/simple", UV_NO_CACHE="1", UV_NO_CONFIG="1", UV_HTTP_RETRIES="0",
        UV_HTTP_TIMEOUT="1",
    )  # fmt: skip

    assert answer.returncode == 1
    assert "The package registry does not answer" in answer.stderr
    assert time.monotonic() - started < 60


def test_the_script_is_plain_posix_sh() -> None:
    dash = shutil.which("dash")
    if dash is None:
        pytest.skip("no dash on this machine")

    assert subprocess.run([dash, "-n", PROJECT / "lockgate"], check=False).returncode == 0


def test_the_locks_have_a_hash_for_everything_and_no_address() -> None:
    for name in ("requirements.lock", "requirements-test.lock"):
        text = (PROJECT / name).read_text()
        packages = [line for line in text.splitlines() if "==" in line and not line.startswith(" ")]

        assert packages
        assert all(line.endswith("\\") for line in packages)
        assert not any(word in text for word in ("://", "--index", "--find-links", "--extra-index"))
