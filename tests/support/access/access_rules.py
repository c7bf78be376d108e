"""Who may come in at each route of every service. A route without a rule fails a test; the others are probed by it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from realtime.dashboard import PATHS as DASHBOARD

ADMIN_TOKEN = "admin-token-of-this-test-long-enough"
PUBLIC_KEY = "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg="
PASSWORD = "correct horse battery"
NUMBER = "+17735550002"

Door = Literal[
    "public",
    "webhook",
    "internal",
    "viewer",
    "agent",
    "admin",
    "own-viewer",
    "tenant-viewer",
    "tenant-admin",
    "operator",
]
"""`own-viewer`: anybody of a tenant, for that one; or the operator. `tenant-viewer`, `tenant-admin`: the operator,
or somebody with that role of the tenant in the path. `operator`: ADMIN_TOKEN alone."""


@dataclass(frozen=True)
class Rule:
    door: Door
    body: Any = None
    """One that is valid, so that what is refused is refused for its sender."""
    readable: bool = True
    """False: reading it needs more than its owner's credentials: the carrier, which is away here."""
    query: str = ""


NEW_KEY = {"label": "x", "role": "viewer"}
NEW_USER = {"email": "new@example.com", "name": "New", "role": "viewer"}
NEW_CONNECTION = {"api_key": "KEY1", "public_key": PUBLIC_KEY}
NEW_NUMBER = {"phone_number": "+17735550009", "connection_id": "con_x"}
NEW_WEBHOOK = {"url": "https://example.com/hook", "events": ["message.received"], "active": False}
CARD = {"currency": "USD", "valid_from": "2030-01-01T00:00:00Z", "sms_out": {"*": "0.01"}}
WORKFLOW = {
    "name": "x",
    "definition": {"trigger": {"type": "api"}, "steps": [{"id": "a", "type": "delay", "seconds": 86400}]},
}
TODAY = datetime.now(UTC).date().isoformat()

T = "/api/accounts/tenants"
PAGES = {"/docs", "/docs/{name}", "/openapi.json", "/set-password", "/assets/{name}", "/icon.svg", *DASHBOARD}
"""For people, or the description itself."""

