"""The ledger and what is read from it: revisions, prices, statements, entries, CSV, projection."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta

from shared.broker.protocol import Message
from shared.events import Event, Money, UsageEntry, UsageRecorded
from testkit.eventually import eventually

AT = datetime(2099, 12, 10, 12, tzinfo=UTC)
NUMBER = "+13125550001"
CARD = {
    "valid_from": "2099-01-01T00:00:00Z",
    "currency": "USD",
    "sms_out": {"US": "0.0079", "*": "0.05"},
    "sms_in": {"*": "0.001"},
    "mms_out": {"*": "0.03"},
    "carrier_fee": {"mode": "pass_through", "markup_percent": "10"},
    "tokens": [
        {"model": "gpt-4o-mini*", "kind": "prompt", "price": "0.15", "per": 1000000},
        {"model": "gpt-*", "kind": "prompt", "price": "0.0025", "per": 1000},
        {"model": "*", "kind": "completion", "price": "10", "per": 1000000},
    ],
}
PERIOD = "from=2099-12-01&to=2099-12-31"


def used(key: str = "msg_1", kind: str = "sms_parts_out", quantity: int = 1, **more) -> UsageEntry:
    fields = {"revision": 1, "used_at": AT, "number": NUMBER, "contact": "+12015550123", "message_id": key} | more
    return UsageEntry(ledger_key=f"{key}:{kind}", kind=kind, quantity=quantity, **fields)


async def book(world, tenant_id: str, *usages: UsageEntry) -> None:
    """By the service's own handler, as the consumer would call it."""
    handle = dict(world.service.handlers)[UsageRecorded]
    for used in usages:
        id, data = f"{used.ledger_key}.{used.revision}", used.renewed()
        await handle(Event(id, "sender", used.ledger_key, AT, tenant_id, tenant_id, data, correlation_id="cor_1"))


async def shop(world, card: dict | None = CARD, **settings: object) -> tuple[str, str]:
    tenant_id = await world.tenant(**settings)
    if card:
        await world.made(f"/tenants/{tenant_id}/rate-cards", card)
    return tenant_id, (await world.key(tenant_id, "viewer"))["key"]


async def statement(world, key: str, query: str = "") -> dict:
    answer = await world.ask("GET", f"/usage?{PERIOD}{query}", by=key)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def entry(world, key: str, query: str = "") -> dict:
    [only] = (await world.ask("GET", f"/usage/entries?{PERIOD}{query}", by=key)).json()["items"]
    return only


async def test_an_entry_is_priced_by_country_kind_and_model(world):
    for usage, price, nano in [
        (used(quantity=3), "0.0079", 23_700_000),
        (used(quantity=2, contact="+447911123456"), "0.05", 100_000_000),
        (used(quantity=2, contact="12345"), "0.05", 100_000_000),
        (used(kind="sms_parts_in"), "0.001", 1_000_000),
        (used(quantity=3, message_type="mms"), "0.03", 30_000_000),
        (used("run_1.1.1", "tokens_prompt", 1234, model="gpt-4o-mini-2024"), "0.15", 185_100),
        (used("run_1.1.1", "tokens_prompt", 1234, model="gpt-4.1"), "0.0025", 3_085_000),
        (used("run_1.1.1", "tokens_completion", 7, model="llama3:8b"), "10", 70_000),
    ]:
        tenant_id, key = await shop(world)
        await book(world, tenant_id, usage)
        booked = await entry(world, key)
        assert (booked["price"], booked["amount_nano"], booked["currency"], booked["unpriced"]) == (
            price,
            nano,
            "USD",
            False,
        )


async def test_the_carriers_fee_is_handed_on_in_its_own_currency_with_the_mark_up(world):
    tenant_id, key = await shop(world)
    fee = used(kind="carrier_fee", quantity=2, carrier_cost=Money(nano=6_000_005, currency="EUR"))
    await book(world, tenant_id, used(quantity=2, carrier_cost=Money(nano=8_000_000)), fee)
    totals = {total["currency"]: total for total in (await statement(world, key))["totals"]}
    assert totals["EUR"]["amount_nano"] == 6_600_006  # 6600005.5, half to even
    assert totals["USD"]["amount_nano"] == 15_800_000
    assert totals["USD"]["carrier_costs"] == [{"currency": "USD", "amount": "0.008", "amount_nano": 8_000_000}]
    assert totals["EUR"]["carrier_costs"][0]["amount_nano"] == 6_000_005


