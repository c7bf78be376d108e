"""What is wrong with a request is said with the right status, and never to a caller who has not signed in."""

from __future__ import annotations

from unittest.mock import AsyncMock

import pytest
from fastapi.routing import APIRoute

from accounts.billing.domain.jobs import BillingJob
from accounts.billing.jobs import BillingJobs
from accounts.billing.schemas import default_card
from accounts.billing.store import open_billing_store
from accounts.tenants.store import open_tenant_store
from shared.errors import StoreUnavailable, Unavailable

OPEN_TO_ALL = {f"/api/accounts/{end}" for end in ("login", "login/ticket", "operator-login", "password", "setup")}


def _routes(world) -> list[tuple[str, str]]:
    routers = [route for router in world.service.routers for route in router.routes if isinstance(route, APIRoute)]
    return [
        (method, route.path)
        for route in routers
        for method in route.methods
        if route.path.startswith("/api/") and route.path not in OPEN_TO_ALL
    ]


async def test_a_caller_without_credentials_gets_401_whatever_else_is_wrong(world):
    routes = _routes(world)
    assert len(routes) > 35
    wrong = {}
    for method, path in routes:
        answer = await world.http.request(
            method,
            path.replace("{", "").replace("}", "") + "?to=0&from=x&limit=-1&group_by=x&kind=x&day=0&format=xml",
            json={"no": "such field"} if method in ("POST", "PATCH") else None,
            headers={"idempotency-key": "x" * 5000},
        )
        if answer.status_code != 401:
            wrong[f"{method} {path}"] = answer.status_code
    assert wrong == {}


async def test_a_day_is_written_as_a_date_and_nothing_else(world):
    for day in ["0", "86400", "1700006400", "20260101", "2026-1-1", "2026-01-01T00:00:00", "today"]:
        tenant_id = await world.tenant()
        key = (await world.key(tenant_id))["key"]
        answers = [
            await world.ask("GET", f"/usage?to={day}", by=key),
            await world.ask("GET", f"/usage/entries?from={day}", by=key),
            await world.ask("GET", f"/tenants/{tenant_id}/reconciliations?day={day}", by=key),
            await world.ask("POST", f"/tenants/{tenant_id}/reconciliations", {"day": day}),
            await world.ask("POST", f"/tenants/{tenant_id}/repricings", {"from": day, "to": "2100-01-01"}),
        ]
        assert [answer.status_code for answer in answers] == [422] * 5
        assert all("YYYY-MM-DD" in answer.text for answer in answers)


async def test_a_number_is_no_day_either(world):
    tenant_id = await world.tenant()
    assert (await world.ask("POST", f"/tenants/{tenant_id}/reconciliations", {"day": 0})).status_code == 422


async def test_an_address_of_another_tenant_is_refused_like_any_other_that_cannot_be_used(world):
    first, second = await world.tenant("A"), await world.tenant("B")
    body = {"email": "ann@example.com", "name": "Ann", "role": "agent"}
    await world.made(f"/tenants/{first}/users", body)
    await world.made(f"/tenants/{second}/users", body | {"email": "bob@example.com"})
    elsewhere = await world.ask("POST", f"/tenants/{second}/users", body)
    own = await world.ask("POST", f"/tenants/{second}/users", body | {"email": "bob@example.com"})
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (409, "email_taken")
    assert {**elsewhere.json(), "instance": ""} == {**own.json(), "instance": ""}
    assert not [word for word in ("tenant", "account", "already", "in use") if word in elsewhere.json()["detail"]]


@pytest.mark.parametrize(
    ("error", "shown"),
    [
        (StoreUnavailable("store_unavailable", "MongoDB: ServerSelectionTimeoutError: db-7.internal:27017"), False),
        (Unavailable("carrier_away", "The carrier does not answer."), True),
    ],
)
async def test_a_failed_job_tells_the_tenant_nothing_of_our_machines(world, error, shown):
    tenant_id, now = await world.tenant(), world.clock.now()
    storage = world.storage()
    store = open_billing_store(storage, open_tenant_store(storage), default_card(""))

    class Failing:
        async def run(self, job, heartbeat):
            raise error

    jobs = BillingJobs(store, {"reconciliation": Failing()}, lambda _: True, AsyncMock())
    job = BillingJob(
        id="rcn_1", tenant_id=tenant_id, kind="reconciliation", first_day="2099-12-01", last_day="2099-12-01",
        zone="UTC", due_at=now, requested_at=now, requested_by="operator",
    )  # fmt: skip
    await jobs.request(job)
    await jobs._work(await store.jobs.store.get(job.id))
    detail = (await world.ask("GET", f"/tenants/{tenant_id}/reconciliations/rcn_1")).json()["error_detail"]
    assert (error.detail == detail) == shown
    assert "db-7" not in detail
