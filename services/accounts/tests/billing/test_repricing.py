"""Prices that come late: entries keep theirs until the operator has them priced again, and then all at once."""

from __future__ import annotations

from datetime import UTC, datetime

from shared.events import Event, UsageEntry, UsageRecorded
from testkit.eventually import eventually

AT = datetime(2099, 12, 10, 12, tzinfo=UTC)
USAGE = "/usage?from=2099-12-01&to=2099-12-31"


async def book(world, tenant_id: str, n: int, revision: int = 1, quantity: int = 1, at: datetime = AT) -> None:
    key = f"msg_{n}:sms_parts_out"
    data = UsageEntry(ledger_key=key, revision=revision, kind="sms_parts_out", quantity=quantity, used_at=at)
    handle = dict(world.service.handlers)[UsageRecorded]
    await handle(Event(f"{key}.{revision}", "sender", "", AT, tenant_id, tenant_id, data.renewed()))


async def total(world, tenant_id: str) -> int:
    [only] = (await world.ask("GET", f"{USAGE}&tenant_id={tenant_id}")).json()["totals"]
    return only["amount_nano"]


async def repriced(world, tenant_id: str) -> dict:
    path = f"/tenants/{tenant_id}/repricings"
    asked = await world.ask("POST", path, {"from": "2099-12-01", "to": "2099-12-31"})
    assert asked.status_code == 201, asked.text

    async def over() -> dict | None:
        shown = (await world.ask("GET", f"{path}/{asked.json()['id']}")).json()
        return shown if shown["status"] == "done" else None

    return await eventually(over)


async def test_a_late_card_counts_for_what_is_booked_once_it_is_priced_again(world):
    tenant_id = await world.tenant()
    cards = f"/tenants/{tenant_id}/rate-cards"
    await world.made(cards, {"valid_from": "2099-12-01T00:00:00Z", "sms_out": {"*": "0.01"}})
    for n in range(5):
        await book(world, tenant_id, n)
    assert await total(world, tenant_id) == 50_000_000
    await world.made(cards, {"valid_from": "2099-12-05T00:00:00Z", "sms_out": {"*": "0.02"}})
    assert await total(world, tenant_id) == 50_000_000
    job = await repriced(world, tenant_id)
    assert job["counts"] == {"looked_at": 5, "changed": 5}
    assert await total(world, tenant_id) == 100_000_000
    await book(world, tenant_id, 0)  # delivered once more
    await book(world, tenant_id, 1, revision=2, quantity=3)
    assert await total(world, tenant_id) == 140_000_000


async def test_pricing_again_changes_nothing_where_nothing_is_new(world):
    tenant_id = await world.tenant()
    await world.made(
        f"/tenants/{tenant_id}/rate-cards", {"valid_from": "2099-12-01T00:00:00Z", "sms_out": {"*": "0.01"}}
    )
    await book(world, tenant_id, 1)
    job = await repriced(world, tenant_id)
    assert job["counts"] == {"looked_at": 0, "changed": 0}
    assert await total(world, tenant_id) == 10_000_000


async def test_pricing_again_leaves_every_entry_on_its_day(world):
    tenant_id = await world.tenant(timezone="Pacific/Auckland")
    cards = f"/tenants/{tenant_id}/rate-cards"
    await world.made(cards, {"valid_from": "2099-11-01T00:00:00Z", "sms_out": {"*": "0.01"}})
    await book(world, tenant_id, 1, at=datetime(2099, 11, 30, 12, tzinfo=UTC))  # 1 December in Auckland
    await world.ask("PATCH", f"/tenants/{tenant_id}", {"timezone": "UTC"})
    world.clock.advance(31)
    await world.made(cards, {"valid_from": "2099-11-15T00:00:00Z", "sms_out": {"*": "0.02"}})
    assert (await repriced(world, tenant_id))["counts"] == {"looked_at": 1, "changed": 1}
    assert await total(world, tenant_id) == 20_000_000


async def test_every_pricing_again_is_listed_and_stays_in_the_trail(world):
    """The same period is one job; who asked each time, and what came of it, is in the audit trail."""
    tenant_id = await world.tenant()
    path = f"/tenants/{tenant_id}"
    await world.made(f"{path}/rate-cards", {"valid_from": "2099-12-01T00:00:00Z", "sms_out": {"*": "0.01"}})
    await book(world, tenant_id, 1)
    first = await repriced(world, tenant_id)
    again = await repriced(world, tenant_id)
    reconciled = await world.made(f"{path}/reconciliations", {"day": "2099-12-10"})
    listed = (await world.ask("GET", f"{path}/repricings")).json()["items"]
    assert [job["id"] for job in listed] == [first["id"]] == [again["id"]]
    trail = (await world.ask("GET", f"{path}/audit?limit=200")).json()["items"]
    acts = [(row["what"], row["who"], row["subject"]) for row in trail]
    assert acts.count(("repricing.asked", "operator", first["id"])) == 2
    assert acts.count(("repricing.done", "operator", first["id"])) == 2
    assert acts.count(("reconciliation.asked", "operator", reconciled["id"])) == 1
    asked = next(row for row in trail if row["what"] == "repricing.asked")
    assert {"field": "first_day", "old": None, "new": "2099-12-01"} in asked["changes"]


async def test_only_the_operator_prices_again(world):
    tenant_id = await world.tenant()
    admin = (await world.key(tenant_id))["key"]
    path = f"/tenants/{tenant_id}/repricings"
    body = {"from": "2099-12-01", "to": "2099-12-31"}
    assert (await world.ask("POST", path, body, by=admin)).status_code == 403
    long = {"from": "2090-12-01", "to": "2099-12-31"}
    assert (await world.ask("POST", path, long)).json()["code"] == "period_too_long"
    assert (await world.ask("POST", path, {"from": "2099-12-31", "to": "2099-12-01"})).json()["code"] == "bad_period"
    assert (await world.ask("GET", f"{path}/rpr_unknown")).status_code == 404
