"""Examples of `/api/contacts`, with values of a sandbox run."""

from __future__ import annotations

from typing import Any

Example = dict[str, Any]

_THEIRS = "+13125550124"
_CONTACT_ID = "cct_d1dac27a64025a05bebe65923a78a590"
_OTHER_ID = "cct_01a22324e0190c2f41a6a31d9ea568d7"
_MERGE_ID = "mrg_8d5ab0a7f8c95b0a9df1b3a4f6d6a0c1"

CONTACT_NEW: Example = {
    "email": "ada@engines.example",
    "phone_number": "(312) 555-0124",
    "external_ids": {"shop": "4711"},
    "name": "Ada Lovelace",
    "timezone": "America/Chicago",
    "fields": {"favourite_cake": "lemon"},
}
CONTACT_PATCH: Example = {"name": "Ada Lovelace", "fields": {"favourite_cake": "lemon"}, "labels": ["wedding"]}
MERGE: Example = {"other_id": _OTHER_ID}
UNMERGE: Example = {"merge_id": _MERGE_ID}
CONSENT: Example = {"state": "out", "note": "asked by phone"}
CONTACT: Example = {
    "id": _CONTACT_ID,
    "phone_number": _THEIRS,
    "phone_numbers": [_THEIRS],
    "emails": ["ada@engines.example"],
    "external_ids": {"shop": "4711"},
    "name": "Ada Lovelace",
    "company": None,
    "facts": {"allergies": "hazelnut"},
    "timezone": "America/Chicago",
    "fields": {"favourite_cake": "lemon"},
    "labels": ["wedding"],
    "consent": {_THEIRS: {"opted_out": False, "state": "none", "at": None}},
    "opted_out": False,
    "merges": [],
    "created_at": "2026-03-10T14:02:42.831000Z",
    "revision": 3,
}
MERGED: Example = {
    **CONTACT,
    "merges": [
        {
            "merge_id": _MERGE_ID,
            "other_id": _OTHER_ID,
            "at": "2026-03-10T15:10:00Z",
            "by": "usr_01a22324e0190c2f41a6a31d9ea568d7",
            "conflicts": [{"what": "fields.favourite_cake", "kept": "lemon", "left": "nut"}],
        }
    ],
    "merge_id": _MERGE_ID,
}
UNMERGED: Example = {
    **CONTACT,
    "restored": {
        **CONTACT,
        "id": _OTHER_ID,
        "phone_number": None,
        "phone_numbers": [],
        "emails": [],
        "consent": {},
        "fields": {"favourite_cake": "nut"},
    },
}
CONTACT_CONSENT: Example = {
    "contact": {
        **CONTACT,
        "opted_out": True,
        "consent": {_THEIRS: {"opted_out": True, "state": "out", "at": "2026-03-10T15:00:28.951000Z"}},
    },
    "entries": [
        {
            "entry_id": "con_01a22324e017402c1678d1d9ea568d7d",
            "contact": _THEIRS,
            "state": "out",
            "effective_at": "2026-03-10T15:00:28.951000Z",
            "evidence": {
                "kind": "api",
                "message_id": None,
                "text": "asked by phone",
                "user_id": "key_d3d9ded0fbdd53139d762a1f7c3fd322",
            },
            "overrides": [],
        }
    ],
}
ACTIVITY_NEW: Example = {
    "activity_id": "chat-8812-3",
    "channel": "chat",
    "at": "2026-03-10T13:58:10Z",
    "direction": "inbound",
    "who": {"email": "ada@engines.example", "name": "Ada"},
    "thread_key": "chat-8812",
    "summary": "asked whether the lemon cake is free of nuts",
    "link": "https://chat.example/8812",
}
ACTIVITY_ACCEPTED: Example = {"id": "act_1c1de9d2f52c5b4fb1f0a2b7d05d6f0e"}
TIMELINE_ITEM: Example = {
    "id": "act_1c1de9d2f52c5b4fb1f0a2b7d05d6f0e",
    "kind": "activity",
    "channel": "chat",
    "at": "2026-03-10T13:58:10Z",
    "direction": "inbound",
    "summary": "asked whether the lemon cake is free of nuts",
    "text": None,
    "link": "https://chat.example/8812",
    "thread_key": "chat-8812",
    "conversation_id": None,
    "message_id": None,
    "user_id": None,
}
