"""The ledger against the sandbox carrier's detail records: real endpoint, real shapes, both sides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import pytest
from pydantic import SecretStr

import sandbox
from accounts.billing.adapters import telnyx_detail_records
from accounts.billing.adapters.telnyx_detail_records import DetailRecords, Window
from accounts.carrier.adapters.telnyx_account import CarrierAccount
from ingress.domain import events
from sandbox.carrier.messages import CarrierMessage
from sandbox.settings import SandboxSettings
from shared.errors import Refused, Unavailable
from shared.events import Event, Money, UsageEntry, UsageRecorded
from shared.events.links import ReceiptToken, receipt_query
from shared.ids import derived_id
from testkit.eventually import eventually

KEY = "KEYreconciled-here"
OURS, CUSTOMER = "+13125550001", "+12015550123"
NOON = datetime(2099, 12, 31, 12, tzinfo=UTC)
DAY = "2099-12-31"


@dataclass
class Desk:
    """One tenant with a number, a carrier account and both books to write into."""

    world: object
    carrier: object
    tenant_id: str
    connection_id: str

    def carried(self, uuid: str, message_id: str | None = None, *, tenant: str | None = None, **more) -> None:
        """The carrier has this message in its records; outbound by default."""
        account = self.carrier.registry.account(KEY)
        url = None
        if message_id:
            token = ReceiptToken(tenant or self.tenant_id, message_id)
            url = f"https://parley.example/webhooks/telnyx/x?{receipt_query(self.world.platform.keyring, token)}"
        at = more.pop("at", NOON)
        fields = {
            "direction": "outbound", "sender": OURS, "recipient": CUSTOMER, "status": "delivered", "parts": 1,
            "text": "hi", "encoding": "GSM-7", "webhook_url": url, "received_at": at, "sent_at": at,
            "organization_id": account.organization_id, "messaging_profile_id": account.messaging_profile_id,
        } | more  # fmt: skip
        self.carrier.mailbox.save(CarrierMessage(id=uuid, api_key=KEY, **fields))

    async def booked(self, message_id: str, parts: int = 1, nano: int | None = 4_000_000, **more) -> None:
        """Our ledger has it: the carrier's rate, and a fee of 0.003 a part."""
        kind = more.pop("kind", "sms_parts_out")
        fields = {"used_at": NOON, "number": OURS, "contact": CUSTOMER, "message_id": message_id, "revision": 1} | more
        cost = None if nano is None else Money(nano=nano * parts)
        await self._record(kind=kind, quantity=parts, carrier_cost=cost, **fields)
        if nano is not None:
            await self._record(kind="carrier_fee", quantity=parts, carrier_cost=Money(nano=3_000_000 * parts), **fields)

    async def _record(self, **fields) -> None:
        data = UsageEntry(ledger_key=f"{fields['message_id']}:{fields['kind']}", **fields)
        handle = dict(self.world.service.handlers)[UsageRecorded]
        await handle(Event(data.ledger_key, "sender", "", NOON, self.tenant_id, self.tenant_id, data.renewed()))

    @property
    def path(self) -> str:
        return f"/tenants/{self.tenant_id}/reconciliations"

    async def reconciled(self, day: str = DAY, status: str = "done") -> dict:
        asked = await self.world.ask("POST", self.path, {"day": day})
        assert asked.status_code == 201, asked.text

        async def over() -> dict | None:
            shown = (await self.world.ask("GET", f"{self.path}/{asked.json()['id']}")).json()
            return shown if shown["status"] == status else None

        return await eventually(over)

    async def differences(self, job: dict, query: str = "") -> set[tuple[str, str | None]]:
        found, cursor = [], ""
        while True:
            page = (await self.world.ask("GET", f"{self.path}/{job['id']}/differences?limit=2{query}{cursor}")).json()
            found += page["items"]
            if page["next_cursor"] is None:
                return {(row["kind"], row["message_id"] or row["carrier_message_id"]) for row in found}
            cursor = f"&cursor={page['next_cursor']}"


@pytest.fixture
async def desk(world):
    pretend = sandbox.build(SandboxSettings(secret=SecretStr("s")), world.clock)
    world.app.include_router(pretend.router)
    world.clock.advance(86_400)
    tenant_id = await world.tenant()
    body = {"api_key": KEY, "public_key": pretend.state.public_key(KEY)}
    connection_id = (await world.made(f"/tenants/{tenant_id}/connections", body))["id"]
    await world.made(f"/tenants/{tenant_id}/numbers", {"phone_number": OURS, "connection_id": connection_id})
    yield Desk(world, pretend.state, tenant_id, connection_id)
    pretend.close()


