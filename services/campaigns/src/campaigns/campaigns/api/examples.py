"""Bodies by which the API of campaigns is documented."""

from __future__ import annotations

from typing import Any

CAMPAIGN: dict[str, Any] = {
    "id": "cmp_0197e6f29d4b7c318e5a",
    "name": "Spring sale",
    "state": "running",
    "text": "Hi {first_name|there}, all bikes are 20 % off this week. Acme Bikes. Reply STOP to end.",
    "from_numbers": ["+13125550100"],
    "workflow_id": None,
    "workflow_version": None,
    "send_window": {"opens": 9, "closes": 18},
    "starts_at": "2026-03-10T15:00:00Z",
    "local_time": None,
    "started_at": "2026-03-10T15:00:01Z",
    "finished_at": None,
    "counts": {
        "total": 1200,
        "pending": 640,
        "queued": 60,
        "sent": 40,
        "delivered": 430,
        "failed": 12,
        "skipped": 18,
    },
    "replied": 87,
    "opted_out": 9,
    "unresolved": 0,
    "holds": [{"reason": "daily_parts", "since": "2026-03-10T16:20:00Z"}],
    "forecast": None,
    "created_at": "2026-03-09T11:30:00Z",
    "revision": 412,
}
NEW_CAMPAIGN: dict[str, Any] = {
    "name": "Spring sale",
    "text": "Hi {first_name|there}, all bikes are 20 % off this week. Acme Bikes. Reply STOP to end.",
    "from_numbers": [],
    "send_window": {"opens": 9, "closes": 18},
}
RECIPIENT: dict[str, Any] = {
    "id": "rcp_4b6f0d5c2d5f5c3f9a2e",
    "phone_number": "+13125550123",
    "name": "Ada Byron",
    "company": "Acme",
    "fields": {"favourite_cake": "lemon"},
    "state": "delivered",
    "reason": "",
    "text": "Hi Ada, all bikes are 20 % off this week. Acme Bikes. Reply STOP to end.",
    "parts": 1,
    "cost": {"nano": 4_000_000, "currency": "USD"},
    "message_id": "msg_9d1f7a54c1d35f0d8f0e",
    "run_id": None,
    "sent_at": "2026-03-10T15:00:03Z",
    "delivered_at": "2026-03-10T15:00:05Z",
    "replied_at": None,
}
RECIPIENTS_CSV = (
    "id,phone_number,name,company,state,reason,text,parts,cost,currency,message_id,run_id,sent_at,delivered_at,"
    "replied_at,field: favourite_cake\r\n"
    "rcp_4b6f0d5c2d5f5c3f9a2e,+13125550123,Ada Byron,Acme,delivered,,Hi Ada,1,0.004,USD,msg_9d1f7a54c1d35f0d8f0e,,"
    "2026-03-10T15:00:03Z,2026-03-10T15:00:05Z,,lemon\r\n"
)
ADDED: dict[str, Any] = {
    "accepted": 2,
    "rejected": [{"index": 1, "code": "invalid_number", "detail": "too short for a phone number"}],
}
