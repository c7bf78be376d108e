"""The API's description says who may come in, by which credentials, and how a request can fail."""

from __future__ import annotations

from typing import Any

import pytest

from access_rules import ADMIN_TOKEN, PAGES, RULES, Door
from access_stage import Stage
from shared.access.gate import SESSION_COOKIE

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_every_operation_documents_who_may_come_in(stage: Stage):
    """In `security`, from which /docs makes its Authorize button and programs their clients."""
    wrong: list[str] = []
    for route in (route for route in RULES if not route.startswith("WEBSOCKET")):
        method, path = route.split()
        operation = stage.document["paths"].get(path, {}).get(method.lower())
        if operation is None:
            wrong += [] if path in PAGES else [f"{route} is no page, so it has to be documented"]
        elif operation.get("security", []) != _security_of(route):
            wrong.append(f"{route}: {operation.get('security')}")
    assert wrong == []


def _security_of(route: str) -> list[Any]:
    door = RULES[route].door
    role = door.removeprefix("own-").removeprefix("tenant-")
    signed_in, operator = [{"bearer": [role]}, {"session": [role]}], [{"admin_token": []}, {"operator_session": []}]
    expected: dict[Door, list[Any]] = {"public": [], "webhook": [], "operator": operator}
    shared: tuple[Door, ...] = ("own-viewer", "tenant-viewer", "tenant-admin")
    expected |= dict.fromkeys(shared, signed_in + operator)
    ticket = [{"ticket": []}] if route.endswith("/api/realtime/events") else []
    return expected.get(door, signed_in) + ticket


async def test_every_way_to_prove_who_one_is_is_described(stage: Stage):
    schemes = stage.document["components"]["securitySchemes"]
    assert {name: (one["type"], one.get("scheme") or one["in"]) for name, one in schemes.items()} == {
        "bearer": ("http", "bearer"),
        "session": ("apiKey", "cookie"),
        "admin_token": ("http", "bearer"),
        "operator_session": ("apiKey", "cookie"),
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