async def test_what_both_sides_know_alike_matches(desk):
    await desk.booked("msg_1", parts=2)
    desk.carried("u1", "msg_1", parts=2)
    inbound = derived_id("msg", desk.connection_id, "u2")
    await desk.booked(inbound, kind="sms_parts_in")
    desk.carried("u2", direction="inbound", sender=CUSTOMER, recipient=OURS, status="webhook_delivered")
    job = await desk.reconciled()
    assert await desk.differences(job) == set()
    assert (job["counts"]["matched"], job["counts"]["carrier_rows"], job["counts"]["ledger_rows"]) == (2, 2, 2)
    assert (job["day"], job["complete"], job["error_code"]) == (DAY, True, "")


async def test_what_does_not_match_is_listed_from_either_side(desk):
    await desk.booked("msg_ours_only")
    desk.carried("u_theirs_only", "msg_theirs_only")
    desk.carried("u_foreign")
    desk.carried("u_inbound", direction="inbound", sender=CUSTOMER, recipient=OURS, status="webhook_delivered")
    await desk.booked("msg_parts", parts=1)
    desk.carried("u_parts", "msg_parts", parts=2)
    await desk.booked("msg_cost", nano=5_000_000)
    desk.carried("u_cost", "msg_cost")
    await desk.booked("msg_unknown_cost", nano=None)
    desk.carried("u_unknown_cost", "msg_unknown_cost")
    await desk.booked("msg_twice")
    desk.carried("u_once", "msg_twice")
    desk.carried("u_again", "msg_twice")
    await desk.booked("msg_void", parts=0)
    job = await desk.reconciled()
    assert await desk.differences(job) == {
        ("missing_at_carrier", "msg_ours_only"),
        ("missing_in_ledger", "u_theirs_only"),
        ("foreign", "u_foreign"),
        ("missing_in_ledger", "u_inbound"),
        ("parts_differ", "msg_parts"),
        ("cost_differs", "msg_parts"),
        ("cost_differs", "msg_cost"),
        ("cost_differs", "msg_unknown_cost"),
        ("twice_at_carrier", "msg_twice"),
    }
    assert await desk.differences(job, "&kind=foreign") == {("foreign", "u_foreign")}
    [row] = (await desk.world.ask("GET", f"{desk.path}/{job['id']}/differences?kind=parts_differ")).json()["items"]
    assert row["ledger"] == {"parts": 1, "cost": {"nano": 7_000_000, "currency": "USD"}}
    assert row["carrier"] == {"parts": 2, "cost": {"nano": 14_000_000, "currency": "USD"}}


async def test_asked_again_the_day_is_the_same_job_with_a_new_result(desk):
    await desk.booked("msg_1")
    first = await desk.reconciled()
    assert await desk.differences(first) == {("missing_at_carrier", "msg_1")}
    desk.carried("u1", "msg_1")

    async def corrected() -> bool:
        second = await desk.reconciled()
        return second["id"] == first["id"] and await desk.differences(second) == set()

    await eventually(corrected)
    listed = (await desk.world.ask("GET", f"{desk.path}?day={DAY}")).json()["items"]
    assert [job["id"] for job in listed] == [first["id"]]
    for name in ("reconciliation_differences", "carrier_records"):
        assert await desk.world.service.database._collections[name].count({}) == 0


async def test_a_message_of_midnight_is_found_on_the_other_side_of_it(desk):
    before, after = NOON.replace(hour=23, minute=59, second=59), NOON + timedelta(hours=12)
    await desk.booked("msg_1", used_at=before)
    desk.carried("u1", "msg_1", at=after)
    for day, matched in ((DAY, 1), ("2100-01-01", 0)):
        job = await desk.reconciled(day)
        assert await desk.differences(job) == set()
        assert job["counts"]["matched"] == matched


async def test_what_is_fresh_is_not_missed_yet_and_the_day_not_over(desk):
    now = desk.world.clock.now()
    await desk.booked("msg_1", used_at=now - timedelta(minutes=5))
    job = await desk.reconciled("2100-01-01")
    assert await desk.differences(job) == set()
    assert (job["counts"]["too_fresh"], job["complete"]) == (1, False)


async def test_another_tenants_messages_in_a_shared_account_are_not_shown(desk):
    world, other = desk.world, await desk.world.tenant("B")
    body = {"api_key": KEY, "public_key": desk.carrier.public_key(KEY)}
    theirs = (await world.made(f"/tenants/{other}/connections", body))["id"]
    await world.made(f"/tenants/{other}/numbers", {"phone_number": "+13125550002", "connection_id": theirs})
    desk.carried("u1", "msg_of_b", tenant=other, sender="+13125550002")
    desk.carried("u2", direction="inbound", sender=CUSTOMER, recipient="+13125550002", status="webhook_delivered")
    desk.carried("u3", sender="+13125550002")
    job = await desk.reconciled()
    assert await desk.differences(job) == set()
    key = (await world.key(other))["key"]
    assert (await world.ask("GET", f"{desk.path}/{job['id']}", by=key)).status_code == 404
    swapped = f"/tenants/{other}/reconciliations/{job['id']}"
    assert (await world.ask("GET", swapped, by=key)).status_code == 404
    assert (await world.ask("GET", f"{swapped}/differences", by=key)).status_code == 404


