"""A day's traffic is compared with the carrier's records: first both agree, then each side is made to differ."""

import csv
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio

from testkit.eventually import eventually
from testkit.shop import Shop

pytestmark = pytest.mark.asyncio(loop_scope="session")

Customer = Callable[[], str]
NOW = datetime.now(UTC)
ZONE = f"Etc/GMT{NOW.hour - 12:+d}"
"""Where it is noon, so that no midnight falls into the test (that list's signs are turned)."""


class Desk:
    """The bookkeeper of one tenant."""

    def __init__(self, shop: Shop) -> None:
        self.shop, self.world = shop, shop.parley.world
        self.path = f"/api/accounts/tenants/{shop.tenant_id}/reconciliations"

    async def booked(self, messages: int) -> None:
        """Until the ledger has that many messages, none of them with our own estimate any more."""

        async def settled() -> bool:
            entries = (await self.shop.call("GET", "/api/accounts/usage/entries?limit=200"))["items"]
            texts = [entry for entry in entries if entry["kind"] in ("sms_parts_out", "sms_parts_in")]
            fees = [entry for entry in entries if entry["kind"] == "carrier_fee"]
            assert len(texts) == len(fees) == messages, f"{len(texts)} texts, {len(fees)} fees of {messages} booked"
            assert not [entry for entry in texts if entry["estimate"]]
            return True

        await eventually(settled, within=45)

    async def reconciled(self) -> dict[str, Any]:
        day = NOW.astimezone(ZoneInfo(ZONE)).date().isoformat()
        job = await self.shop.call("POST", self.path, {"day": day})

        async def over() -> dict[str, Any]:
            shown = await self.shop.call("GET", f"{self.path}/{job['id']}")
            assert shown["status"] == "done", shown
            return shown

        return await eventually(over, within=45)

    async def differences(self, job: dict[str, Any], query: str = "") -> list[dict[str, Any]]:
        return (await self.shop.call("GET", f"{self.path}/{job['id']}/differences?limit=200{query}"))["items"]

    async def as_csv(self, job: dict[str, Any]) -> list[dict[str, str]]:
        headers = {"authorization": f"Bearer {self.shop.key}", "accept": "text/csv"}
        answer = await self.shop.parley.http.get(f"{self.path}/{job['id']}/differences", headers=headers)
        assert answer.headers["content-type"].startswith("text/csv"), answer.text
        return list(csv.DictReader(answer.text.splitlines()))

    async def carrier_says(self, carrier_id: str, **told: Any) -> None:
        await self.world.ask("PATCH", f"/records/{carrier_id}", told)

    async def sends_past_us(self, to: str) -> str:
        """Other software sends with the same carrier account."""
        headers = {"authorization": f"Bearer {self.shop.carrier_key}"}
        body = {"from": self.shop.number, "to": to, "text": "from elsewhere"}
        url = f"{self.world.url}/telnyx/v2/messages"
        answer = await self.shop.parley.http.post(url, json=body, headers=headers)
        return answer.json()["data"]["id"]


@pytest_asyncio.fixture(loop_scope="session")
async def desk(open_shop: Callable[..., Awaitable[Shop]]) -> Desk:
    return Desk(await open_shop(timezone=ZONE))


async def test_a_day_is_held_against_the_carriers_records(desk: Desk, customer: Customer):
    shop, ann, bob = desk.shop, customer(), customer()
    asked = await shop.text(ann, "Are you open?")
    await shop.text(bob, "And on Sunday?")
    [to_ann], [to_bob] = await shop.answered(ann), await shop.answered(bob)
    for person in (ann, bob):
        await shop.status_of(person, "delivered")
    await desk.booked(4)

    job = await desk.reconciled()
    assert await desk.differences(job) == []
    counts = job["counts"]
    assert (counts["matched"], counts["carrier_rows"], counts["ledger_rows"]) == (4, 4, 4)
    assert not job["complete"], "the day is not over"
    assert await desk.as_csv(job) == []

    await desk.carrier_says(asked["id"], hidden=True)
    await desk.carrier_says(to_ann["id"], parts=9)
    await desk.carrier_says(to_bob["id"], cost="1.25")
    foreign = await desk.sends_past_us(bob)
    await desk.world.fault(on="webhook", do="drop", text="lost on its way")
    lost = await shop.text(bob, "lost on its way")

    async def in_the_records() -> bool:
        return [sms["status"] for sms in await desk.world.ledger(text="from elsewhere", to=bob)] == ["delivered"]

    await eventually(in_the_records)
    again = await desk.reconciled()
    assert again["id"] == job["id"]
    found = {(row["kind"], row["carrier_message_id"] or row["contact"]) for row in await desk.differences(again)}
    assert found == {
        ("missing_at_carrier", ann),
        ("parts_differ", to_ann["id"]),
        ("cost_differs", to_ann["id"]),
        ("cost_differs", to_bob["id"]),
        ("foreign", foreign),
        ("missing_in_ledger", lost["id"]),
    }
    await _shown_alike(desk, again, to_ann["id"])


async def _shown_alike(desk: Desk, job: dict[str, Any], recounted: str) -> None:
    [row] = await desk.differences(job, "&kind=parts_differ")
    assert (row["carrier_message_id"], row["carrier"]["parts"]) == (recounted, 9)
    listed = await desk.as_csv(job)
    assert len(listed) == 6
    [line] = [line for line in listed if line["kind"] == "parts_differ"]
    assert (line["message_id"], line["contact"]) == (row["message_id"], row["contact"])
    assert (line["ledger_parts"], line["carrier_parts"]) == (str(row["ledger"]["parts"]), "9")
    assert (line["carrier_cost"], line["carrier_currency"]) == ("0.063", "USD")
