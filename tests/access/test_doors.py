"""Every route is probed by its rule: without credentials, with bad ones, with too small a role."""

from __future__ import annotations

import pytest

from access_rules import ADMIN_TOKEN, RULES, SMALLER, is_internal, rule_of
from access_stage import Stage
from testkit.eventually import eventually

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_every_route_has_a_rule_and_every_rule_a_route(stage: Stage):
    known = {route for route in stage.routes if not is_internal(route)}
    assert sorted(known - RULES.keys()) == [], "add a rule: who may come in here?"
    assert sorted(RULES.keys() - known) == [], "no such route any more: take the rule out"


async def test_without_credentials_only_public_doors_open(stage: Stage):
    wrong: list[str] = []
    for route in stage.ruled:
        status = await stage.status(route)
        door = rule_of(route).door
        if door == "public":
            expected = status not in (401, 403) or "login" in route or "password" in route
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
    reading = [
        r
        for r in stage.ruled
        if rule_of(r).door in ("operator", "tenant-viewer", "tenant-admin") and r.startswith("GET")
    ]
    allowed = [r for r in reading if rule_of(r).readable]
    assert [route for route in allowed if await stage.status(route, ADMIN_TOKEN) != 200] == []