async def test_a_big_day_is_read_page_by_page(desk, monkeypatch):
    monkeypatch.setattr(telnyx_detail_records, "PAGE_SIZE", 7)
    for n in range(40):
        await desk.booked(f"msg_{n}")
        if n != 33:
            desk.carried(f"u{n}", f"msg_{n}", at=NOON + timedelta(seconds=n))
    job = await desk.reconciled()
    assert await desk.differences(job) == {("missing_at_carrier", "msg_33")}
    assert job["counts"]["carrier_rows"] == 39


async def test_a_refused_key_fails_the_job_with_the_reason_and_it_may_be_asked_again(desk):
    path = f"/tenants/{desk.tenant_id}/connections/{desk.connection_id}"
    assert (await desk.world.ask("PATCH", path, {"api_key": "wrong"})).status_code == 200
    job = await desk.reconciled(status="failed")
    assert (job["error_code"], "API key" in job["error_detail"]) == ("carrier_key_refused", True)
    await desk.world.ask("PATCH", path, {"api_key": KEY})
    assert (await desk.reconciled())["error_code"] == ""


async def test_a_job_that_has_not_run_claims_nothing(desk):
    asked = (await desk.world.ask("POST", desk.path, {"day": "2001-01-01"})).json()
    assert (asked["status"], asked["complete"]) == ("queued", False)


async def test_a_day_before_anything_could_be_booked_is_refused(desk):
    assert (await desk.world.ask("POST", desk.path, {"day": "0001-01-01"})).json()["code"] == "day_too_early"


async def test_a_day_that_has_not_begun_is_refused(desk):
    assert (await desk.world.ask("POST", desk.path, {"day": "2100-01-03"})).json()["code"] == "day_not_begun"


def test_inbound_ids_follow_ingress():
    """Reconciliation recognises inbound texts by the id that ingress gives them."""
    assert 'derived_id("msg", connection_id, text.carrier_message_id)' in Path(events.__file__).read_text()


WINDOW = Window(NOON, NOON + timedelta(hours=3))


@pytest.mark.parametrize(
    ("answer", "error", "code"),
    [
        (httpx2.Response(401, json={"errors": []}), Refused, "carrier_key_refused"),
        (httpx2.Response(400, json={"errors": []}), Refused, "carrier_refused"),
        (httpx2.Response(429, headers={"retry-after": "7"}), Unavailable, "carrier_away"),
        (httpx2.Response(502, text="<html>"), Unavailable, "carrier_away"),
        (httpx2.Response(200, text="<html>"), Unavailable, "carrier_unreadable"),
        (httpx2.Response(200, json={"errors": []}), Unavailable, "carrier_unreadable"),
        (httpx2.ConnectError("no"), Unavailable, "carrier_away"),
    ],
)
async def test_the_carriers_failures_are_told_apart(answer, error, code):
    def give(_request):
        if isinstance(answer, Exception):
            raise answer
        return answer

    records = DetailRecords("https://carrier.example/v2", httpx2.MockTransport(give))
    with pytest.raises(error) as caught:
        await records.page(CarrierAccount("KEY", None), WINDOW, 1)
    assert caught.value.code == code
    if answer is not None and getattr(answer, "status_code", 0) == 429:
        assert caught.value.after == 7.0
    await records.close()


async def test_strange_rows_are_read_as_far_as_they_go():
    rows = [
        {"uuid": "a", "created_at": "2099-12-31T12:00:00", "cost": "0.0051", "parts": "2", "direction": "INBOUND"},
        {"uuid": "b", "created_at": "yesterday"},
        {"created_at": "2099-12-31T12:00:00Z"},
        {"uuid": "c", "created_at": "2099-12-31T12:00:00Z", "cost": "n/a", "delivery_status_webhook_url": None},
        None,
    ]
    transport = httpx2.MockTransport(lambda _: httpx2.Response(200, json={"data": rows}))
    records = DetailRecords("https://carrier.example/v2", transport)
    page = await records.page(CarrierAccount("KEY", None), WINDOW, 1)
    assert [(row.uuid, row.direction, row.cost_nano, row.parts) for row in page.rows] == [
        ("a", "inbound", 5_100_000, 2),
        ("c", "outbound", None, None),
    ]
    assert page.more  # without a count of pages, until an empty one
    await records.close()


async def test_a_day_that_was_booked_in_another_time_zone_is_held_against_the_same_hours(desk):
    late = NOON + timedelta(hours=11)
    await desk.booked("msg_1", used_at=late)
    desk.carried("u1", "msg_1", at=late)
    await desk.world.ask("PATCH", f"/tenants/{desk.tenant_id}", {"timezone": "Pacific/Kiritimati"})
    job = await desk.reconciled()
    assert (job["counts"]["matched"], job["counts"]["missing_at_carrier"]) == (1, 0)