RULES: dict[str, Rule] = {
    "GET /openapi.json": Rule("public"),
    "GET /docs": Rule("public"),
    "GET /docs/{name}": Rule("public"),
    "GET /healthz": Rule("public"),
    "GET /readyz": Rule("public"),
    "GET /metrics": Rule("public"),
    **{f"GET {path}": Rule("public") for path in DASHBOARD},
    "GET /assets/{name}": Rule("public"),
    "GET /icon.svg": Rule("public"),
    "GET /set-password": Rule("public"),
    "POST /webhooks/telnyx": Rule("webhook"),
    "POST /webhooks/telnyx/{connection_id}": Rule("webhook"),
    "POST /api/accounts/login": Rule("public", {"email": "a@example.com", "password": "x"}),
    "POST /api/accounts/login/ticket": Rule("public", {"ticket": "x"}),
    "POST /api/accounts/operator-login": Rule("public", {"admin_token": "x"}),
    "POST /api/accounts/operator-logout": Rule("operator"),
    "GET /api/accounts/setup": Rule("public"),
    "POST /api/accounts/password": Rule("public", {"token": "x", "password": "x"}),
    "POST /api/accounts/logout": Rule("viewer"),
    "GET /api/accounts/me": Rule("own-viewer"),
    "PATCH /api/accounts/me": Rule("viewer", {"language": "de"}),
    "POST /api/accounts/me/password": Rule("viewer", {"current": "x", "new": "y"}),
    "GET /api/accounts/me/sessions": Rule("viewer"),
    "DELETE /api/accounts/me/sessions/{session_id}": Rule("viewer"),
    "GET /api/accounts/colleagues": Rule("viewer"),
    "GET /api/accounts/usage": Rule("own-viewer"),
    "GET /api/accounts/usage/entries": Rule("own-viewer"),
    f"POST {T}": Rule("operator", {"name": "x"}),
    f"GET {T}": Rule("operator"),
    f"GET {T}/{{tenant_id}}": Rule("tenant-admin"),
    f"PATCH {T}/{{tenant_id}}": Rule("tenant-admin", {"ai_mode": "off"}),
    f"GET {T}/{{tenant_id}}/audit": Rule("tenant-admin"),
    f"GET {T}/{{tenant_id}}/api-keys": Rule("tenant-admin"),
    f"POST {T}/{{tenant_id}}/api-keys": Rule("tenant-admin", NEW_KEY),
    f"DELETE {T}/{{tenant_id}}/api-keys/{{id}}": Rule("tenant-admin"),
    f"GET {T}/{{tenant_id}}/connections": Rule("tenant-admin"),
    f"POST {T}/{{tenant_id}}/connections": Rule("tenant-admin", NEW_CONNECTION),
    f"GET {T}/{{tenant_id}}/connections/{{id}}": Rule("tenant-admin"),
    f"PATCH {T}/{{tenant_id}}/connections/{{id}}": Rule("tenant-admin", {"active": True}),
    f"GET {T}/{{tenant_id}}/connections/{{id}}/available-numbers": Rule("tenant-admin", readable=False),
    f"POST {T}/{{tenant_id}}/connections/{{id}}/import": Rule("tenant-admin", {"phone_numbers": "all"}),
    f"POST {T}/{{tenant_id}}/connections/{{id}}/check": Rule("tenant-admin"),
    f"GET {T}/{{tenant_id}}/numbers": Rule("tenant-viewer"),
    f"POST {T}/{{tenant_id}}/numbers": Rule("tenant-admin", NEW_NUMBER),
    f"GET {T}/{{tenant_id}}/numbers/{{phone_number}}": Rule("tenant-viewer"),
    f"PATCH {T}/{{tenant_id}}/numbers/{{phone_number}}": Rule("tenant-admin", {"label": "x"}),
    f"DELETE {T}/{{tenant_id}}/numbers/{{phone_number}}": Rule("tenant-admin"),
    f"GET {T}/{{tenant_id}}/users": Rule("tenant-admin"),
    f"POST {T}/{{tenant_id}}/users": Rule("tenant-admin", NEW_USER),
    f"GET {T}/{{tenant_id}}/users/{{id}}": Rule("tenant-admin"),
    f"PATCH {T}/{{tenant_id}}/users/{{id}}": Rule("tenant-admin", {"name": "x"}),
    f"POST {T}/{{tenant_id}}/users/{{id}}/reset-link": Rule("tenant-admin"),
    f"GET {T}/{{tenant_id}}/users/{{id}}/sessions": Rule("tenant-admin"),
    f"DELETE {T}/{{tenant_id}}/users/{{id}}/sessions/{{session_id}}": Rule("tenant-admin"),
    f"GET {T}/{{tenant_id}}/rate-cards": Rule("tenant-admin"),
    f"POST {T}/{{tenant_id}}/rate-cards": Rule("operator", CARD),
    f"GET {T}/{{tenant_id}}/rate-cards/{{id}}": Rule("tenant-admin"),
    f"DELETE {T}/{{tenant_id}}/rate-cards/{{id}}": Rule("operator"),
    f"GET {T}/{{tenant_id}}/reconciliations": Rule("tenant-admin"),
    f"POST {T}/{{tenant_id}}/reconciliations": Rule("tenant-admin", {"day": "2026-03-01"}),
    f"GET {T}/{{tenant_id}}/reconciliations/{{id}}": Rule("tenant-admin"),
    f"GET {T}/{{tenant_id}}/reconciliations/{{id}}/differences": Rule("tenant-admin"),
    f"GET {T}/{{tenant_id}}/repricings": Rule("tenant-admin"),
    f"POST {T}/{{tenant_id}}/repricings": Rule("operator", {"from": "2026-03-01", "to": "2026-03-02"}),
    f"GET {T}/{{tenant_id}}/repricings/{{id}}": Rule("tenant-admin"),
    "GET /api/system/dead-letters": Rule("operator"),
    "GET /api/system/dead-letters/{id}": Rule("operator"),
    "POST /api/system/dead-letters/{id}/replay": Rule("operator", {"body": None}),
    "POST /api/system/dead-letters/{id}/discard": Rule("operator", {"why": "x"}),
    "GET /api/system/queues": Rule("operator"),
    "GET /api/system/carriers": Rule("operator"),
    "GET /api/system/versions": Rule("operator"),
    "GET /api/conversations": Rule("viewer"),
    "POST /api/conversations": Rule("agent", {"to": "+13125550123", "text": "x"}),
    "POST /api/conversations/bulk": Rule("agent", {"ids": ["cnv_x"], "action": "close"}),
    "GET /api/conversations/assignment": Rule("viewer"),
    "PATCH /api/conversations/assignment": Rule("admin", {"rules": []}),
    "POST /api/conversations/assignment/away": Rule("agent", {"away": False, "user_id": "usr_x"}),
    "GET /api/conversations/{conversation_id}": Rule("viewer"),
    "PATCH /api/conversations/{conversation_id}": Rule("agent", {"ai_mode": "off"}),
    "GET /api/conversations/{conversation_id}/messages": Rule("viewer"),
    "POST /api/conversations/{conversation_id}/messages": Rule("agent", {"text": "x"}),
    "POST /api/conversations/{conversation_id}/read": Rule("agent"),
    "POST /api/conversations/{conversation_id}/unread": Rule("agent"),
    "POST /api/conversations/{conversation_id}/snooze": Rule("agent", {"until": None}),
    "POST /api/conversations/{conversation_id}/notes": Rule("agent", {"text": "x"}),
    "GET /api/conversations/{conversation_id}/timeline": Rule("viewer"),
    "POST /api/conversations/{conversation_id}/drafts/{draft_id}/approve": Rule("agent"),
    "POST /api/conversations/{conversation_id}/drafts/{draft_id}/reject": Rule("agent"),
    "POST /api/media": Rule("agent"),
    "GET /api/media/{media_id}": Rule("viewer"),
    "GET /api/media/signed/{token}": Rule("public"),
    "GET /api/contacts": Rule("viewer"),
    "POST /api/contacts": Rule("agent", {"email": "ada@cakes.example"}),
    "POST /api/contacts/activities": Rule(
        "agent",
        {
            "activity_id": "1",
            "channel": "chat",
            "at": "2026-01-01T00:00:00Z",
            "who": {"email": "ada@cakes.example"},
            "summary": "x",
        },
    ),
    "GET /api/contacts/{contact_id}": Rule("viewer"),
    "GET /api/contacts/{contact_id}/timeline": Rule("viewer"),
    "POST /api/contacts/{contact_id}/merge": Rule("agent", {"other_id": "cct_x"}),
    "POST /api/contacts/{contact_id}/unmerge": Rule("agent", {"merge_id": "mrg_x"}),
    "PATCH /api/contacts/{contact_id}": Rule("agent", {"name": "x"}),
    "DELETE /api/contacts/{contact_id}": Rule("admin"),
    "GET /api/contacts/erasures/{erasure_id}": Rule("admin"),
    "GET /api/contacts/{contact_id}/export": Rule("admin"),
    "GET /api/contacts/{contact_id}/consent": Rule("viewer"),
    "POST /api/contacts/{contact_id}/consent": Rule("agent", {"state": "out", "note": "asked by phone"}),
    "GET /api/labels": Rule("viewer"),
    "POST /api/labels": Rule("agent", {"name": "x"}),
    "PATCH /api/labels/{label_id}": Rule("admin", {"color": "#0f766e"}),
    "DELETE /api/labels/{label_id}": Rule("admin"),
    "GET /api/canned-replies": Rule("viewer"),
    "POST /api/canned-replies": Rule("agent", {"name": "x", "text": "Hi {name|there}"}),
    "PATCH /api/canned-replies/{canned_reply_id}": Rule("agent", {"name": "x"}),
    "DELETE /api/canned-replies/{canned_reply_id}": Rule("agent"),
    "POST /api/canned-replies/{canned_reply_id}/render": Rule("viewer", {"conversation_id": "cnv_x"}),
    "GET /api/views": Rule("viewer"),
    "POST /api/views": Rule("viewer", {"name": "x", "filters": {"unread": True}}),
    "PATCH /api/views/{view_id}": Rule("viewer", {"name": "x"}),
    "DELETE /api/views/{view_id}": Rule("viewer"),
    "POST /api/neighbours/hooks/{token}": Rule("public"),
    "GET /api/neighbours": Rule("admin"),
    "POST /api/neighbours": Rule("admin", {"kind": "postmark"}),
    "GET /api/neighbours/{neighbour_id}": Rule("admin"),
    "PATCH /api/neighbours/{neighbour_id}": Rule("admin", {"name": "x"}),
    "POST /api/neighbours/{neighbour_id}/rotate": Rule("admin"),
    "DELETE /api/neighbours/{neighbour_id}": Rule("admin"),
    "GET /api/guides": Rule("viewer"),
    "POST /api/guides": Rule("admin", {"name": "x", "instructions": "Be kind."}),
    "GET /api/guides/{guide_id}": Rule("viewer"),
    "PATCH /api/guides/{guide_id}": Rule("admin", {"name": "x"}),
    "DELETE /api/guides/{guide_id}": Rule("admin"),
    "GET /api/assistants": Rule("viewer"),
    "POST /api/assistants": Rule("admin", {"name": "x", "prompt": "Be kind."}),
    "GET /api/assistants/{assistant_id}": Rule("viewer"),
    "PATCH /api/assistants/{assistant_id}": Rule("admin", {"name": "x"}),
    "DELETE /api/assistants/{assistant_id}": Rule("admin"),
    "GET /api/assistants/routes": Rule("viewer"),
    "POST /api/assistants/routes": Rule("admin", {"keyword": "x", "assistant_id": "ast_x"}),
    "DELETE /api/assistants/routes/{route_id}": Rule("admin"),
    "GET /api/assistants/{assistant_id}/knowledge": Rule("viewer"),
    "POST /api/assistants/{assistant_id}/knowledge": Rule("admin", {"title": "x", "text": "Open at seven."}),
    "GET /api/assistants/{assistant_id}/knowledge/{knowledge_id}": Rule("viewer"),
    "DELETE /api/assistants/{assistant_id}/knowledge/{knowledge_id}": Rule("admin"),
    "GET /api/assistants/{assistant_id}/versions": Rule("viewer"),
    "GET /api/assistants/{assistant_id}/versions/{version}": Rule("viewer"),
    "POST /api/assistants/{assistant_id}/publish": Rule("admin", {}),
    "POST /api/assistants/{assistant_id}/rollback": Rule("admin", {"version": 1}),
    "GET /api/assistants/{assistant_id}/scores": Rule("viewer"),
    "PATCH /api/assistants/{assistant_id}/gate": Rule("admin", {"replay_similarity": 0.5}),
    "DELETE /api/assistants/{assistant_id}/gate": Rule("admin"),
    "GET /api/assistants/{assistant_id}/replays": Rule("viewer"),
    "POST /api/assistants/{assistant_id}/replays": Rule(
        "admin", {"version": 1, "set": [{"messages": [{"author": "customer", "text": "Hi"}]}]}
    ),
    "GET /api/assistants/{assistant_id}/replays/{replay_id}": Rule("viewer"),
    "POST /api/assistants/{assistant_id}/replays/{replay_id}/cancel": Rule("admin"),
    "POST /api/assistants/{assistant_id}/try": Rule("agent", {"messages": [{"author": "customer", "text": "Hi"}]}),
    "GET /api/messages": Rule("viewer"),
    "GET /api/messages/budget": Rule("viewer"),
    "GET /api/messages/{message_id}": Rule("viewer"),
    "GET /api/messages/{message_id}/why": Rule("viewer"),
    "POST /api/messages/{message_id}/resolve": Rule("agent", {"as": "sent"}),
    "GET /api/messages/lanes/{lane_id}": Rule("viewer"),
    "POST /api/messages/lanes/{lane_id}/skip": Rule("agent", {"stream": "s", "up_to": 1, "seq": 1}),
    "GET /api/campaigns": Rule("viewer"),
    "POST /api/campaigns": Rule("agent", {"name": "x"}),
    "GET /api/campaigns/{campaign_id}": Rule("viewer"),
    "PATCH /api/campaigns/{campaign_id}": Rule("agent", {"name": "x"}),
    "DELETE /api/campaigns/{campaign_id}": Rule("agent"),
    "POST /api/campaigns/{campaign_id}/copy": Rule("agent", {}),
    "POST /api/campaigns/{campaign_id}/start": Rule("agent", {"at": "2026-01-01T00:00:00Z"}),
    "POST /api/campaigns/{campaign_id}/unschedule": Rule("agent"),
    "POST /api/campaigns/{campaign_id}/pause": Rule("agent"),
    "POST /api/campaigns/{campaign_id}/resume": Rule("agent"),
    "POST /api/campaigns/{campaign_id}/cancel": Rule("agent"),
    "POST /api/campaigns/{campaign_id}/retry": Rule("agent", {"reasons": []}),
    "GET /api/campaigns/{campaign_id}/report": Rule("viewer"),
    "GET /api/campaigns/{campaign_id}/recipients": Rule("viewer"),
    "POST /api/campaigns/{campaign_id}/recipients": Rule("agent", {"recipients": [{"phone_number": "x"}]}),
    "DELETE /api/campaigns/{campaign_id}/recipients/{recipient_id}": Rule("agent"),
    "GET /api/campaigns/{campaign_id}/tally": Rule("viewer"),
    "POST /api/campaigns/{campaign_id}/preview": Rule("viewer"),
    "POST /api/campaigns/{campaign_id}/test": Rule("agent", {"phone_number": "+13125550123"}),
    "POST /api/campaigns/{campaign_id}/forecast": Rule("agent"),
    "POST /api/campaigns/{campaign_id}/audience": Rule("agent", {"label": "x"}),
    "POST /api/campaigns/{campaign_id}/imports": Rule("agent"),
    "GET /api/campaigns/{campaign_id}/imports/{import_id}": Rule("viewer"),
    "PATCH /api/campaigns/{campaign_id}/imports/{import_id}": Rule("agent", {"has_header": True}),
    "POST /api/campaigns/{campaign_id}/imports/{import_id}/commit": Rule("agent"),
    "POST /api/campaigns/{campaign_id}/imports/{import_id}/cancel": Rule("agent"),
    "GET /api/campaigns/{campaign_id}/imports/{import_id}/rejected": Rule("viewer"),
    "GET /api/workflows": Rule("viewer"),
    "POST /api/workflows": Rule("admin", WORKFLOW),
    "GET /api/workflows/schema": Rule("viewer"),
    "GET /api/workflows/{workflow_id}": Rule("viewer"),
    "PATCH /api/workflows/{workflow_id}": Rule("admin", {"name": "x"}),
    "GET /api/workflows/{workflow_id}/versions": Rule("viewer"),
    "POST /api/workflows/{workflow_id}/activate": Rule("admin"),
    "POST /api/workflows/{workflow_id}/archive": Rule("admin"),
    "POST /api/workflows/{workflow_id}/dry-run": Rule("viewer", {"recipients": []}),
    "GET /api/workflows/{workflow_id}/runs": Rule("viewer"),
    "POST /api/workflows/{workflow_id}/runs": Rule("agent", {"phone_number": "+13125550197"}),
    "GET /api/workflows/runs/{run_id}": Rule("viewer"),
    "POST /api/workflows/runs/{run_id}/stop": Rule("agent"),
    "POST /api/workflows/runs/{run_id}/skip": Rule("agent"),
    "POST /api/realtime/tickets": Rule("viewer"),
    "POST /api/realtime/presence": Rule("viewer", {"conversation_id": None}),
    "GET /api/realtime/events": Rule("viewer"),
    "WEBSOCKET /api/realtime/ws": Rule("viewer"),
    "GET /api/webhooks": Rule("viewer"),
    "POST /api/webhooks": Rule("admin", NEW_WEBHOOK),
    "GET /api/webhooks/{webhook_id}": Rule("viewer"),
    "PATCH /api/webhooks/{webhook_id}": Rule("admin", {"active": False}),
    "DELETE /api/webhooks/{webhook_id}": Rule("admin"),
    "GET /api/webhooks/{webhook_id}/deliveries": Rule("viewer"),
    "POST /api/webhooks/{webhook_id}/test": Rule("admin"),
    "POST /api/webhooks/{webhook_id}/rotate-secret": Rule("admin"),
    "POST /api/webhooks/{webhook_id}/deliveries/{delivery_id}/retry": Rule("admin"),
}
OWN = ("viewer", "agent", "admin", "own-viewer")
INTERNAL = Rule("internal", {"key_id": "key_x", "at": "2026-01-01T00:00:00Z", "why": "x"})
SMALLER: dict[Door, tuple[str, ...]] = {
    "agent": ("viewer",),
    "admin": ("viewer", "agent"),
    "tenant-admin": ("viewer", "agent"),
    "operator": ("viewer", "agent", "admin"),
}


def rule_of(route: str) -> Rule:
    return INTERNAL if is_internal(route) else RULES[route]


def is_internal(route: str) -> bool:
    return route.split()[1].startswith("/internal/")
