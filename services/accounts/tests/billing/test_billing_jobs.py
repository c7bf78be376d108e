"""Billing jobs in the background: a slow reconciliation delays neither another tenant nor a re-pricing."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta

import pytest

from accounts.billing.jobs import MOST_WAITING
from testkit.eventually import eventually

LAST = date(2099, 12, 31)


@pytest.fixture
async def slow(world):
    """A tenant whose carrier does not answer before it is let go: `(tenant id, lets it go)`."""
    let_go = asyncio.Event()

    @world.app.get("/sandbox/telnyx/v2/detail_records")
    async def records() -> dict:
        await let_go.wait()
        return {"data": [], "meta": {"total_pages": 1}}

    tenant_id = await world.tenant("Slow")
    await world.connection(tenant_id)
    yield tenant_id, let_go
    let_go.set()


async def _reconcile(world, tenant_id: str, days_ago: int):
    day = (LAST - timedelta(days=days_ago)).isoformat()
    return await world.ask("POST", f"/tenants/{tenant_id}/reconciliations", {"day": day})


async def _done(world, path: str) -> bool:
    return (await world.ask("GET", path)).json()["status"] == "done"


async def _statuses(world, tenant_id: str) -> list[str]:
    listed = await world.ask("GET", f"/tenants/{tenant_id}/reconciliations?limit=200")
    return [job["status"] for job in listed.json()["items"]]


async def test_a_tenant_whose_carrier_is_slow_keeps_nobody_else_waiting(world, slow):
    slow_id, let_go = slow
    for days_ago in range(8):
        assert (await _reconcile(world, slow_id, days_ago)).status_code == 201
    other = await world.tenant("Other")
    asked = (await _reconcile(world, other, 1)).json()
    period = {"from": "2099-12-01", "to": "2099-12-31"}
    repricings = [await world.made(f"/tenants/{id}/repricings", period) for id in (other, slow_id)]
    await eventually(lambda: _done(world, f"/tenants/{other}/reconciliations/{asked['id']}"))
    for id, job in zip((other, slow_id), repricings, strict=True):
        await eventually(lambda id=id, job=job: _done(world, f"/tenants/{id}/repricings/{job['id']}"))
    assert sorted(await _statuses(world, slow_id)) == ["queued"] * 7 + ["running"]
    let_go.set()

    async def all_done() -> bool:
        return await _statuses(world, slow_id) == ["done"] * 8

    await eventually(all_done)


async def test_so_many_may_wait_and_no_more(world, slow):
    slow_id, _ = slow
    for days_ago in range(MOST_WAITING):
        assert (await _reconcile(world, slow_id, days_ago)).status_code == 201
    refused = await _reconcile(world, slow_id, MOST_WAITING)
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_jobs")
    assert (await _reconcile(world, slow_id, 3)).status_code == 201, "it was asked for already"
    assert (await _reconcile(world, await world.tenant("Other"), 3)).status_code == 201
