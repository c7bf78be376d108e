"""Every service in one process, with two tenants, of whom the first has one of everything; asked over HTTP."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx2
from fastapi.routing import iter_route_contexts

from access_rules import (
    ADMIN_TOKEN,
    CARD,
    NEW_CONNECTION,
    NEW_KEY,
    NEW_WEBHOOK,
    NUMBER,
    PAGES,
    PASSWORD,
    RULES,
    TODAY,
    WORKFLOW,
    T,
    is_internal,
    rule_of,
)
from all_in_one.assembly import Assembly
from campaigns.campaigns.domain.campaign import Campaign
from campaigns.campaigns.store import CAMPAIGNS
from shared.aggregates import Aggregates
from shared.broker.protocol import Message
from shared.clock import SystemClock
from shared.events import Event, SmsStatus
from testkit.eventually import eventually


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
        if is_internal(route) or path in PAGES:  # keys, letters and rows are refused before they are looked up
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
        """101 if it stays open, else the status that its close code stands for."""
        answers: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        asked: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        asked.put_nowait({"type": "websocket.connect"})
        raw = [(name.encode(), value.encode()) for name, value in {"host": "test", **headers}.items()]
        scope = {"type": "websocket", "path": path, "raw_path": path.encode(), "query_string": b"", "headers": raw}
        scope |= {"extensions": {"websocket.http.response": {}}, "subprotocols": [], "scheme": "ws", "asgi": {}}
        served = asyncio.create_task(self.assembly.runner.app(scope, asked.get, answers.put))
        await asyncio.wait_for(answers.get(), 10)
        second = await asyncio.wait_for(answers.get(), 10)
        asked.put_nowait({"type": "websocket.disconnect", "code": 1000})
        await asyncio.wait({served}, timeout=10)
        return 101 if second["type"] == "websocket.send" else int(second["code"]) - 4000


async def furnish(stage: Stage) -> None:
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
    knows = f"/api/assistants/{assistant['id']}/knowledge"
    knowledge = await post(knows, {"title": "x", "text": "Open at seven."}, stage.keys["admin"])
    canned = await post("/api/canned-replies", {"name": "known", "text": "Hi"}, stage.keys["admin"])
    label = await post("/api/labels", {"name": "known"}, stage.keys["admin"])
    route = {"keyword": "x", "assistant_id": assistant["id"]}
    guide = {"name": "x", "instructions": "Be kind."}
    webhook = await post("/api/webhooks", NEW_WEBHOOK, stage.keys["admin"])
    neighbour = await post("/api/neighbours", {"kind": "postmark"}, stage.keys["admin"])
    stage.ids |= {
        "tenants": first,
        "second": second,
        "api-keys": spare["id"],
        "connections": connection["id"],
        "numbers": NUMBER,
        "users": person["id"],
        "conversations": conversation["id"],
        "contacts": conversation["contact"]["id"],
        "labels": label["id"],
        "canned-replies": canned["id"],
        "views": "viw_x",
        "assistants": assistant["id"],
        "knowledge": knowledge["id"],
        "replays": await _replayed(stage, assistant["id"]),
        "versions": "1",
        "routes": (await post("/api/assistants/routes", route, stage.keys["admin"]))["id"],
        "guides": (await post("/api/guides", guide, stage.keys["admin"]))["id"],
        "messages": conversation["last_message"]["id"],
        "drafts": "drf_x",
        "webhooks": webhook["id"],
        "neighbours": neighbour["id"],
        "hooks": neighbour["url"].rpartition("/")[2],
        "deliveries": "dlv_x",
        "telnyx": connection["id"],
        "campaigns": await _texted(stage, first),
        "recipients": "rcp_x",
    }
    stage.ids["erasures"] = await _erased(stage)
    stage.ids["imports"] = await _imported(stage)
    stage.ids |= await _uploaded(stage)
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
    stage.ids["dead-letters"] = await _died(stage)
    await _run_a_workflow(stage)
    revoked = await post(f"{own}/api-keys", {"label": "gone", "role": "admin"})
    gone = f"{own}/api-keys/{revoked['id']}"
    assert (await stage.http.delete(gone, headers={"authorization": f"Bearer {ADMIN_TOKEN}"})).status_code == 204
    stage.keys["revoked"] = revoked["key"]


async def _died(stage: Stage) -> str:
    """An event that accounts cannot read."""
    queue = "accounts.access.revoked.v1"
    await stage.assembly.runner.platform.broker.send_to_queue(queue, Message("access.revoked", b"no event", "evt_x"))
    headers = {"authorization": f"Bearer {ADMIN_TOKEN}"}

    async def kept() -> str | None:
        items = (await stage.http.get("/api/system/dead-letters", headers=headers)).json()["items"]
        return next((letter["id"] for letter in items if letter["event_id"] == "evt_x"), None)

    return await eventually(kept, within=10)


async def _run_a_workflow(stage: Stage) -> None:
    """The number has to be known to campaigns before a run can start."""
    headers = {"authorization": f"Bearer {stage.keys['admin']}"}
    made = await stage.http.post("/api/workflows", json=WORKFLOW, headers=headers)
    path = f"/api/workflows/{made.json()['id']}"
    assert (await stage.http.post(f"{path}/activate", headers=headers)).is_success

    async def started() -> str | None:
        answer = await stage.http.post(f"{path}/runs", json={"phone_number": "+13125550196"}, headers=headers)
        return answer.json()["id"] if answer.status_code == 201 else None

    stage.ids |= {"workflows": made.json()["id"], "runs": await eventually(started, within=10)}


async def _replayed(stage: Stage, assistant_id: str) -> str:
    """A replay of the assistant's draft against its live version."""
    path, headers = f"/api/assistants/{assistant_id}", {"authorization": f"Bearer {stage.keys['admin']}"}
    await stage.http.patch(path, json={"prompt": "Be brief."}, headers=headers)
    cases = {"version": 2, "set": [{"messages": [{"text": "Hi"}]}]}
    made = await stage.http.post(f"{path}/replays", json=cases, headers=headers)
    assert made.is_success, made.text
    return made.json()["id"]


