"""Examples of the API's description."""

from __future__ import annotations

from typing import Any

IMPORT: dict[str, Any] = {
    "id": "imp_0d6a5be2b0d15ee0a5b0d7f5a1b2c3d4",
    "campaign_id": "cmp_0d6a5be2b0d15ee0a5b0d7f5a1b2c3d4",
    "state": "preview",
    "file_name": "customers.csv",
    "format": {
        "kind": "text",
        "encoding": "cp1252",
        "delimiter": ";",
        "has_header": True,
        "sheet": None,
        "sheets": [],
    },
    "columns": [
        {
            "index": 0,
            "header": "Mobile",
            "samples": ["(312) 555-0123"],
            "guess": {"field": "phone_number", "confidence": 0.98},
        },
        {"index": 1, "header": "Name", "samples": ["Ana"], "guess": {"field": "name", "confidence": 0.95}},
    ],
    "mapping": {"0": "phone_number", "1": "name"},
    "region": "US",
    "sampled": True,
    "rows": {"read": 999, "accepted": 990, "rejected": 5, "duplicates": 4},
    "preview_rows": [{"row": 2, "values": ["(312) 555-0123", "Ana"], "code": "", "detail": ""}],
    "progress": 0.0,
    "warnings": [],
    "error": None,
    "created_at": "2026-03-10T09:00:00Z",
    "revision": 1,
}
REJECTED: dict[str, Any] = {
    "row": 17,
    "code": "landline",
    "detail": "This is a landline: it cannot receive SMS.",
    "values": ["0241 4701", "Ana"],
}
REJECTED_CSV = "row,code,detail,Mobile,Name\r\n17,landline,This is a landline: it cannot receive SMS.,0241 4701,Ana\r\n"
FORM: dict[str, Any] = {
    "schema": {
        "type": "object",
        "required": ["file"],
        "properties": {
            "file": {"type": "string", "format": "binary", "description": "csv, tsv, txt or xlsx; 512 MB at most."},
            "mapping": {
                "type": "string",
                "description": "JSON: column index to field, or null for a column that is not imported.",
            },
            "has_header": {"type": "string", "enum": ["true", "false"]},
            "region": {"type": "string", "description": "Country (ISO 3166) of numbers without a country code."},
            "encoding": {"type": "string"},
            "delimiter": {"type": "string"},
            "sheet": {"type": "string"},
        },
    },
    "example": {"file": "Mobile,Name\n(312) 555-0123,Ana\n", "region": "US"},
}
