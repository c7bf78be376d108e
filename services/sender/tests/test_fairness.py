"""A campaign never delays a reply: not another tenant's, not one from its own number. Counted, not timed."""

from __future__ import annotations

from sender_alone import OneSender
from sender_rows import number
from shared.events import ConnectionChanged, SmsOutbound, TenantChanged

RECIPIENTS = 120
OTHER, OTHERS_NUMBER, OTHERS_CONNECTION = "ten_b", "+13125550002", "con_b"


async def campaign(world: OneSender) -> None:
    """More than the number sends in two minutes."""
    await world.own(number().but(revision=2, parts_per_second=1.0))
    for n in range(RECIPIENTS):
        more = {"campaign_id": "cmp_1", "feed": 1, "priority": "bulk", "author": "campaign"}
        await world.send(f"bulk_{n}", contact=f"+1312556{n:04d}", **more)
    await world.work()


async def open_other_tenant(world: OneSender) -> None:
    await world.handle(TenantChanged(tenant_id=OTHER, revision=1, name="B"))
    mine = number().but(phone_number=OTHERS_NUMBER, tenant_id=OTHER, connection_id=OTHERS_CONNECTION)
    await world.handle(mine)
    key = world.parts.tools.keyring.seal("KEY-b")
    facts = {"tenant_id": OTHER, "public_keys": ("k",), "encrypted_api_key": key}
    await world.handle(ConnectionChanged(connection_id=OTHERS_CONNECTION, revision=1, **facts))


def bulks(ids: list[str]) -> int:
    return sum(id.startswith("bulk_") for id in ids)


async def test_another_tenants_reply_leaves_before_any_more_of_the_campaign(world: OneSender) -> None:
    await open_other_tenant(world)
    await campaign(world)
    before = len(world.sent())
    order = SmsOutbound(message_id="reply", number=OTHERS_NUMBER, contact="+13125550101", text="Yes, we do")
    await world.handle(order, tenant=OTHER)
    await world.work()
    assert world.sent()[before:] == ["reply"]


async def test_a_reply_from_the_campaigns_own_number_takes_the_next_moment(world: OneSender) -> None:
    await campaign(world)
    for n in range(10):
        await world.send(f"reply_{n}", contact=f"+1312557{n:04d}")
        passed_by = bulks(world.sent())
        await world.work(1)
        await world.work(1)
        assert f"reply_{n}" in world.sent()
        assert bulks(world.sent()) - passed_by <= 2  # of the 119 that were there before
    assert bulks(world.sent()) >= 8  # and the campaign goes on meanwhile
