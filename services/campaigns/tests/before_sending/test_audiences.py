"""Recipients that come from no file."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest

from campaigns.forecasts.audience import Audience
from shared.errors import Unavailable
from shared.internal.client import InternalClient


def contact(n: int, *numbers: str, **more: Any) -> dict[str, Any]:
    return {"contact_id": f"con_{n}", "revision": 1, "phone_numbers": list(numbers), **more}


def internal(stage: Any, pages: list[list[dict[str, Any]]], asked: list[Any]) -> InternalClient:
    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(dict(request.url.params))
        at = int(request.url.params["cursor"] or 0)
        following = str(at + 1) if at + 1 < len(pages) else None
        return httpx2.Response(200, json={"items": pages[at], "next_cursor": following})

    transport = httpx2.MockTransport(answer)
    return InternalClient(stage.world.keyring, stage.world.clock, lambda _: "http://conversation", transport)


async def test_contacts_with_a_label_become_recipients_by_their_primary_number(stage: Any) -> None:
    id = await stage.campaign()
    pages = [
        [contact(1, "+13125550001", "+13125550002", name="Ana", fields=[["cake", "lemon"]], timezone="Asia/Tokyo")],
        [contact(2), contact(3, "+13125550003"), contact(4, "+13125550001")],
    ]
    asked: list[Any] = []
    audience = Audience(stage.campaigns, stage.recipients, internal(stage, pages, asked))
    added = await audience.from_contacts("ten_a", id, "regulars")
    assert (added.found, added.accepted, added.already_in_campaign, added.without_number) == (4, 2, 1, 1)
    assert {(each["tenant_id"], each["label"]) for each in asked} == {("ten_a", "regulars")}
    campaign = await stage.campaigns.get("ten_a", id)
    found = {each.phone_number: each async for each in stage.recipients.each(campaign)}
    ana = found["+13125550001"]
    assert (ana.name, ana.fields, ana.clock.split(";")[0]) == ("Ana", (("cake", "lemon"),), "Asia/Tokyo")


async def test_recipients_of_an_earlier_campaign_by_state_and_nobody_twice(stage: Any, people: Any) -> None:
    earlier = await stage.campaign("Hi", people(3))
    id = await stage.campaign("Again", people(1))
    body = {"from_campaign": {"id": earlier, "states": ["pending", "failed"]}}
    expected = {"found": 3, "accepted": 2, "already_in_campaign": 1, "without_number": 0}
    assert await stage.post(f"/api/campaigns/{id}/audience", body) == expected
    again = await stage.post(f"/api/campaigns/{id}/audience", body)
    assert (again["accepted"], again["already_in_campaign"]) == (0, 3)
    nobody = await stage.post(f"/api/campaigns/{id}/audience", {"from_campaign": {"id": earlier, "states": ["failed"]}})
    assert nobody["found"] == 0


async def test_a_running_campaign_gets_nobody_more(stage: Any, people: Any) -> None:
    id, earlier = await stage.campaign("Hi", people(1)), await stage.campaign("Hi", people(3))
    await stage.post(f"/api/campaigns/{id}/start")
    body = {"from_campaign": {"id": earlier, "states": ["pending"]}}
    refused = await stage.call("POST", f"/api/campaigns/{id}/audience", body)
    assert (refused.status_code, refused.json()["code"]) == (409, "campaign_takes_no_recipients")


async def test_another_tenants_campaign_is_no_source(stage: Any, people: Any) -> None:
    id = await stage.campaign("Hi", people(1))
    body = {"from_campaign": {"id": "cmp_of_others", "states": ["pending"]}}
    assert (await stage.call("POST", f"/api/campaigns/{id}/audience", body)).status_code == 404


@pytest.mark.parametrize(
    "body", [{}, {"label": "a", "from_campaign": {"id": "c", "states": ["failed"]}}, {"label": ""}]
)
async def test_there_is_exactly_one_source(stage: Any, body: Any) -> None:
    id = await stage.campaign()
    assert (await stage.call("POST", f"/api/campaigns/{id}/audience", body)).status_code == 422


async def test_an_absent_owner_of_contacts_is_said_so(stage: Any) -> None:
    id = await stage.campaign()
    away = httpx2.MockTransport(lambda _: httpx2.Response(503))
    client = InternalClient(stage.world.keyring, stage.world.clock, lambda _: "http://conversation", away)
    with pytest.raises(Unavailable):
        await Audience(stage.campaigns, stage.recipients, client).from_contacts("ten_a", id, "regulars")