async def test_without_a_card_nothing_costs_anything_and_the_statement_says_so(world):
    tenant_id, key = await shop(world, card=None)
    await book(world, tenant_id, used(quantity=2, carrier_cost=Money(nano=8_000_000)))
    [total] = (await statement(world, key))["totals"]
    assert (total["amount"], total["entries"], total["unpriced_entries"]) == ("0.00", 1, 1)
    assert total["carrier_costs"][0]["amount"] == "0.008"
    assert (await entry(world, key, "&unpriced=true"))["rate_card_id"] == "default"


async def test_the_card_of_the_time_of_use_counts(world):
    tenant_id, key = await shop(world)
    later = CARD | {"valid_from": "2099-12-10T12:00:00Z", "sms_out": {"*": "1"}}
    await world.made(f"/tenants/{tenant_id}/rate-cards", later)
    await book(world, tenant_id, used(used_at=AT - timedelta(milliseconds=1)), used("msg_2"))
    amounts = {
        item["message_id"]: item["amount"]
        for item in (await world.ask("GET", f"/usage/entries?{PERIOD}", by=key)).json()["items"]
    }
    assert amounts == {"msg_1": "0.0079", "msg_2": "1.00"}


async def test_a_charge_is_found_by_its_message_or_run_whenever_it_was(world):
    tenant_id, key = await shop(world)
    run = used("run_7.1.1", "tokens_prompt", 9, model="gpt-4.1", message_id=None, run_id="run_7")
    await book(world, tenant_id, used(used_at=AT - timedelta(days=200)), run, used("msg_2"))

    async def found(query: str) -> list[str]:
        answer = await world.ask("GET", f"/usage/entries?{query}", by=key)
        return [item["ledger_key"] for item in answer.json()["items"]]

    assert await found("message_id=msg_1") == ["msg_1:sms_parts_out"]
    assert await found("run_id=run_7") == ["run_7.1.1:tokens_prompt"]
    assert await found(f"{PERIOD}&message_id=msg_1") == [], "a period that was asked for still counts"
    assert await found("kind=sms_parts_out") == [], "without a cause: the month so far"


async def test_entries_of_a_number_are_found_however_it_was_written(world):
    tenant_id, key = await shop(world)
    await book(world, tenant_id, used())
    for written in ("%2B13125550001", "+13125550001", "(312) 555-0001"):
        assert (await entry(world, key, f"&number={written}"))["number"] == NUMBER
    answer = await world.ask("GET", f"/usage/entries?{PERIOD}&number=12", by=key)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_phone_number")


async def test_an_estimate_is_shown_apart_until_the_figure_arrives(world):
    tenant_id, key = await shop(world)
    await book(world, tenant_id, used(quantity=2, estimate=True), used("msg_2", quantity=1))
    [total] = (await statement(world, key))["totals"]
    assert (total["amount_nano"], total["estimated_amount_nano"], total["estimated_entries"]) == (
        23_700_000,
        15_800_000,
        1,
    )
    final = used(quantity=3, revision=2, carrier_cost=Money(nano=12_000_000))
    await book(world, tenant_id, final, used(quantity=2, estimate=True))
    [total] = (await statement(world, key))["totals"]
    assert (total["amount_nano"], total["estimated_amount_nano"], total["entries"]) == (31_600_000, 0, 2)


