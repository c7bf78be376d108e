"""A person with a life in every service is erased: no file, database or log holds number, name or words any more, while
a STOP and the bill stay."""

from __future__ import annotations

import base64
from collections.abc import Awaitable, Callable
from functools import cache, partial
from pathlib import Path
from typing import Any

import aio_pika
import pytest
from pymongo import AsyncMongoClient

from marked_life import MARKS, leave_marks, second_number_of, words_of
from shared.broker.topology import plan
from shared.events.catalogue import topology
from testkit.eventually import eventually
from testkit.installation import Installation
from testkit.shop import Shop

pytestmark = pytest.mark.asyncio(loop_scope="session")

ALL_DAY = {"opens": 0, "closes": 24}
NAME, COMPANY = "Wilhelmina Quastenberg", "Fjordgluck Handels"
ASKED, ANSWERED, OFFERED = "Zebrafinch marzipan?", "Gingerzeppelin tomorrow.", "Sugarbadger for {first_name}"
REPLIED, ACTED, LEFT = "Walnutotter please", "Rang about a pistachiolynx", "STOP"
WORDS = ("zebrafinch", "gingerzeppelin", "walnutotter", "pistachiolynx", "quastenberg", "fjordgluck")
PICTURES = {"picture of the customer", "picture to the customer"}
"""An export has their addresses."""
DROPPED = {"draft with acts", "field of a draft", "follow-up of a draft"}
"""By the STOP; what databases and the log of live events still held of it is erased all the same."""
NOT_EXPORTED = PICTURES | DROPPED | {"preview of a file"}
NOT_EXPORTED |= {"text to a number without an owner"}
PARTS = {"sms_parts_in": 7, "sms_parts_out": 4, "carrier_fee": 11}
TAIL = 7
"""Letters. The search index of SQLite keeps of a word only what it does not share with the word before it."""
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
    bill, sent = await settled_bill(shop), await shop.sent_to(number)
    needles = needles_of([number, second_number_of(number)], words_of(shop))
    traces = partial(found_of, parley, needles)
    await eventually(partial(all_found, traces, words_of(shop)), within=30)

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
    assert await shop.sent_to(number) == sent
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
    await leave_marks(shop, number)
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
    assert {row.get("company") for row in export["campaigns_recipients"]} == {COMPANY, None}
    assert [run["saved"] for run in export["campaigns_runs"]] == [{"treat": REPLIED}]
    assert len([line for line in export["accounts_usage"] if line["kind"] in PARTS]) == sum(PARTS.values())
    assert [entry["state"] for entry in export["consent_entries"]] == ["out"]
    missing = {name for name, word in MARKS.items() if word not in str(export)}
    assert missing == NOT_EXPORTED


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


async def all_found(traces: Callable[[], Awaitable[list[str]]], words: list[str]) -> bool:
    """A word that stands nowhere before the erasure would prove nothing after it."""
    found = {place.rpartition(": ")[2] for place in await traces()}
    missing = [word for word in (*words, *WORDS) if word not in found]
    assert not missing, missing
    return True


def needles_of(numbers: list[str], words: list[str]) -> tuple[bytes, ...]:
    """Each number as +1…, in digits and at home, and every word and its tail; searched for without regard to case."""
    found = [*WORDS, *words, *(word[-TAIL:] for word in (*WORDS, *words) if word.isalpha())]
    for number in numbers:
        digits = number.removeprefix("+")
        found += [digits, digits[1:], f"({digits[1:4]}) {digits[4:7]}-{digits[7:]}"]
    return tuple(needle.encode() for needle in found)


async def found_of(parley: Installation, needles: tuple[bytes, ...]) -> list[str]:
    """Where they stand: in a file of the data folder, a log, or a document of the server."""
    places = [process.log for process in parley.processes.values()]
    places += [path for path in (parley.folder / "data").rglob("*") if path.is_file()]
    found = [f"{path.name}: {needle.decode()}" for path in places for needle in hits(path, needles)]
    if parley.servers:
        found += await found_in_documents(parley.servers[1], needles)
        found += [] if found else await found_in_queues(parley.servers[0], needles)  # hundreds: last
    return found


def hits(path: Path, needles: tuple[bytes, ...]) -> list[bytes]:
    """Bodies and contents are kept as base64 in SQLite."""
    content = path.read_bytes() if path.exists() else b""
    readable = content.lower()
    return [needle for needle in needles if needle in readable or any(each in content for each in packed(needle))]


@cache
def packed(needle: bytes) -> tuple[bytes, ...]:
    """As it stands in base64, wherever it begins: what the bytes around it do not change."""
    found = (base64.b64encode(b"\0" * before + needle) for before in range(3))
    return tuple(one[-(-before * 8 // 6) : -4] for before, one in enumerate(found))


async def found_in_queues(url: str, needles: tuple[bytes, ...]) -> list[str]:
    """In what waits in RabbitMQ: to be handled, to be tried again, as a dead letter. It is put back."""
    found: list[str] = []
    async with await aio_pika.connect(url) as connection, connection.channel() as channel:
        for name in [queue.name for subscription in topology() for queue in plan(subscription)]:
            queue = await channel.declare_queue(name, passive=True)
            waiting = [await queue.get(fail=False) for _ in range(queue.declaration_result.message_count or 0)]
            for message in filter(None, waiting):
                found += [f"{name}: {needle.decode()}" for needle in needles if needle in message.body.lower()]
                await message.nack(requeue=True)
    return found


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
    """Parts and amount of each kind of SMS, once the carrier has reported on all ten."""

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
