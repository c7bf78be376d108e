"""The operator's page where other services do not answer: it shows the rest and names them."""

from __future__ import annotations

import base64

import pytest

from accounts.system.carriers import ASKED_AT_ONCE
from shared.events.catalogue import EVERY_HTTP_SERVICE

OTHERS = [service for service in EVERY_HTTP_SERVICE if service != "accounts"]
"""Only accounts runs here."""
OPERATOR = {"authorization": "Bearer admin-token-of-this-test-long-enough"}


async def ask(world, path: str):
    answer = await world.http.get(f"/api/system/{path}", headers=OPERATOR)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_services_that_are_away_are_named(world):
    assert await ask(world, "dead-letters") == {"items": [], "next_cursor": None, "unreachable": OTHERS}
    assert (await ask(world, "queues"))["unreachable"] == OTHERS
    states = {one["service"]: one["status"] for one in (await ask(world, "versions"))["services"]}
    assert states == {"accounts": "ready", **dict.fromkeys(OTHERS, "unreachable")}


@pytest.mark.parametrize("after", ["2026-11-29T10:00:00 dlt_1", "yesterday dlt_1", "", "\ud800"])
async def test_a_cursor_of_another_list_is_refused(world, after: str):
    cursor = base64.urlsafe_b64encode(after.encode(errors="surrogatepass")).decode().rstrip("=")
    answer = await world.http.get("/api/system/dead-letters", params={"cursor": cursor or "-"}, headers=OPERATOR)
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_cursor")


async def test_a_connection_is_shown_without_the_figures_of_those_away(world):
    tenant_id = await world.tenant()
    connection_id = await world.connection(tenant_id)
    said = await ask(world, "carriers")
    assert said["unreachable"] == ["sender", "ingress"]
    [row] = said["items"]
    assert (row["connection_id"], row["waiting"], row["last_webhook_at"]) == (connection_id, None, None)


async def test_a_connection_is_shown_with_all_of_its_numbers(world):
    tenant_id = await world.tenant()
    connection_id = await world.connection(tenant_id)
    wanted = [f"+1312{2_000_000 + n}" for n in range(ASKED_AT_ONCE + 1)]
    for phone_number in wanted:
        body = {"phone_number": phone_number, "connection_id": connection_id}
        await world.made(f"/tenants/{tenant_id}/numbers", body)
    [row] = (await ask(world, "carriers"))["items"]
    assert sorted(number["phone_number"] for number in row["numbers"]) == wanted
