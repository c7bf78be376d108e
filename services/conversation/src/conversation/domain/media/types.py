"""The types of pictures and files that are taken, found by the first bytes of the content.

What a sender says of its content proves nothing: a browser would run an HTML page that was called a picture. So the
content decides, and only these types are kept and served. They are what carriers deliver as MMS. The list is ours and
short; a library that knows thousands of types would answer a question that nobody asks here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal["photo", "video", "audio recording", "contact card", "calendar entry", "PDF", "text file", "file"]

HEAD_BYTES = 4096
"""Enough to tell the types apart."""


@dataclass(frozen=True)
class MediaType:
    content_type: str
    kind: Kind
    ending: str
    inline: bool = True
    """Whether a browser may show it in its place. A file is offered for saving instead."""


_TYPES = (
    MediaType("image/jpeg", "photo", "jpg"),
    MediaType("image/png", "photo", "png"),
    MediaType("image/gif", "photo", "gif"),
    MediaType("image/webp", "photo", "webp"),
    MediaType("image/bmp", "photo", "bmp"),
    MediaType("image/heic", "photo", "heic", inline=False),
    MediaType("video/mp4", "video", "mp4"),
    MediaType("video/quicktime", "video", "mov"),
    MediaType("video/3gpp", "video", "3gp"),
    MediaType("video/mpeg", "video", "mpg"),
    MediaType("audio/mpeg", "audio recording", "mp3"),
    MediaType("audio/mp4", "audio recording", "m4a"),
    MediaType("audio/3gpp", "audio recording", "3gp"),
    MediaType("audio/ogg", "audio recording", "ogg"),
    MediaType("audio/amr", "audio recording", "amr"),
    MediaType("audio/wav", "audio recording", "wav"),
    MediaType("application/pdf", "PDF", "pdf", inline=False),
    MediaType("text/vcard", "contact card", "vcf", inline=False),
    MediaType("text/calendar", "calendar entry", "ics", inline=False),
    MediaType("text/plain", "text file", "txt", inline=False),
)
TYPES: Mapping[str, MediaType] = {one.content_type: one for one in _TYPES}
UNKNOWN = MediaType("application/octet-stream", "file", "bin", inline=False)

_OTHER_NAMES = {
    "image/jpg": "image/jpeg",
    "image/pjpeg": "image/jpeg",
    "image/x-ms-bmp": "image/bmp",
    "image/heif": "image/heic",
    "video/3gpp2": "video/3gpp",
    "video/3gp": "video/3gpp",
    "audio/3gpp2": "audio/3gpp",
    "audio/mp3": "audio/mpeg",
    "audio/m4a": "audio/mp4",
    "audio/x-m4a": "audio/mp4",
    "audio/x-wav": "audio/wav",
    "audio/wave": "audio/wav",
    "application/ogg": "audio/ogg",
    "text/x-vcard": "text/vcard",
    "text/directory": "text/vcard",
    "application/x-pdf": "application/pdf",
    "text/x-vcalendar": "text/calendar",
}
_SAYS_NOTHING = frozenset({"", "application/octet-stream", "binary/octet-stream", "application/unknown"})
_SOUND_IN = {"video/mp4": "audio/mp4", "video/3gpp": "audio/3gpp"}
"""Containers that hold sound alone as well, which their first bytes do not tell."""

_BEGINNINGS: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"\x00\x00\x01\xba", "video/mpeg"),
    (b"\x00\x00\x01\xb3", "video/mpeg"),
    (b"ID3", "audio/mpeg"),
    (b"OggS", "audio/ogg"),
    (b"#!AMR", "audio/amr"),
    (b"%PDF-", "application/pdf"),
)
_RIFF = {b"WEBP": "image/webp", b"WAVE": "audio/wav"}
_BRANDS = {b"M4A ": "audio/mp4", b"M4B ": "audio/mp4", b"qt  ": "video/quicktime", b"avif": ""}
_HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
_BMP_HEADERS = frozenset({12, 40, 52, 56, 64, 108, 124})
_MP3_FRAMES = frozenset({0xFA, 0xFB, 0xF2, 0xF3, 0xE2, 0xE3})
_CARD = re.compile(rb"(?:\xef\xbb\xbf)?\s{0,16}BEGIN:(VCARD|VCALENDAR)\s", re.IGNORECASE)
_CARDS = {b"VCARD": "text/vcard", b"VCALENDAR": "text/calendar"}
_NO_TEXT = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")


def named(content_type: str) -> str:
    """The type alone, by its usual name: `image/jpg; name=a` is `image/jpeg`."""
    alone = content_type.partition(";")[0].strip().lower()
    return _OTHER_NAMES.get(alone, alone)


def type_of(content_type: str) -> MediaType:
    return TYPES.get(named(content_type), UNKNOWN)


def found_type(content: bytes, declared: str) -> MediaType | None:
    """What this content is. None: nothing that is taken, or not what its sender says it is."""
    if not content:
        return None  # an empty text says nothing, and the file store has no piece of it
    said = named(declared)
    found = _found(content[:HEAD_BYTES])
    if not found:
        return TYPES["text/plain"] if said == "text/plain" and _is_text(content) else None
    if said in _SAYS_NOTHING:
        return TYPES[found]
    if _SOUND_IN.get(found) == said:
        return TYPES[said]
    return TYPES[found] if _family(said) == _family(found) else None


def _found(head: bytes) -> str:
    for beginning, content_type in _BEGINNINGS:
        if head.startswith(beginning):
            return content_type
    if head.startswith(b"RIFF"):
        return _RIFF.get(head[8:12], "")
    if head[4:8] == b"ftyp":
        return _of_brand(head[8:12])
    if head.startswith(b"BM") and int.from_bytes(head[14:18], "little") in _BMP_HEADERS:
        return "image/bmp"
    if len(head) > 1 and head[0] == 0xFF and head[1] in _MP3_FRAMES:
        return "audio/mpeg"
    card = _CARD.match(head)
    return _CARDS[card[1].upper()] if card else ""


def _of_brand(brand: bytes) -> str:
    if brand in _HEIC_BRANDS:
        return "image/heic"
    if brand.startswith((b"3gp", b"3g2", b"3ge")):
        return "video/3gpp"
    return _BRANDS.get(brand, "video/mp4")


def _family(content_type: str) -> str:
    """Within a family the sender may have mixed up two names; a picture that is a PDF is a contradiction."""
    family = content_type.partition("/")[0]
    if family in ("video", "audio"):
        return "sound and film"
    return family if family == "image" else content_type


def _is_text(content: bytes) -> bool:
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return False
    return not _NO_TEXT.search(text)
