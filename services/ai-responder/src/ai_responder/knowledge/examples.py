"""Examples of an assistant's knowledge."""

from __future__ import annotations

from typing import Any

Example = dict[str, Any]

TEXT: Example = {"title": "Cakes to order", "text": "Cakes to order need two days. Wedding cakes need three weeks."}
DOCUMENT: Example = {
    "id": "knw_0f6f2d6f0c1e4f0b8c1f5b6d7e8f9a0b",
    "kind": "file",
    "title": "Price list",
    "file_name": "prices.pdf",
    "state": "ready",
    "error": None,
    "size": 48213,
    "pages": 2,
    "passages": 7,
    "characters": 5210,
    "text": "",
    "pairs": [],
    "created_at": "2026-03-01T09:30:00Z",
    "updated_at": "2026-03-01T09:30:02Z",
}
FORM: Example = {
    "schema": {
        "type": "object",
        "required": ["file"],
        "properties": {
            "file": {"type": "string", "format": "binary", "description": "txt, md, pdf, docx or csv; 25 MB at most"},
            "title": {"type": "string", "description": "Default: the name of the file."},
        },
    },
    "example": {"file": "(the bytes of prices.pdf)", "title": "Price list"},
}
