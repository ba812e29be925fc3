"""Files as secrets."""

import os
from pathlib import Path

import pytest

from lockgate.core.secret_source import LIMIT, NoSecret, Surroundings
from lockgate.secrets.file import plugin


def around(folder: Path) -> Surroundings:
    return Surroundings({}, folder, str, str)


@pytest.mark.parametrize("content", [b"s3cret", b"s3cret\n", b"s3cret\r\n"])
def test_the_content_is_the_secret(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "key").write_bytes(content)

    assert plugin.open("key", around(tmp_path)) == "s3cret"
    assert plugin.files("key", tmp_path) == (tmp_path / "key",)


@pytest.mark.parametrize(
    ("content", "found"),
    [(b"", "empty"), (b" \n", "empty"), (b"x" * (LIMIT + 1), "larger"), (b"\xff\xfe", "not text")],
)
def test_s04_what_is_no_secret(tmp_path: Path, content: bytes, found: str) -> None:
    (tmp_path / "key").write_bytes(content)

    with pytest.raises(NoSecret) as caught:
        plugin.open("key", around(tmp_path))

    assert found in caught.value.found


@pytest.mark.parametrize("name", ["gone", ".", "a\0b"])
def test_a_file_that_cannot_be_read(tmp_path: Path, name: str) -> None:
    with pytest.raises(NoSecret):
        plugin.open(name, around(tmp_path))


@pytest.mark.parametrize("name", ["pipe", "linked", "/dev/zero"])
def test_nobody_waits_for_what_is_no_regular_file(tmp_path: Path, name: str) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "linked").symlink_to("pipe")

    with pytest.raises(NoSecret, match="no regular file"):
        plugin.open(name, around(tmp_path))
