"""Pictures, sounds, films and documents: `inlineData` and `fileData` parts, both ways."""

from typing import Any

from lockgate.core.chat import Media, MediaKind

_STANDARD = str.maketrans("-_", "+/")
_KINDS: dict[str, MediaKind] = {"image": "image", "audio": "audio", "video": "video"}
_USUAL = {"image": "image/jpeg", "audio": "audio/wav", "video": "video/mp4", "file": "application/pdf"}
_BY_NAME = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".webp": "image/webp",
    ".gif": "image/gif",
    ".heic": "image/heic",
    ".pdf": "application/pdf",
    ".txt": "text/plain",
    ".mp3": "audio/mp3",
    ".wav": "audio/wav",
    ".mp4": "video/mp4",
}
_OWN = ("https://generativelanguage.googleapis.com/", "gs://", "files/")
_FETCHED = ("https://", "http://", "gs://", "files/")


def inline(mime: str, data: str, name: str = "") -> Media:
    """Proto3 JSON takes both alphabets of base64, with or without padding; everybody else takes the standard one."""
    data = standard(data)
    return Media(_kind(mime), mime=mime, data=data + "=" * (-len(data) % 4), name=name)


def standard(data: str) -> str:
    return data.translate(_STANDARD)


def file(mime: str, uri: str, name: str = "") -> Media:
    """A file that Google holds is known to Google only: an id. Anything else is an address."""
    if uri.startswith(_OWN):
        return Media(_kind(mime), mime=mime, file_id=uri, name=name)
    return Media(_kind(mime), mime=mime, url=uri, name=name)


def part(media: Media, lost: list[str]) -> dict[str, Any] | None:
    """The part for it, or None when there is no way to say it: then `lost` says so."""
    if media.detail not in ("", "auto"):
        lost.append("image detail")
    if media.text:
        return {"text": media.text}
    if media.data:
        return {"inlineData": {"mimeType": media.mime or _USUAL[media.kind], "data": media.data}}
    uri = media.url or media.file_id
    if not uri.startswith(_FETCHED):
        lost.append("files by id" if media.file_id else f"{media.kind} by this kind of URL")
        return None
    mime = media.mime or _BY_NAME.get(_ending(uri), "")
    return {"fileData": {"mimeType": mime, "fileUri": uri} if mime else {"fileUri": uri}}


def _kind(mime: str) -> MediaKind:
    return _KINDS.get(mime.partition("/")[0].lower(), "file")


def _ending(uri: str) -> str:
    name = uri.partition("?")[0].rpartition("/")[2].lower()
    return name[name.rfind(".") :] if "." in name else ""
