"""Every route of every service has a rule here, and is probed by it: without credentials, with another tenant's, with
too small a role. A route without a rule fails the first test: say who may come in, in RULES, and the rest is probed.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import httpx2
import pytest
import pytest_asyncio
from fastapi.routing import iter_route_contexts
from pydantic import SecretStr

from all_in_one.assembly import Assembly, assemble
from shared.access.gate import SESSION_COOKIE
from shared.events import Event, SmsStatus
from shared.settings import PlatformSettings
from testkit.eventually import eventually

pytestmark = pytest.mark.asyncio(loop_scope="module")

ADMIN_TOKEN = "admin-token-of-this-test-long-enough"
PUBLIC_KEY = "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg="
PASSWORD = "correct horse battery"
NUMBER = "+17735550002"

Door = Literal["public", "webhook", "internal", "viewer", "agent", "admin", "own-viewer", "tenant-admin", "operator"]
"""`own-viewer`: anybody of a tenant, for that one; or the operator, who names one. `tenant-admin`: the operator, or an
admin of the tenant in the path. `operator`: ADMIN_TOKEN alone."""


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
CARD = {"currency": "USD", "valid_from": "2030-01-01T00:00:00Z", "sms_out": {"*": "0.01"}}
TODAY = datetime.now(UTC).date().isoformat()

T = "/api/accounts/tenants"
PAGES = {"/", "/docs", "/docs/{name}", "/openapi.json", "/set-password"}
"""For people, or the description itself."""

RULES: dict[str, Rule] = {
    "GET /openapi.json": Rule("public"),
    "GET /docs": Rule("public"),
    "GET /docs/{name}": Rule("public"),
    "GET /healthz": Rule("public"),
    "GET /readyz": Rule("public"),
    "GET /metrics": Rule("public"),
    "GET /": Rule("public"),
    "GET /set-password": Rule("public"),
    "POST /webhooks/telnyx": Rule("webhook"),
    "POST /webhooks/telnyx/{connection_id}": Rule("webhook"),
    "POST /api/accounts/login": Rule("public", {"email": "a@example.com", "password": "x"}),
    "POST /api/accounts/password": Rule("public", {"token": "x", "password": "x"}),
    "POST /api/accounts/logout": Rule("viewer"),
    "GET /api/accounts/me": Rule("viewer"),
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
    f"GET {T}/{{tenant_id}}/numbers": Rule("tenant-admin"),
    f"POST {T}/{{tenant_id}}/numbers": Rule("tenant-admin", NEW_NUMBER),
    f"GET {T}/{{tenant_id}}/numbers/{{phone_number}}": Rule("tenant-admin"),
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
    "GET /api/conversations": Rule("viewer"),
    "POST /api/conversations": Rule("agent", {"to": "+13125550123", "text": "x"}),
    "GET /api/conversations/{conversation_id}": Rule("viewer"),
    "PATCH /api/conversations/{conversation_id}": Rule("agent", {"ai_mode": "off"}),
    "GET /api/conversations/{conversation_id}/messages": Rule("viewer"),
    "POST /api/conversations/{conversation_id}/messages": Rule("agent", {"text": "x"}),
    "POST /api/conversations/{conversation_id}/read": Rule("agent"),
    "POST /api/conversations/{conversation_id}/drafts/{draft_id}/approve": Rule("agent"),
    "POST /api/conversations/{conversation_id}/drafts/{draft_id}/reject": Rule("agent"),
    "GET /api/contacts": Rule("viewer"),
    "GET /api/contacts/{contact_id}": Rule("viewer"),
    "PATCH /api/contacts/{contact_id}": Rule("agent", {"name": "x"}),
    "GET /api/contacts/{contact_id}/consent": Rule("viewer"),
    "POST /api/contacts/{contact_id}/consent": Rule("agent", {"state": "out", "note": "asked by phone"}),
    "GET /api/assistants": Rule("viewer"),
    "POST /api/assistants": Rule("admin", {"name": "x", "prompt": "Be kind."}),
    "GET /api/assistants/{assistant_id}": Rule("viewer"),
    "PATCH /api/assistants/{assistant_id}": Rule("admin", {"name": "x"}),
    "POST /api/assistants/{assistant_id}/try": Rule("agent", {"messages": [{"author": "customer", "text": "Hi"}]}),
    "GET /api/messages": Rule("viewer"),
    "GET /api/messages/budget": Rule("viewer"),
    "GET /api/messages/{message_id}": Rule("viewer"),
    "GET /api/messages/{message_id}/why": Rule("viewer"),
    "POST /api/messages/{message_id}/resolve": Rule("agent", {"as": "sent"}),
    "GET /api/messages/lanes/{lane_id}": Rule("viewer"),
    "POST /api/messages/lanes/{lane_id}/skip": Rule("agent", {"stream": "s", "up_to": 1, "seq": 1}),
    "GET /api/campaigns": Rule("viewer"),
    "GET /api/campaigns/{campaign_id}/tally": Rule("viewer"),
    "POST /api/realtime/tickets": Rule("viewer"),
    "GET /api/realtime/events": Rule("viewer"),
    "WEBSOCKET /api/realtime/ws": Rule("viewer"),
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


@dataclass
class Stage:
    """Two tenants; the first has one of everything."""

    assembly: Assembly
    http: httpx2.AsyncClient
    ids: dict[str, str] = field(default_factory=dict[str, str])
    keys: dict[str, str] = field(default_factory=dict[str, str])
    """`viewer`, `agent`, `admin` of the first tenant, `foreign` admin of the second, `session`, `revoked`."""

    @property
    def routes(self) -> list[str]:
        found: set[str] = set()
        app = self.assembly.runner.app
        for route in iter_route_contexts(app.routes):
            assert route.path is not None, "a mounted application would be a door that nobody watches"
            methods = set(getattr(route, "methods", None) or {"WEBSOCKET"}) - {"HEAD"}
            found |= {f"{method} {route.path}" for method in methods}
        documented = {f"{m.upper()} {path}" for path, methods in app.openapi()["paths"].items() for m in methods}
        assert documented <= found
        return sorted(found)

    @property
    def ruled(self) -> list[str]:
        """What can be probed; that nothing is missing is the first test's business."""
        return [route for route in self.routes if is_internal(route) or route in RULES]

    def path(self, route: str, **other: str) -> str:
        """With what belongs to the first tenant in its place."""
        path = route.split()[1]
        known = self.ids | other
        if is_internal(route):  # keys, letters and rows of the installation: refused before anything is looked up
            return re.sub(r"\{\w+\}", "x", path)
        return re.sub(r"([\w-]+)/\{\w+\}", lambda m: f"{m[1]}/{known[m[1]]}", path)

    async def status(self, route: str, key: str | None = None, **headers: str) -> int:
        """What the first tenant's path answers to this bearer."""
        sent = headers | ({"authorization": f"Bearer {key}"} if key else {})
        return await self.ask(route, self.path(route), sent)

    async def ask(self, route: str, path: str, headers: dict[str, str]) -> int:
        method = route.split()[0]
        if method == "WEBSOCKET":
            return await self.socket(path, headers)
        response = await self.http.request(method, path, json=rule_of(route).body, headers=headers)
        return response.status_code

    @property
    def document(self) -> dict[str, Any]:
        return self.assembly.runner.app.openapi()

    async def refusals(self, route: str, key: str | None) -> list[httpx2.Response]:
        """What is answered to requests that are wrong in one way or another."""
        method, path = route.split()[0], self.path(route)
        headers = {"content-type": "application/json"} | ({"authorization": f"Bearer {key}"} if key else {})
        wrong: list[dict[str, Any]] = [
            {"content": b"{"},
            {"content": b'{"a": 1}', "params": {"limit": "x", "cursor": "x", "from": "x", "format": "x"}},
            {"content": b"", "headers": headers | {"idempotency-key": " "}},
        ]
        asked = [await self.http.request(method, path, **({"headers": headers} | each)) for each in wrong]
        if method in ("POST", "PATCH"):
            asked.append(await self.http.request(method, path, json=rule_of(route).body, headers=headers))
        self.http.cookies.clear()
        return [answer for answer in asked if answer.is_error]

    async def socket(self, path: str, headers: dict[str, str]) -> int:
        """The status of the refused handshake; 101 if it was accepted."""
        answers: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        asked: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        asked.put_nowait({"type": "websocket.connect"})
        raw = [(name.encode(), value.encode()) for name, value in {"host": "test", **headers}.items()]
        scope = {"type": "websocket", "path": path, "raw_path": path.encode(), "query_string": b"", "headers": raw}
        scope |= {"extensions": {"websocket.http.response": {}}, "subprotocols": [], "scheme": "ws", "asgi": {}}
        served = asyncio.create_task(self.assembly.runner.app(scope, asked.get, answers.put))
        first = await asyncio.wait_for(answers.get(), 10)
        asked.put_nowait({"type": "websocket.disconnect", "code": 1000})
        await asyncio.wait({served}, timeout=10)
        return 101 if first["type"] == "websocket.accept" else int(first.get("status", 403))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    folder: Path = tmp_path_factory.mktemp("routes")
    settings = PlatformSettings(
        _env_file=None,  # pyright: ignore[reportCallIssue]
        secret_key=SecretStr("a secret of thirty-two characters or more"),
        admin_token=SecretStr(ADMIN_TOKEN),
        database_url=f"embedded:{folder}",
        sandbox="off",
        telnyx_api_base="http://127.0.0.1:9/v2",
    )
    assembly = assemble(settings, folder)
    await assembly.runner.start()
    work = asyncio.create_task(assembly.runner.run_tasks())
    transport = httpx2.ASGITransport(assembly.runner.app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://test") as http:
        made = Stage(assembly, http)
        await _furnish(made)
        yield made
    work.cancel()
    await asyncio.wait({work})
    await assembly.runner.stop()


async def _furnish(stage: Stage) -> None:
    async def ready() -> bool:
        return (await stage.http.get("/readyz")).status_code == 200

    await eventually(ready, within=20)

    async def post(path: str, body: Any, key: str = ADMIN_TOKEN) -> dict[str, Any]:
        answer = await stage.http.post(path, json=body, headers={"authorization": f"Bearer {key}"})
        assert answer.is_success, f"{path}: {answer.text}"
        return answer.json()

    first, second = [(await post(T, {"name": name}))["id"] for name in ("First", "Second")]
    for name, tenant_id in (("viewer", first), ("agent", first), ("admin", first), ("foreign", second)):
        role = "admin" if name == "foreign" else name
        stage.keys[name] = (await post(f"{T}/{tenant_id}/api-keys", {"label": name, "role": role}))["key"]
    own = f"{T}/{first}"
    spare = await post(f"{own}/api-keys", NEW_KEY)
    connection = await post(f"{own}/connections", NEW_CONNECTION | {"messaging_profile_id": "p"})
    number = {"phone_number": NUMBER, "connection_id": connection["id"]}
    await post(f"{own}/numbers", number)
    user = {"email": "ann@example.com", "name": "Ann", "role": "admin", "password": PASSWORD}
    person = await post(f"{own}/users", user)
    signed_in = await post("/api/accounts/login", {"email": user["email"], "password": PASSWORD})
    stage.http.cookies.clear()
    stage.keys["session"] = signed_in["token"]
    conversation = await post("/api/conversations", {"to": "+13125550199", "text": "Hello"}, stage.keys["admin"])
    assistant = await post("/api/assistants", {"name": "x", "prompt": "Be kind."}, stage.keys["admin"])
    stage.ids |= {
        "tenants": first,
        "second": second,
        "api-keys": spare["id"],
        "connections": connection["id"],
        "numbers": NUMBER,
        "users": person["id"],
        "conversations": conversation["id"],
        "contacts": conversation["contact"]["id"],
        "assistants": assistant["id"],
        "messages": conversation["last_message"]["id"],
        "drafts": "drf_x",
        "telnyx": connection["id"],
        "campaigns": await _texted(stage, first),
    }
    sessions = await stage.http.get(
        f"{own}/users/{person['id']}/sessions", headers={"authorization": f"Bearer {ADMIN_TOKEN}"}
    )
    stage.ids |= {
        "sessions": sessions.json()["items"][0]["id"],
        "rate-cards": (await post(f"{own}/rate-cards", CARD))["id"],
        "reconciliations": (await post(f"{own}/reconciliations", {"day": TODAY}))["id"],
        "repricings": (await post(f"{own}/repricings", {"from": TODAY, "to": TODAY}))["id"],
    }

    async def in_its_lane() -> str:
        lanes = (await stage.assembly.services["sender"].database._collections["lanes"].find({})).items
        assert lanes
        return lanes[0]["id"]

    stage.ids["lanes"] = await eventually(in_its_lane, within=10)
    stage.ids["docs"] = "start.js"
    revoked = await post(f"{own}/api-keys", {"label": "gone", "role": "admin"})
    gone = f"{own}/api-keys/{revoked['id']}"
    assert (await stage.http.delete(gone, headers={"authorization": f"Bearer {ADMIN_TOKEN}"})).status_code == 204
    stage.keys["revoked"] = revoked["key"]


async def _texted(stage: Stage, tenant_id: str) -> str:
    """A campaign of this tenant, known by what became of one of its texts."""
    now, contact = datetime.now(UTC), "+13125550198"
    fact = {"message_id": "msg_1", "revision": 1, "number": NUMBER, "contact": contact, "status": "sent"}
    data = SmsStatus.model_validate(fact | {"campaign_id": "cmp_1", "changed_at": now, "author": "campaign"})
    event = Event("evt_1", "sender", "", now, tenant_id, contact, data)
    await dict(stage.assembly.services["campaigns"].handlers)[SmsStatus](event)
    headers = {"authorization": f"Bearer {stage.keys['viewer']}"}

    async def counted() -> bool:
        return (await stage.http.get("/api/campaigns/cmp_1/tally", headers=headers)).status_code == 200

    await eventually(counted, within=10)
    return "cmp_1"


async def test_every_route_has_a_rule_and_every_rule_a_route(stage: Stage):
    known = {route for route in stage.routes if not is_internal(route)}
    assert sorted(known - RULES.keys()) == [], "add a rule: who may come in here?"
    assert sorted(RULES.keys() - known) == [], "no such route any more: take the rule out"


@pytest.mark.parametrize("route", [route for route in RULES if route.split()[0] != "WEBSOCKET"])
async def test_every_operation_documents_who_may_come_in(stage: Stage, route: str):
    """In `security`, from which /docs makes its Authorize button and programs their clients."""
    method, path = route.split()
    operation = stage.document["paths"].get(path, {}).get(method.lower())
    if operation is None:
        assert path in ("/", "/docs", "/docs/{name}", "/openapi.json", "/set-password"), (
            "a page, or it has to be documented"
        )
        return
    role = "viewer" if (door := RULES[route].door) == "own-viewer" else "admin" if door == "tenant-admin" else door
    signed_in, operator = [{"bearer": [role]}, {"session": [role]}], [{"admin_token": []}]
    expected: dict[Door, list[Any]] = {"public": [], "webhook": [], "operator": operator}
    expected |= {"own-viewer": signed_in + operator, "tenant-admin": signed_in + operator}
    ticket = [{"ticket": []}] if path == "/api/realtime/events" else []
    assert operation.get("security", []) == expected.get(door, signed_in) + ticket


async def test_every_way_to_prove_who_one_is_is_described(stage: Stage):
    schemes = stage.document["components"]["securitySchemes"]
    assert {name: (one["type"], one.get("scheme") or one["in"]) for name, one in schemes.items()} == {
        "bearer": ("http", "bearer"),
        "session": ("apiKey", "cookie"),
        "admin_token": ("http", "bearer"),
        "ticket": ("apiKey", "query"),
    }
    assert schemes["session"]["name"] == SESSION_COOKIE
    assert all(len(one["description"]) > 30 for one in schemes.values())


async def test_no_operation_refuses_in_a_way_it_does_not_document(stage: Stage):
    """By everybody, with the body of its rule, with none, with what is no JSON, under a key that is none."""
    callers = [None, ADMIN_TOKEN, *(stage.keys[name] for name in ("viewer", "agent", "foreign", "session"))]
    wrong: set[str] = set()
    for path, operations in stage.document["paths"].items():
        for method, operation in operations.items():
            route = f"{method.upper()} {path}"
            if path == "/api/realtime/events" or route == "POST /api/accounts/logout":
                continue  # a stream without end; the end of this test's session
            for caller in callers:
                if method == "delete" and caller in (ADMIN_TOKEN, stage.keys["session"]):
                    continue  # they may, and what is gone could not be probed any more
                for refused in await stage.refusals(route, caller):
                    if str(refused.status_code) not in operation["responses"]:
                        wrong.add(f"{route}: {refused.status_code} {refused.text}")
    assert sorted(wrong) == []


async def test_without_credentials_only_public_doors_open(stage: Stage):
    wrong: list[str] = []
    for route in stage.ruled:
        status = await stage.status(route)
        door = rule_of(route).door
        if door == "public":
            expected = status not in (401, 403) or route == "POST /api/accounts/login" or "password" in route
        else:
            expected = status == 401
        if not expected:
            wrong.append(f"{route} ({door}): {status}")
    assert wrong == []


@pytest.mark.parametrize("bearer", ["nonsense", "pk_nonsense", "revoked", "internal", "ticket"])
async def test_credentials_that_are_none_open_nothing(stage: Stage, bearer: str):
    """Garbage, a revoked key, and tokens that are genuine but made for something else."""
    keyring = stage.assembly.runner.platform.keyring
    ticket = await stage.http.post("/api/realtime/tickets", headers={"authorization": f"Bearer {stage.keys['viewer']}"})
    tokens = {
        "revoked": stage.keys["revoked"],
        "internal": keyring.token({"kind": "internal", "exp": 4_000_000_000}),
        "ticket": ticket.json()["ticket"],
    }

    async def refused() -> bool:
        return await stage.status("GET /api/conversations", tokens["revoked"]) == 401

    await eventually(refused, within=5)
    wrong: list[str] = []
    for route in stage.ruled:
        door = rule_of(route).door
        if door in ("public", "webhook") or (door == "internal" and bearer == "internal"):
            continue
        status = await stage.status(route, tokens.get(bearer, bearer))
        if status != 401:
            wrong.append(f"{route} ({door}): {status}")
    assert wrong == []


@pytest.mark.parametrize("role", ["viewer", "agent", "admin"])
async def test_too_small_a_role_is_403(stage: Stage, role: str):
    wrong: list[str] = []
    for route in stage.ruled:
        door = rule_of(route).door
        if role in SMALLER.get(door, ()):
            status = await stage.status(route, stage.keys[role])
            if status != 403:
                wrong.append(f"{route} ({door}): {status}")
    assert wrong == []


@pytest.mark.parametrize("who", ["admin", "session", "operator"])
async def test_no_customer_comes_through_an_internal_door(stage: Stage, who: str):
    token = ADMIN_TOKEN if who == "operator" else stage.keys[who]
    inside = [route for route in stage.ruled if rule_of(route).door == "internal"]
    assert len(inside) > 20
    assert [route for route in inside if await stage.status(route, token) != 401] == []


async def test_the_admin_token_opens_the_tenants_and_nothing_else(stage: Stage):
    others = [route for route in stage.ruled if rule_of(route).door in ("viewer", "agent", "admin")]
    assert [route for route in others if await stage.status(route, ADMIN_TOKEN) != 401] == []
    reading = [r for r in stage.ruled if rule_of(r).door in ("operator", "tenant-admin") and r.startswith("GET")]
    allowed = [r for r in reading if rule_of(r).readable]
    assert [route for route in allowed if await stage.status(route, ADMIN_TOKEN) != 200] == []


async def test_what_is_another_tenants_is_not_there(stage: Stage):
    """The same path answers its owner (shown where reading is enough), so 404 means "not yours", not "misspelt"."""
    wrong: list[str] = []
    for route in stage.ruled:
        rule = rule_of(route)
        if "{" not in route or rule.door in ("public", "webhook", "internal", "operator"):
            continue
        status = await stage.status(route, stage.keys["foreign"])
        # Its own sessions are a person's; an API key is nobody's, and is told so before any id is looked at.
        if status != (409 if "/me/sessions/" in route else 404):
            wrong.append(f"{route}: {status}")
        shown = route.startswith("GET") and rule.readable
        if shown and await stage.status(route, stage.keys["admin"]) != 200:
            wrong.append(f"{route}: not for its owner either")
    assert wrong == []


async def test_another_tenants_things_are_not_in_ones_own_tenant_either(stage: Stage):
    """The own tenant's id in the path, the other's thing behind it."""
    wrong: list[str] = []
    for route in stage.ruled:
        rule = rule_of(route)
        if rule.door != "tenant-admin" or route.count("{") < 2:
            continue
        path = stage.path(route, tenants=stage.ids["second"])
        status = await stage.ask(route, path, {"authorization": f"Bearer {stage.keys['foreign']}"})
        if status != 404:
            wrong.append(f"{route}: {status}")
    assert wrong == []


async def test_a_list_shows_nothing_of_another_tenant(stage: Stage):
    theirs = [value for name, value in stage.ids.items() if name not in ("second", "drafts")]
    headers = {"authorization": f"Bearer {stage.keys['foreign']}"}
    for route in stage.ruled:
        if route.startswith("GET /api/") and "{" not in route and rule_of(route).door in OWN:
            if route in ("GET /api/realtime/events", "GET /api/accounts/me/sessions"):
                continue
            answer = await stage.http.get(route.split()[1], headers=headers)
            assert answer.status_code == 200, route
            assert not [id for id in theirs if id in answer.text], route


async def test_a_cookie_changes_nothing_without_a_page_of_ours(stage: Stage):
    """Cross-site requests carry the cookie of whoever is signed in."""
    cookie = {"cookie": f"{SESSION_COOKIE}={stage.keys['session']}", "origin": "https://evil.example"}
    wrong: list[str] = []
    for route in stage.ruled:
        if rule_of(route).door in ("public", "webhook", "internal") or route.startswith("GET"):
            continue
        status = await stage.status(route, **cookie)
        if status != 403:
            wrong.append(f"{route}: {status}")
    assert wrong == []


async def test_the_cookie_itself_is_good_enough_to_read(stage: Stage):
    cookie = {"cookie": f"{SESSION_COOKIE}={stage.keys['session']}"}
    assert await stage.status("GET /api/conversations", **cookie) == 200
    assert await stage.status("WEBSOCKET /api/realtime/ws", **cookie, origin="http://test") == 101
    assert await stage.status("WEBSOCKET /api/realtime/ws", **cookie, origin="https://evil.example") == 403
