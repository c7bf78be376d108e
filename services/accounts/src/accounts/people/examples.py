"""Examples of users, signing in and the audit trail."""

from __future__ import annotations

from accounts.tenants.examples import TENANT_ID, Example

_PASSWORD = "correct horse battery staple"  # noqa: S105 - an example
_TOKEN = "eyJhbGciOi…"  # noqa: S105 - an example

NEW_USER: Example = {"email": "ann@example.com", "name": "Ann Miller", "role": "admin"}
USER_CHANGE: Example = {"role": "agent", "status": "active"}
USER: Example = {
    "id": "usr_61d0c3a9",
    **NEW_USER,
    "status": "active",
    "has_password": True,
    "created_at": "2026-03-01T09:20:00Z",
    "last_login_at": "2026-03-10T08:00:00Z",
}
USER_CHANGED: Example = {**USER, "api_keys": [{"id": "key_2f7d90ab", "label": "billing export", "role": "viewer"}]}
COLLEAGUE: Example = {"id": "usr_61d0c3a9", "name": "Ann Miller", "role": "admin"}
LOGIN: Example = {"email": "ann@example.com", "password": _PASSWORD}
LOGIN_TICKET: Example = {"ticket": _TOKEN}
LOGGED_IN: Example = {"token": _TOKEN, "expires_at": "2026-03-17T08:00:00Z"}
OWN_PASSWORD: Example = {"current": _PASSWORD, "new": "eleven loaves and a baguette"}
LINKED_PASSWORD: Example = {"token": _TOKEN, "password": _PASSWORD}
RESET_LINK: Example = {
    "url": f"https://parley.example.com/set-password#token={_TOKEN}",
    "token": _TOKEN,
    "expires_at": "2026-03-02T09:20:00Z",
}
SESSION: Example = {
    "id": "ses_90be1d77",
    "issued_at": "2026-03-10T08:00:00Z",
    "expires_at": "2026-03-17T08:00:00Z",
    "agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0",
    "current": True,
}
NOTIFY: Example = {"about": "mine", "sound": True, "do_not_disturb": {"starts": "19:00", "ends": "08:00"}}
ME_CHANGE: Example = {"language": "de", "notify": NOTIFY}
ME: Example = {
    "tenant_id": TENANT_ID,
    "tenant_name": "Corner Bakery",
    "tenant_timezone": "America/Chicago",
    "tenant_region": "US",
    "role": "admin",
    "subject_id": "ses_90be1d77",
    "user_id": "usr_61d0c3a9",
    "email": "ann@example.com",
    "name": "Ann Miller",
    "language": None,
    "notify": NOTIFY,
    "expires_at": "2026-03-17T08:00:00Z",
    "operator": False,
}
OPERATOR_LOGIN: Example = {"admin_token": "q3o5…"}
OPERATOR: Example = {"operator": True, "expires_at": "2026-03-10T20:00:00Z"}
SETUP: Example = {"needs_setup": False, "sandbox": True}
AUDIT: Example = {
    "id": "aud_77a1c2",
    "at": "2026-03-10T08:03:00Z",
    "who": "usr_61d0c3a9",
    "what": "tenant.changed",
    "subject": "ten_8c1f0a7d2b",
    "changes": [{"field": "ai_mode", "old": "suggest", "new": "auto"}],
}
