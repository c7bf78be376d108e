"""One tenant's things are not there for another, in whatever path or list they are looked for."""

from __future__ import annotations

import pytest

from access_rules import OWN, rule_of
from access_stage import Stage

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_what_is_another_tenants_is_not_there(stage: Stage):
    """The same path answers its owner (shown where reading is enough), so 404 means "not yours", not "misspelt"."""
    wrong: list[str] = []
    for route in stage.ruled:
        rule = rule_of(route)
        if "{" not in route or rule.door in ("public", "webhook", "internal", "operator"):
            continue
        status = await stage.status(route, stage.keys["foreign"])
        # Only a person has sessions; an API key is refused before any id is looked at.
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
        if not rule.door.startswith("tenant-") or route.count("{") < 2:
            continue
        path = stage.path(route, tenants=stage.ids["second"])
        status = await stage.ask(route, path, {"authorization": f"Bearer {stage.keys['foreign']}"})
        if status != 404:
            wrong.append(f"{route}: {status}")
    assert wrong == []


async def test_a_list_shows_nothing_of_another_tenant(stage: Stage):
    theirs = [value for name, value in stage.ids.items() if name not in ("second", "drafts", "deliveries", "versions")]
    headers = {"authorization": f"Bearer {stage.keys['foreign']}"}
    for route in stage.ruled:
        if route.startswith("GET /api/") and "{" not in route and rule_of(route).door in OWN:
            if route in ("GET /api/realtime/events", "GET /api/accounts/me/sessions"):
                continue
            answer = await stage.http.get(route.split()[1], headers=headers)
            assert answer.status_code == 200, route
            assert not [id for id in theirs if id in answer.text], route
