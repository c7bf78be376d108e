"""A person with a life in every service is erased: no file, database or log holds number, name or words any more, while
a STOP and the bill stay."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from pymongo import AsyncMongoClient

from testkit.eventually import eventually
from testkit.installation import Installation
from testkit.shop import Shop

pytestmark = pytest.mark.asyncio(loop_scope="session")

ALL_DAY = {"opens": 0, "closes": 24}
NAME, COMPANY = "Wilhelmina Quastenberg", "Fjordgluck Handels"
ASKED, ANSWERED, OFFERED = "Zebrafinch marzipan?", "Gingerzeppelin tomorrow.", "Sugarbadger for {first_name}"
REPLIED, ACTED, LEFT = "Walnutotter please", "Rang about a pistachiolynx", "STOP"
WORDS = ("zebrafinch", "gingerzeppelin", "walnutotter", "pistachiolynx", "quastenberg", "fjordgluck")
PARTS = {"sms_parts_in": 3, "sms_parts_out": 2, "carrier_fee": 5}
WORKFLOW: dict[str, Any] = {
    "trigger": {"type": "campaign"},
    "steps": [
        {"id": "wait", "type": "wait_for_reply", "timeout_seconds": 3600},
        {"id": "keep", "type": "save_response", "field": "treat", "as": "text"},
        {"id": "note", "type": "set_field", "field": "treat", "value": "{treat}"},
        {"id": "pause", "type": "delay", "seconds": 86400},
    ],
}


async def test_a_person_is_erased_everywhere_and_their_stop_and_the_bill_stay(
    open_shop: Callable[..., Awaitable[Shop]], customer: Callable[[], str], parley: Installation
) -> None:
    shop, number = await open_shop(ai_mode="suggest", quiet_hours=ALL_DAY), customer()
    await live(shop, number)
    bill = await settled_bill(shop)
    traces = partial(found_of, parley, needles_of(number))
    assert await traces(), "the search finds nothing at all, so it proves nothing"

    contact = (await shop.conversation_with(number))["contact"]["id"]
    await has_everything(shop, contact)
    erasure = await shop.call("DELETE", f"/api/contacts/{contact}", expect=202)
    assert (await shop.call("DELETE", f"/api/contacts/{contact}", expect=202))["id"] == erasure["id"]
    await shop.call("GET", f"/api/contacts/{contact}", expect=404)
    await eventually(partial(is_done, shop, erasure["id"]), within=60)
    await eventually(partial(is_clean, traces), within=60)

    assert await settled_bill(shop) == bill
    again = await campaign_to(shop, number, name="Again")
    await eventually(partial(is_skipped, shop, again), within=60)
    assert len(await shop.sent_to(number)) == 2
    await comes_back(shop, number)


async def live(shop: Shop, number: str) -> None:
    """Texts both ways, a draft, a campaign with a workflow, a webhook, activity elsewhere, a trial, a STOP."""
    hook = {
        "url": "https://hooks.invalid/parley",
        "events": ["message.received", "conversation.updated"],
        "active": True,
    }
    await shop.call("POST", "/api/webhooks", hook)
    workflow = await shop.call("POST", "/api/workflows", {"name": "Treats", "definition": WORKFLOW})
    await shop.call("POST", f"/api/workflows/{workflow['id']}/activate")
    await shop.text(number, ASKED)
    await eventually(partial(has_draft, shop, number), within=45)
    await shop.write(number, ANSWERED)
    await shop.status_of(number, "delivered", author="agent")
    await campaign_to(shop, number, name="Treats", workflow_id=workflow["id"])
    await shop.answered(number, 2)
    await shop.text(number, REPLIED)
    await eventually(partial(run_saved, shop, workflow["id"]), within=45)
    [assistant] = (await shop.call("GET", "/api/assistants"))["items"]
    tried = {"messages": [{"author": "customer", "text": f"{ASKED} {number}"}]}
    await shop.call("POST", f"/api/assistants/{assistant['id']}/try", tried)
    await shop.text(number, LEFT)
    await eventually(partial(is_opted_out, shop, number), within=45)


async def campaign_to(shop: Shop, number: str, **more: Any) -> str:
    campaign = await shop.call("POST", "/api/campaigns", {"text": OFFERED, **more})
    row = {"phone_number": number, "name": NAME, "company": COMPANY, "fields": {"treat": ACTED}}
    await shop.call("POST", f"/api/campaigns/{campaign['id']}/recipients", {"recipients": [row]})
    await shop.call("POST", f"/api/campaigns/{campaign['id']}/start")
    return campaign["id"]


async def has_everything(shop: Shop, contact_id: str) -> None:
    export = await shop.call("GET", f"/api/contacts/{contact_id}/export")
    texts = {message["text"] for message in export["messages"]}
    assert {ASKED, ANSWERED, REPLIED, LEFT} < texts
    assert export["contact"]["name"] == NAME
    assert {sms["text"] for sms in export["sender_messages"]} < texts
    assert [row["company"] for row in export["campaigns_recipients"]] == [COMPANY]
    assert [run["saved"] for run in export["campaigns_runs"]] == [{"treat": REPLIED}]
    assert len([line for line in export["accounts_usage"] if line["kind"] in PARTS]) == 10
    assert [entry["state"] for entry in export["consent_entries"]] == ["out"]


async def comes_back(shop: Shop, number: str) -> None:
    """As a new, blank contact, who is still opted out until START."""
    await shop.text(number, "Hello again")
    conversation = await eventually(partial(shop.conversation_with, number), within=45)
    contact = await shop.call("GET", f"/api/contacts/{conversation['contact']['id']}")
    assert (contact["name"], contact["company"], contact["fields"]) == (None, None, {})
    assert contact["consent"][number]["opted_out"]
    assert [message["text"] for message in await shop.messages_with(number)] == ["Hello again"]
    await shop.write(number, "Are you there?", expect=409)
    await shop.text(number, "START")
    await eventually(partial(may_write, shop, number), within=45)


def needles_of(number: str) -> tuple[bytes, ...]:
    """The number as +1…, in digits and at home, and every word; searched for without regard to case."""
    digits = number.removeprefix("+")
    at_home = f"({digits[1:4]}) {digits[4:7]}-{digits[7:]}"
    return tuple(needle.encode() for needle in (digits, digits[1:], at_home, *WORDS))


async def found_of(parley: Installation, needles: tuple[bytes, ...]) -> list[str]:
    """Where they stand: in a file of the data folder, a log, or a document of the server."""
    places = [process.log for process in parley.processes.values()]
    places += [path for path in (parley.folder / "data").rglob("*") if path.is_file()]
    found = [f"{path.name}: {needle.decode()}" for path in places for needle in hits(path, needles)]
    if parley.servers:
        found += await found_in_documents(parley.servers[1], needles)
    return found


def hits(path: Path, needles: tuple[bytes, ...]) -> list[bytes]:
    content = path.read_bytes().lower() if path.exists() else b""
    return [needle for needle in needles if needle in content]


async def found_in_documents(url: str, needles: tuple[bytes, ...]) -> list[str]:
    client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(url)
    found: list[str] = []
    for name in await client.list_database_names():
        for collection in await client[name].list_collection_names():
            async for document in client[name][collection].find():
                text = repr(document).lower().encode()
                found += [f"{name}.{collection}: {needle.decode()}" for needle in needles if needle in text]
    await client.close()
    return found


async def settled_bill(shop: Shop) -> dict[str, tuple[int, int]]:
    """Parts and amount of each kind of SMS, once the carrier has reported on all five."""

    async def settled() -> dict[str, tuple[int, int]]:
        items = (await shop.call("GET", "/api/accounts/usage"))["items"]
        of_texts = [item for item in items if not item["kind"].startswith("tokens")]
        assert {item["kind"]: item["quantity"] for item in of_texts} == PARTS
        assert not any(item["estimated_quantity"] for item in of_texts)
        return {item["kind"]: (item["quantity"], item["amount_nano"]) for item in of_texts}

    return await eventually(settled, within=60)


async def is_done(shop: Shop, id: str) -> bool:
    erasure = await shop.call("GET", f"/api/contacts/erasures/{id}")
    assert erasure["state"] == "done", erasure
    return True


async def is_clean(traces: Callable[[], Awaitable[list[str]]]) -> bool:
    assert await traces() == []
    return True


async def is_skipped(shop: Shop, campaign_id: str) -> bool:
    counts = (await shop.call("GET", f"/api/campaigns/{campaign_id}"))["counts"]
    assert counts["skipped"] == 1, counts
    return True


async def has_draft(shop: Shop, number: str) -> bool:
    assert (await shop.conversation_with(number))["draft"] is not None
    return True


async def run_saved(shop: Shop, workflow_id: str) -> bool:
    [run] = (await shop.call("GET", f"/api/workflows/{workflow_id}/runs"))["items"]
    assert run["saved"] == {"treat": REPLIED}, run
    return True


async def is_opted_out(shop: Shop, number: str) -> bool:
    assert (await shop.conversation_with(number))["opted_out"]
    return True


async def may_write(shop: Shop, number: str) -> bool:
    await shop.write(number, "Welcome back")
    return True
