"""Bodies that document the routes of media."""

from __future__ import annotations

from typing import Any

MEDIA: dict[str, Any] = {
    "id": "med_0198a1f4c2b87d6e9f10a2b3c4d5e6f7",
    "url": "https://parley.example.com/api/media/signed/med_0198a1f4c2b87d6e9f10a2b3c4d5e6f7.1773140400.h3V0cUqN2yZbX1aLr8Kw.jpg",
    "content_type": "image/jpeg",
    "size": 48213,
    "usable_until": "2026-03-17T09:00:00Z",
}
FORM: dict[str, Any] = {
    "schema": {
        "type": "object",
        "required": ["file"],
        "properties": {
            "file": {
                "type": "string",
                "format": "binary",
                "description": "A picture (JPEG, PNG, GIF, WebP, BMP), film (MP4, 3GP, MPEG), sound (MP3, AMR, OGG, "
                "WAV), PDF, vCard, iCalendar or plain text; 1,000,000 bytes at most.",
            }
        },
    },
    "example": {"file": "(the bytes of cake.jpg)"},
}
CONTENT: dict[str, Any] = {
    "schema": {"type": "string", "format": "binary"},
    "example": "(the bytes of cake.jpg)",
}