async def test_the_statement_is_grouped_as_asked_and_always_adds_up(world):
    tenant_id, key = await shop(world)
    await book(
        world,
        tenant_id,
        used(campaign_id="cmp_1"),
        used("msg_2", campaign_id="cmp_1", used_at=AT + timedelta(days=1), number="+13125550002"),
        used("msg_3", used_at=AT - timedelta(days=30)),
        used("run_1", "tokens_completion", 100, assistant_id="ast_1", model="a|b", number=None, message_id=None),
    )
    wanted = {"kind": 2, "month": 3, "day": 4, "number": 3, "campaign": 3, "assistant": 2, "model": 2}
    for group_by, lines in wanted.items():
        query = f"/usage?from=2099-11-01&to=2099-12-31&group_by={group_by}"
        made = (await world.ask("GET", query, by=key)).json()
        assert len(made["items"]) == lines, group_by
        assert sum(item["amount_nano"] for item in made["items"]) == 3 * 7_900_000 + 1_000_000
        assert made["totals"][0]["amount_nano"] == 3 * 7_900_000 + 1_000_000
    by_model = await statement(world, key, "&group_by=model")
    assert {item["model"] for item in by_model["items"]} == {"", "a|b"}
    by_number = await statement(world, key, "&group_by=number")
    assert [item["number"] for item in by_number["items"]] == ["", NUMBER, "+13125550002"]


async def test_days_are_those_of_the_tenants_calendar(world):
    tenant_id, key = await shop(world, timezone="Pacific/Auckland")
    await book(world, tenant_id, used(used_at=datetime(2099, 11, 30, 10, 59, 59, tzinfo=UTC)))
    await book(world, tenant_id, used("msg_2", used_at=datetime(2099, 11, 30, 11, 0, tzinfo=UTC)))
    made = await statement(world, key, "&group_by=day")
    assert [item["day"] for item in made["items"]] == ["2099-12-01"]
    assert made["timezone"] == "Pacific/Auckland"
    assert (await entry(world, key))["message_id"] == "msg_2"


async def test_another_time_zone_moves_nothing_that_is_booked_already(world):
    """Not even where the figure itself is corrected later; what is new goes by the new calendar."""
    tenant_id, key = await shop(world)
    early = datetime(2099, 12, 1, 2, tzinfo=UTC)
    await book(world, tenant_id, used(used_at=early))
    await world.ask("PATCH", f"/tenants/{tenant_id}", {"timezone": "America/Chicago"})
    world.clock.advance(31)  # so long is a zone remembered
    await book(world, tenant_id, used(used_at=early, revision=2, quantity=3), used("msg_2", used_at=early))
    made = await statement(world, key, "&group_by=day")
    assert [(item["day"], item["quantity"]) for item in made["items"]] == [("2099-12-01", 3)]
    assert (await entry(world, key))["message_id"] == "msg_1"


async def test_the_projection_goes_on_at_the_rate_so_far(world):
    world.clock.advance((AT.replace(month=12, day=11, hour=0) - world.clock.now()).total_seconds())
    tenant_id, key = await shop(world)
    await book(world, tenant_id, used(quantity=10), used("msg_2", quantity=99, used_at=AT - timedelta(days=30)))
    made = (await world.ask("GET", "/usage", by=key)).json()
    assert (made["from"], made["to"], made["month"]) == ("2099-12-01", "2099-12-11", "2099-12")
    [projection] = made["projection"]
    assert projection["amount_nano"] == 79_000_000 * 31 // 10
    assert projection["amount_so_far_nano"] == 79_000_000
    whole = (await world.ask("GET", "/usage?from=2099-11-01", by=key)).json()
    assert whole["projection"] == [projection]
    past = (await world.ask("GET", "/usage?from=2099-11-01&to=2099-11-30", by=key)).json()
    assert past["projection"] is None


async def test_csv_has_the_same_lines_and_no_formula(world):
    tenant_id, key = await shop(world)
    evil = '=HYPERLINK("http://evil.example","x")'
    await book(
        world, tenant_id, used(campaign_id=evil), used("msg_2", campaign_id="@SUM(A1)", model="+cmd|' /C calc'!A0")
    )
    answer = await world.http.get(
        f"/api/accounts/usage?{PERIOD}&group_by=campaign",
        headers={"authorization": f"Bearer {key}", "accept": "text/csv"},
    )
    assert answer.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [row["campaign"] for row in rows] == [f"'{evil}", "'@SUM(A1)"]
    assert [row["amount"] for row in rows] == ["0.0079", "0.0079"]
    entries = await world.ask("GET", f"/usage/entries?{PERIOD}&format=csv", by=key)
    rows = list(csv.DictReader(io.StringIO(entries.text)))
    assert len(rows) == 2
    assert {row["number"] for row in rows} == {NUMBER}
    assert not [cell for row in rows for cell in row.values() if cell[:1] in tuple("=@")]
    assert {row["model"] for row in rows} == {"", "'+cmd|' /C calc'!A0"}


