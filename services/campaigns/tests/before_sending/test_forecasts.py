"""A forecast says what a campaign would do, by the rules of sending, and sends nothing."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

from shared.events import ConsentChanged, ConsentEvidence, PricesChanged, TenantChanged

NOON_IN_CHICAGO = datetime(2026, 3, 10, 17, tzinfo=UTC)


async def forecast(stage: Any, id: str, body: Any = None) -> Any:
    return await stage.post(f"/api/campaigns/{id}/forecast", body)


def opt_out(contact: str) -> ConsentChanged:
    return ConsentChanged(
        entry_id=contact, contact=contact, state="out", effective_at=NOON_IN_CHICAGO,
        evidence=ConsentEvidence(kind="keyword"),
    )  # fmt: skip


async def test_who_is_kept_and_who_is_skipped_and_why(stage: Any, people: Any) -> None:
    rows = [people.one(n, thing="cake") for n in range(1, 6)] + [people.one(6), people.one(7, thing="x" * 800)]
    abroad = people.one(8, thing="cake").but(phone_number="+447400123456")
    id = await stage.campaign("A {thing} {thing}", [*rows, abroad])
    settings = {"campaign_frequency": {"texts": 1, "days": 7}, "allowed_regions": ["US"]}
    await stage.tell(TenantChanged.read({"tenant_id": "ten_a", "revision": 2, "name": "Blue Door", **settings}))
    stage.world.clock.advance(2)
    await stage.tell(opt_out("+13125550001"))
    await stage.texted("+13125550002", "cmp_earlier")
    await stage.texted("+13125550003", "cmp_earlier", days_ago=8)
    found = await forecast(stage, id)
    assert (found["recipients"], found["kept"]) == (8, 3)
    assert found["skipped"] == {
        "opted_out": 1, "frequency_cap": 1, "missing_variable": 1, "too_long": 1, "foreign_region": 1,
    }  # fmt: skip
    assert found["parts"] == {"1": 3}
    assert stage.texts == []


async def test_parts_encoding_and_cost_of_what_is_kept(stage: Any, people: Any) -> None:
    rows = [people.one(1, thing="cake"), people.one(2, thing="café – olé"), people.one(3, thing="y" * 200)]
    id = await stage.campaign("A {thing}", rows)
    await stage.tell(PricesChanged(tenant_id="ten_a", revision=2, cards=(people.card("0.01", carrier_fee_markup="0"),)))
    found = await forecast(stage, id)
    assert found["parts"] == {"1": 2, "2": 1}
    assert found["ucs2"] == {"n": 1, "worst": [{"character": "–", "n": 1}]}
    assert found["cost"] == {
        "low": 4 * 13_000_000, "high": 4 * 15_000_000, "currency": "USD", "priced_by": "rate_card",
    }  # fmt: skip
    assert found["costliest"]["phone_number"] == "+13125550003"


async def test_opt_outs_are_expected_from_the_tenants_own_campaigns(stage: Any, people: Any) -> None:
    for n in range(10):
        await stage.texted(f"+1213555{n:04d}", "cmp_earlier")
    for n in range(2):
        await stage.tell(opt_out(f"+1213555{n:04d}").but(effective_at=stage.world.clock.now()))
    await stage.world.count()
    found = await forecast(stage, await stage.campaign("Hi", people(20)))
    assert (found["opt_out_history"], found["expected_opt_outs"]) == ({"texted": 10, "opted_out": 2}, 4)


async def test_a_local_time_that_is_past_means_the_next_day_and_is_counted(stage: Any, people: Any) -> None:
    stage.world.clock.advance((NOON_IN_CHICAGO - stage.world.clock.now()).total_seconds())
    west = people.one(1).but(phone_number="+12135550001")
    id = await stage.campaign("Hi", [*people(2), west])
    found = await forecast(stage, id, {"local_time": "2026-03-10T11:00"})
    assert found["next_day"] == 2, "in Los Angeles it is 10:00 still"
    assert found["finishes_at"]["earliest"].startswith("2026-03-11T16:00")


async def test_the_forecast_stays_with_the_campaign(stage: Any, people: Any) -> None:
    id = await stage.campaign("Hi", people(3))
    found = await forecast(stage, id)
    assert (await stage.call("GET", f"/api/campaigns/{id}")).json()["forecast"] == found


async def test_a_rewritten_text_has_no_forecast_until_it_is_made_anew(stage: Any, people: Any) -> None:
    id = await stage.campaign("Hi", people(3))
    first = await forecast(stage, id)
    renamed = await stage.call("PATCH", f"/api/campaigns/{id}", {"name": "Summer"})
    assert renamed.json()["forecast"] == first
    rewritten = await stage.call("PATCH", f"/api/campaigns/{id}", {"text": "x" * 200})
    assert rewritten.json()["forecast"] is None
    assert (await forecast(stage, id))["parts"] == {"2": 3}


async def test_two_who_ask_at_once_wait_for_the_same_forecast(stage: Any, people: Any) -> None:
    id = await stage.campaign("Hi", people(300))
    first, second = await asyncio.gather(forecast(stage, id), forecast(stage, id))
    assert first == second
    assert first["kept"] == 300


async def test_without_a_text_of_its_own_only_the_people_are_counted(stage: Any, people: Any) -> None:
    """The workflow sends all texts; its dry run counts them."""
    found = await forecast(stage, await stage.campaign(None, people(2)))
    assert (found["kept"], found["parts"], found["cost"]["high"]) == (2, {}, 0)
    assert found["finishes_at"] == {"earliest": None, "latest": None}


async def test_a_campaign_that_runs_is_not_forecast(stage: Any, people: Any) -> None:
    id = await stage.campaign("Hi", people(1))
    await stage.post(f"/api/campaigns/{id}/start")
    refused = await stage.call("POST", f"/api/campaigns/{id}/forecast")
    assert (refused.status_code, refused.json()["code"]) == (409, "not_forecast")


async def test_wrong_times_are_refused(stage: Any) -> None:
    id = await stage.campaign()
    for body in ({"local_time": "2026-13-01T10:00"}, {"local_time": "2026-03-10T10:00Z"}, {"at": "2026-03-10T10:00"}):
        assert (await stage.call("POST", f"/api/campaigns/{id}/forecast", body)).status_code == 422


async def test_what_a_paused_campaign_has_left_to_do_does_not_replace_its_forecast(stage: Any, people: Any) -> None:
    id = await stage.campaign("Hi", people(3))
    before = await forecast(stage, id)
    await stage.post(f"/api/campaigns/{id}/start")
    await stage.world.look(2)
    await stage.post(f"/api/campaigns/{id}/pause")
    left = await forecast(stage, id)
    assert (before["recipients"], left["recipients"]) == (3, 0)
    report = (await stage.call("GET", f"/api/campaigns/{id}/report")).json()
    assert report["forecast"] == before