async def _erased(stage: Stage) -> str:
    """An erasure of a contact that nothing else here needs."""
    headers = {"authorization": f"Bearer {stage.keys['admin']}"}
    made = await stage.http.post("/api/contacts", json={"email": "gone@cakes.example"}, headers=headers)
    erased = await stage.http.delete(f"/api/contacts/{made.json()['id']}", headers=headers)
    assert erased.status_code == 202, erased.text
    return erased.json()["id"]


async def _imported(stage: Stage) -> str:
    """A file of recipients of that campaign, as a preview."""
    headers = {"authorization": f"Bearer {stage.keys['admin']}"}
    path, files = f"/api/campaigns/{stage.ids['campaigns']}/imports", {"file": ("list.csv", b"Phone\n+13125550123\n")}
    answer = await stage.http.post(path, files=files, headers=headers)
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


async def _uploaded(stage: Stage) -> dict[str, str]:
    """A picture, and the signed part of its link."""
    headers = {"authorization": f"Bearer {stage.keys['admin']}"}
    answer = await stage.http.post("/api/media", files={"file": ("a.jpg", b"\xff\xd8\xff\xe0")}, headers=headers)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    return {"media": made["id"], "signed": made["url"].rpartition("/")[2]}


async def _texted(stage: Stage, tenant_id: str) -> str:
    """A campaign of this tenant, known by the status of one of its texts."""
    now, contact = datetime.now(UTC), "+13125550198"
    fact = {"message_id": "msg_1", "revision": 1, "number": NUMBER, "contact": contact, "status": "sent"}
    data = SmsStatus.read(fact | {"campaign_id": "cmp_1", "changed_at": now, "author": "campaign"})
    event = Event("evt_1", "sender", "", now, tenant_id, contact, data)
    await dict(stage.assembly.services["campaigns"].handlers)[SmsStatus](event)
    headers = {"authorization": f"Bearer {stage.keys['viewer']}"}

    async def counted() -> bool:
        return (await stage.http.get("/api/campaigns/cmp_1/tally", headers=headers)).status_code == 200

    await eventually(counted, within=10)
    service = stage.assembly.services["campaigns"]
    campaigns = Aggregates(CAMPAIGNS, service.database, service.relay, SystemClock(), "campaigns")
    paused = Campaign(
        id="cmp_1", tenant_id=tenant_id, name="x", state="paused", created_at=now
    )  # no test can delete it
    await campaigns.insert_new(tenant_id, {"cmp_1": paused})
    return "cmp_1"
