"""Examples of the accounts API: one bakery, its carrier connection, its number and its keys."""

from __future__ import annotations

from typing import Any

Example = dict[str, Any]

TENANT_ID = "ten_8c1f0a7d2b"
CONNECTION_ID = "con_5e0b91c4d7"
OUR_NUMBER = "+17735550002"
CUSTOMER = "+13125550123"
PROFILE_ID = "4001872a-5b0e-4c6f-9d5e-0e5b7a1f2c3d"
PUBLIC_KEY = "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg="
MONTHLY_CAP: Example = {"nano": 200_000_000_000, "currency": "USD"}

NEW_TENANT: Example = {
    "name": "Corner Bakery",
    "default_region": "US",
    "timezone": "America/Chicago",
    "ai_mode": "suggest",
    "shadow": False,
    "quiet_hours": {"opens": 9, "closes": 20},
    "hand_over_phrases": ["talk to a person"],
    "monthly_cap": MONTHLY_CAP,
}
TENANT_CHANGE: Example = {"ai_mode": "auto", "quiet_seconds": 3, "monthly_cap": MONTHLY_CAP}
TENANT: Example = {
    **NEW_TENANT,
    "id": TENANT_ID,
    "status": "active",
    "resume_days": 30,
    "quiet_seconds": 2.0,
    "answer_within_seconds": 600,
    "max_ai_messages_per_hour": 20,
    "max_ai_parts": 4,
    "daily_cap": None,
    "cap_covers": "all",
    "retention_days": None,
    "campaign_frequency": {"texts": 4, "days": 30},
    "allowed_regions": ["CA", "US"],
    "revision": 3,
    "created_at": "2026-03-01T09:00:00Z",
}

NEW_CONNECTION: Example = {
    "kind": "telnyx",
    "api_key": "KEY0123456789ABCDEF",
    "public_key": PUBLIC_KEY,
    "messaging_profile_id": PROFILE_ID,
}
CONNECTION_CHANGE: Example = {"api_key": "KEYFEDCBA9876543210", "public_keys": [PUBLIC_KEY]}
CONNECTION: Example = {
    "id": CONNECTION_ID,
    "kind": "telnyx",
    "public_key": PUBLIC_KEY,
    "public_keys": [PUBLIC_KEY],
    "messaging_profile_id": PROFILE_ID,
    "api_base": None,
    "active": True,
    "usable": True,
    "problem": None,
    "webhook_url": f"https://parley.example.com/webhooks/telnyx/{CONNECTION_ID}",
    "texts_go_to": "the carrier at api.telnyx.com; real phones get them, and the carrier charges for them",
    "revision": 1,
    "created_at": "2026-03-01T09:05:00Z",
}

NEW_NUMBER: Example = {"phone_number": OUR_NUMBER, "connection_id": CONNECTION_ID, "label": "Front desk"}
NUMBER_CHANGE: Example = {"label": "Orders", "parts_per_second": 2.5, "daily_parts": 2000}
NUMBER: Example = {
    "id": OUR_NUMBER,
    **NEW_NUMBER,
    "number_class": "ten_dlc",
    "parts_per_second": 1.0,
    "daily_parts": 2000,
    "capabilities": ["sms", "mms"],
    "active": True,
    "assigned_at": "2026-03-01T09:10:00Z",
    "revision": 1,
}

AVAILABLE_NUMBER: Example = {
    "phone_number": OUR_NUMBER,
    "status": "active",
    "number_class": "ten_dlc",
    "messaging_profile_id": PROFILE_ID,
    "fits_profile": True,
    "here": "available",
}
IMPORT: Example = {"phone_numbers": [OUR_NUMBER, "+17735550003"]}
IMPORTED: Example = {
    "imported": [NUMBER],
    "left_out": [
        {
            "phone_number": "+17735550003",
            "code": "other_profile",
            "detail": "The carrier has it on another messaging profile than this connection's; "
            "move it to that profile.",
        }
    ],
}
CHECKED: Example = {
    "ok": False,
    "findings": [
        {"subject": "messaging_profile", "ok": True, "problem": "", "remedy": ""},
        {
            "subject": "webhook_api_version",
            "ok": False,
            "problem": "Webhooks arrive in version 1; Parley reads version 2.",
            "remedy": "Choose API v2 for the profile's webhooks in the Telnyx portal under Messaging > "
            "Programmable Messaging.",
        },
    ],
}

NEW_API_KEY: Example = {"label": "billing export", "role": "viewer"}
ISSUED_API_KEY: Example = {
    "id": "key_2f7d90ab",
    "key": "pk_2f7d90ab…",
    **NEW_API_KEY,
    "created_at": "2026-03-01T09:15:00Z",
}
API_KEY: Example = {
    "id": "key_2f7d90ab",
    **NEW_API_KEY,
    "created_at": "2026-03-01T09:15:00Z",
    "created_by": "operator",
    "revoked_at": None,
    "last_used_at": "2026-03-10T14:02:00Z",
    "of_first_secret": True,
}
