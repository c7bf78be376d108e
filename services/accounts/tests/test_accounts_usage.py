from __future__ import annotations

from datetime import UTC, datetime
from itertools import permutations

from accounts.handlers import on_usage_recorded
from accounts.store import LEDGER_SPEC
from shared.database.embedded import EmbeddedDatabase
from shared.events import Event, UsageRecorded

AT = datetime(2026, 1, 1, 12, tzinfo=UTC)


def used(revision: int, quantity: int, tenant_id: str = "ten_a", **more) -> Event[UsageRecorded]:
    fields = {"ledger_key": "msg_1:sms_parts_out", "kind": "sms_parts_out", "used_at": AT} | more
    data = UsageRecorded(revision=revision, quantity=quantity, **fields)
    return Event(f"e{revision}{quantity}", "sender", "msg_1", AT, tenant_id, tenant_id, data)


async def test_the_highest_revision_counts_whatever_the_order_and_however_often():
    for order in permutations([used(1, 1), used(2, 3), used(3, 2), used(2, 3)]):
        database = EmbeddedDatabase(None)
        ledger = database.collection(LEDGER_SPEC)
        await database.start()
        for event in order:
            await on_usage_recorded(event, ledger)
        page = await ledger.find({"tenant_id": "ten_a"})
        assert [(row["revision"], row["quantity"]) for row in page.items] == [(3, 2)]
        await database.close()


async def test_one_tenants_ledger_key_is_not_anothers(world):
    ledger = world.service.database.collection(LEDGER_SPEC)
    await on_usage_recorded(used(1, 1), ledger)
    await on_usage_recorded(used(9, 7, "ten_b"), ledger)
    assert await ledger.sum_by({"tenant_id": "ten_a"}, "quantity") == {None: 1}


async def test_quantities_are_summed_by_kind_number_and_day(world):
    tenant_id = await world.tenant()
    key = (await world.key(tenant_id))["key"]
    ledger = world.service.database.collection(LEDGER_SPEC)
    await on_usage_recorded(used(1, 2, tenant_id, number="+13125550001"), ledger)
    await on_usage_recorded(used(1, 3, tenant_id, ledger_key="msg_2:sms_parts_out", number="+13125550002"), ledger)
    tokens = {"ledger_key": "run_1:tokens_prompt", "kind": "tokens_prompt", "used_at": AT.replace(day=2)}
    await on_usage_recorded(used(1, 500, tenant_id, **tokens), ledger)
    await on_usage_recorded(used(1, 99, "ten_other"), ledger)

    async def items(query: str) -> list[dict]:
        return (await world.ask("GET", f"/usage?from=2026-01-01&to=2026-01-02{query}", by=key)).json()["items"]

    assert await items("") == [{"kind": "sms_parts_out", "quantity": 5}, {"kind": "tokens_prompt", "quantity": 500}]
    by_number = await items("&group_by=number")
    assert by_number[:2] == [
        {"kind": "sms_parts_out", "quantity": 2, "number": "+13125550001"},
        {"kind": "sms_parts_out", "quantity": 3, "number": "+13125550002"},
    ]
    assert (await items("&group_by=day"))[-1] == {"kind": "tokens_prompt", "quantity": 500, "day": "2026-01-02"}
    one_day = await world.ask("GET", "/usage?from=2026-01-01&to=2026-01-01", by=key)
    assert one_day.json()["items"] == [{"kind": "sms_parts_out", "quantity": 5}]
    assert (await world.ask("GET", "/usage?from=2026-01-02&to=2026-01-01", by=key)).status_code == 422
    assert (await world.ask("GET", "/usage?from=0001-01-01&to=9999-12-31", by=key)).status_code == 200
