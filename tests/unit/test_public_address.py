"""An address that means the same to everybody, and one by which a provider finds what it keeps."""

import pytest

from lockgate.core.public_address import LONGEST_ID, public


@pytest.mark.parametrize(
    "address",
    [
        "https://pictures.example/cat.png",
        "HTTP://pictures.example",
        "https://www.youtube.com/watch?v=abc",
        "https://youtu.be/abc",
        "https://storage.googleapis.com/bucket/v1/cat.png",
        "https://bucket.storage.googleapis.com/cat.png",
        "https://firebasestorage.googleapis.com/v0/b/x/o/cat.png",
        "https://files.mistral.example/signed?a=b",
        "https://host.example/files/a.pdf",
        "https://res.pictures.example/demo/image/upload/v1/sample.jpg",
        "https://pictures.example/my cat.png",
        "https://commondatastorage.googleapis.com/bucket/film.mp4",
        "https://maps.googleapis.com/maps/api/staticmap?center=1",
        "data:image/png;base64,AA",
        "DATA:,x",
        "A" * (LONGEST_ID + 1),
    ],
)
def test_everybodys(address: str) -> None:
    assert public(address)


@pytest.mark.parametrize(
    "address",
    [
        "https://generativelanguage.googleapis.com/v1beta/files/x",
        "https://generativelanguage.googleapis.com/v1beta/files/x:download?alt=media",
        "https://GENERATIVELANGUAGE.GoogleAPIs.com:443/v1beta/files/x",
        "https://generativelanguage.googleapis.com./v1beta/files/x",
        "https://generativelanguage.googleapis.com\\@pictures.example/",
        "https://generativelanguage%2egoogleapis.com/v1beta/x",
        "https://\uff47enerativelanguage.googleapis.com/x",
        "https://user@generativelanguage.googleapis.com/v1beta/files/x",
        "https://pictures.example@generativelanguage.googleapis.com/",
        "https://us-central1-aiplatform.googleapis.com/v1/x",
        "https://notstorage.googleapis.com.googleapis.com/x",
        "https://127.0.0.1:9100/v1beta/files/x",
        "https://host.example/v1beta/%66iles/x",
        "https://host.example/upload/v1beta/files/x",
        "https://api.openai.com/v1/files/file-1/content",
        "https://",
        "https://[::1/x",
        " https://pictures.example/cat.png",
        "https://pictures.example/\tcat.png",
        "https://pictures.example \x2egoogleapis.com/cat.png",
        "gs://bucket/a",
        "GS://bucket/a",
        "files/x",
        "file:///etc/passwd",
        "ms://x",
        "fileid://x",
        "file-abc",
        "",
        "ms://" + "A" * 2000,
    ],
)
def test_a_name(address: str) -> None:
    assert not public(address)
