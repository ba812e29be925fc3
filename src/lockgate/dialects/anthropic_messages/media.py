"""Images and documents, to the wire. Claude Platform Docs, pages "Vision", "PDF support" and "Files API"."""

import base64
import binascii

from lockgate.core.chat import Media
from lockgate.dialects.anthropic_messages.notes import Notes

Part = dict[str, object]

_IMAGES = frozenset(("image/jpeg", "image/png", "image/gif", "image/webp"))
_MAGIC = {"iVBORw0KGgo": "image/png", "/9j/": "image/jpeg", "R0lGOD": "image/gif", "UklGR": "image/webp"}
"""How the base64 of a picture begins, for clients that do not say what it is."""


def written(media: Media, notes: Notes) -> Part | None:
    """None, and a name in the notes, where this dialect has no such part."""
    if media.kind not in ("image", "file"):
        notes.add(media.kind)
        return None
    if media.detail not in ("", "auto"):
        notes.add("image detail")
    source = _image(media, notes) if media.kind == "image" else _document(media, notes)
    if source is None:
        return None
    part: Part = {"type": "image" if media.kind == "image" else "document", "source": source}
    if media.kind == "file" and media.name:
        part["title"] = media.name[:500]
    return part


def _image(media: Media, notes: Notes) -> Part | None:
    if media.data:
        mime = media.mime if media.mime in _IMAGES else _guessed(media.data)
        if mime:
            return {"type": "base64", "media_type": mime, "data": media.data}
        notes.add("images other than JPEG PNG GIF and WebP")
        return None
    return _elsewhere(media, "images", notes)


def _guessed(data: str) -> str:
    return next((mime for magic, mime in _MAGIC.items() if data.startswith(magic)), "")


def _document(media: Media, notes: Notes) -> Part | None:
    if media.text:
        return {"type": "text", "media_type": "text/plain", "data": media.text}
    if not media.data:
        return _elsewhere(media, "files", notes)
    if media.mime == "application/pdf" or media.data.startswith("JVBERi0"):
        return {"type": "base64", "media_type": "application/pdf", "data": media.data}
    if media.mime.startswith("text/") or media.mime == "application/json":
        try:
            text = base64.b64decode(media.data, validate=True).decode()
        except (binascii.Error, ValueError):
            text = ""
        if text.strip():
            return {"type": "text", "media_type": "text/plain", "data": text}
    notes.add("files other than PDF and text")
    return None


def _elsewhere(media: Media, what: str, notes: Notes) -> Part | None:
    if media.url.startswith(("https://", "http://")):
        return {"type": "url", "url": media.url}
    # Ids of this maker's files begin so; anybody else's would be refused.
    if media.file_id.startswith("file_"):
        return {"type": "file", "file_id": media.file_id}
    notes.add(f"{what} by id" if media.file_id else what)
    return None
