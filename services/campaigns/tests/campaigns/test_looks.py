"""What holds a campaign, who may be texted at which hour, and from which number."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from campaigns.campaigns.domain.campaign import Campaign, Hold
from campaigns.campaigns.domain.clocks import clock_text
from campaigns.campaigns.domain.look import Plan, held, opening, plan
from campaigns.campaigns.domain.pool import Pool, pool_of
from campaigns.campaigns.domain.stages import read_stages
from campaigns.counting.domain.contact import CampaignText, Contact
from shared.events import NumberChanged, SendWindow, TenantChanged

NOON_UTC = datetime(2026, 1, 15, 12, tzinfo=UTC)
CHICAGO, BERLIN = clock_text("+13125550001", None), clock_text("+491711234567", None)
TENANT = TenantChanged(tenant_id="ten_a", revision=1, name="Acme")
CAMPAIGN = Campaign(id="cmp_1", tenant_id="ten_a", name="Spring", created_at=NOON_UTC, state="running")


def number(last: int, pace: float = 1.0, **more: Any) -> NumberChanged:
    return NumberChanged(
        phone_number=f"+1312555010{last}", revision=1, tenant_id="ten_a", connection_id="con_1", assigned_at=NOON_UTC,
        parts_per_second=pace, **more,
    )  # fmt: skip


POOL = Pool((number(0),))


def planned(stages: dict[str, int], tenant: TenantChanged | None = TENANT, pool: Pool = POOL, **more: Any) -> Plan:
    return plan(CAMPAIGN.but(**more), read_stages(stages), tenant, pool, NOON_UTC)


def test_only_those_whose_hours_are_open_are_fed() -> None:
    """Noon in UTC is one o'clock in Berlin and six in the morning in Chicago."""
    found = planned({f"pending|{CHICAGO}": 5, f"pending|{BERLIN}": 7})
    assert [each.clock for each in found.feed] == [BERLIN]
    assert found.feed[0].closes == datetime(2026, 1, 15, 20, tzinfo=UTC)
    assert found.holds == frozenset()
    asleep = planned({f"pending|{CHICAGO}": 5})
    assert (asleep.feeds, asleep.holds) == (False, {"quiet_hours"})
    assert asleep.next_at <= datetime(2026, 1, 15, 14, tzinfo=UTC)


def test_the_campaigns_own_hours_lie_within_the_tenants() -> None:
    assert not planned({f"pending|{BERLIN}": 1}, send_window=SendWindow(opens=14, closes=20)).feeds
    assert planned({f"pending|{BERLIN}": 1}, send_window=SendWindow(opens=9, closes=24)).feeds
    never = planned({f"pending|{BERLIN}": 1}, send_window=SendWindow(opens=22, closes=24))
    assert (never.feeds, never.holds) == (False, {"quiet_hours"})


def test_a_local_time_comes_on_every_clock_by_itself_and_a_past_one_the_next_day() -> None:
    local = CAMPAIGN.but(local_time="2026-01-15T13:00", asked_at=NOON_UTC - timedelta(hours=1))
    found = opening(local, {BERLIN: 1, CHICAGO: 1}, TENANT, NOON_UTC)
    assert [each.clock for each in found.open] == [BERLIN]
    assert found.next_at == datetime(2026, 1, 15, 19, tzinfo=UTC)
    late = CAMPAIGN.but(local_time="2026-01-15T09:00", asked_at=NOON_UTC - timedelta(hours=1))
    assert opening(late, {BERLIN: 1}, TENANT, NOON_UTC).next_at == datetime(2026, 1, 16, 8, tzinfo=UTC)
    own = clock_text("+13125550001", "America/Los_Angeles")
    assert opening(local, {own: 1}, TENANT, NOON_UTC).next_at == datetime(2026, 1, 15, 21, tzinfo=UTC)


def test_what_holds_a_campaign_is_shown_since_when_and_goes_by_itself() -> None:
    assert planned({"queued|budget": 3, "queued|daily_parts": 1, "queued|pace": 9}).holds == {"budget", "daily_parts"}
    assert planned({f"pending|{BERLIN}": 1}, pool=Pool(())).holds == {"no_active_number"}
    suspended = TENANT.but(status="suspended")
    assert planned({f"pending|{BERLIN}": 1}, suspended) == planned({f"pending|{BERLIN}": 1}, None)
    assert planned({f"pending|{BERLIN}": 1}, suspended).holds == {"tenant_suspended"}
    first = held((), {"budget"}, NOON_UTC)
    later = NOON_UTC + timedelta(minutes=5)
    assert held(first, {"budget", "quiet_hours"}, later) == (
        Hold(reason="budget", since=NOON_UTC),
        Hold(reason="quiet_hours", since=later),
    )
    assert held(first, set(), later) == ()


def test_room_is_a_minute_of_the_pools_pace_less_what_is_on_its_way() -> None:
    waiting = {f"pending|{BERLIN}": 500}
    assert planned(waiting).room == 60
    assert planned(waiting | {"queued|": 50, "queued|unresolved": 20}).room == 10
    assert planned(waiting | {"queued|budget": 60}).room == 0
    assert planned(waiting, pool=Pool((number(0, 2), number(1, 3)))).room == 300


def test_a_persons_own_number_comes_first_and_the_rest_is_spread_by_pace() -> None:
    pool = pool_of(
        [number(2, 3), number(1, 1), number(3, 9, active=False), number(4, 9, capabilities=("mms",))], "ten_a"
    )
    spread = [pool.number_for(f"rcp_{n}", None) for n in range(4000)]
    assert 0.2 < spread.count("+13125550101") / 4000 < 0.3
    assert set(spread) == {"+13125550101", "+13125550102"}
    assert [pool.number_for(f"rcp_{n}", None) for n in range(50)] == spread[:50]

    def known(number: str, wrote: tuple[tuple[str, Any], ...] = ()) -> Contact:
        text = CampaignText(
            message_id="msg_1", campaign_id="cmp_0", number=number, status="sent", revision=1, left_at=NOON_UTC
        )
        return Contact(id="c", tenant_id="ten_a", phone_number="+1", texts=(text,), answers=wrote)

    assert {pool.number_for(f"rcp_{n}", known("+13125550101")) for n in range(50)} == {"+13125550101"}
    newer = known("+13125550101", (("+13125550102", NOON_UTC + timedelta(hours=1)),))
    assert pool.number_for("rcp_1", newer) == "+13125550102"
    assert pool.number_for("rcp_1", known("+13125550199")) == spread[1]