async def test_entries_are_listed_page_by_page_and_found_by_their_message(world):
    tenant_id, key = await shop(world)
    await book(world, tenant_id, *(used(f"msg_{n}", used_at=AT + timedelta(seconds=n)) for n in range(7)))
    seen, cursor = [], ""
    while True:
        page = (await world.ask("GET", f"/usage/entries?{PERIOD}&limit=3{cursor}", by=key)).json()
        seen += [item["message_id"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert seen == [f"msg_{n}" for n in range(6, -1, -1)]
    assert (await entry(world, key, "&message_id=msg_3"))["correlation_id"] == "cor_1"


async def test_usage_is_read_by_its_own_tenant_and_by_the_operator_who_names_it(world):
    tenant_id, key = await shop(world)
    other_id, other = await shop(world)
    await book(world, tenant_id, used())
    assert (await statement(world, other))["items"] == []
    for path in ("/usage", "/usage/entries"):
        assert (await world.ask("GET", f"{path}?tenant_id={tenant_id}", by=other)).status_code == 404
        assert (await world.ask("GET", path)).json()["code"] == "tenant_needed"
        assert (await world.ask("GET", f"{path}?tenant_id=ten_unknown")).status_code == 404
        assert (await world.http.get(f"/api/accounts{path}")).status_code == 401
        assert (await world.ask("GET", f"{path}?from=2026-01-02&to=2026-01-01", by=key)).status_code == 422
        assert (await world.ask("GET", f"{path}?from=0001-01-01&to=9999-12-31", by=key)).status_code == 200
    mine = await world.ask("GET", f"/usage?{PERIOD}&tenant_id={tenant_id}")
    assert mine.json() == await statement(world, key)
    assert other_id != tenant_id


async def test_usage_arrives_by_the_broker(world):
    tenant_id, key = await shop(world)
    event = Event("e1", "sender", "msg_1", AT, tenant_id, tenant_id, used())
    await world.platform.broker.publish(Message(event.data.TYPE, event.encode(), event.id))

    async def there() -> bool:
        return bool((await statement(world, key))["items"])

    await eventually(there)


async def test_the_worked_example_of_the_docs(world):
    """docs/billing.md"""
    example = CARD | {"sms_in": {"*": "0.004"}, "carrier_fee": {"mode": "pass_through", "markup_percent": "10"}}
    example["tokens"] = [
        {"model": "gpt-4o-mini*", "kind": "prompt", "price": "0.15", "per": 1000000},
        {"model": "gpt-4o-mini*", "kind": "completion", "price": "0.60", "per": 1000000},
    ]
    tenant_id, key = await shop(world, example)
    text = used("msg_0", "sms_parts_in", carrier_cost=Money(nano=4_000_000))
    text_fee = used("msg_0", "carrier_fee", carrier_cost=Money(nano=3_000_000))
    receipt = used(quantity=3, revision=2, carrier_cost=Money(nano=12_000_000))
    fee = used(kind="carrier_fee", quantity=3, revision=2, carrier_cost=Money(nano=9_000_000))
    await book(
        world,
        tenant_id,
        text,
        text_fee,
        used(quantity=2, estimate=True),
        used("run_1.1.1", "tokens_prompt", 1234, model="gpt-4o-mini"),
        used("run_1.1.1", "tokens_completion", 87, model="gpt-4o-mini"),
        receipt,
        fee,
        receipt,
    )
    [total] = (await statement(world, key))["totals"]
    assert (total["amount"], total["amount_nano"], total["estimated_amount"]) == ("0.0411373", 41_137_300, "0.00")
    assert total["carrier_costs"][0]["amount"] == "0.028"
