"""An operator's day: an event that a service could not read is mended and replayed."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import expect

from all_in_one.folder import STORE
from shared.clock import SystemClock
from shared.consuming.dead_letters import SPEC
from shared.events import thread_id
from shared.one_file import OneFile
from testkit.browser import ROOT, Visitor
from testkit.demo import DemoInstallation
from testkit.eventually import eventually
from testkit.installation import ADMIN_TOKEN
from testkit.shop import Shop

pytestmark = pytest.mark.asyncio(loop_scope="session")

SAMPLE = ROOT / "tests" / "events" / "samples" / "sms.inbound.json"
QUEUE = "conversation.sms.inbound.v1"


async def test_a_dead_letter_is_mended_and_replayed(
    parley: DemoInstallation,
    open_shop: Callable[..., Awaitable[Shop]],
    visit: Callable[..., Awaitable[Visitor]],
    customer: Callable[[], str],
):
    shop, number = await open_shop(ai_mode="off"), customer()
    event = _text_from(number, shop)
    event_id = event["id"]
    await _kept_as_dead(parley.folder / "data", event, "the text's parts are no number")
    visitor = await visit()
    visitor.faults.expected = ("401",)
    page = await visitor.open("/system")
    await page.get_by_label("ADMIN_TOKEN").fill(ADMIN_TOKEN)
    await page.get_by_role("button", name="Sign in as the operator").click()
    await page.get_by_role("tab", name="Dead letters").click()
    await page.get_by_role("button", name=f"Open {event_id}").click()
    letter = page.get_by_role("dialog")
    await expect(letter).to_contain_text("the text's parts are no number")
    body = letter.get_by_role("textbox", name="The event")
    await body.fill((await body.input_value()).replace('"none"', "1"))
    await letter.get_by_role("button", name="Replay corrected").click()
    await expect(page.get_by_role("button", name=f"Open {event_id}")).to_have_count(0)
    await page.get_by_text("Replayed", exact=True).click()
    await expect(page.get_by_role("button", name=f"Open {event_id}")).to_be_visible()

    async def arrived() -> bool:
        return [message["text"] for message in await shop.messages_with(number)] == [event["data"]["text"]]

    await eventually(arrived, within=30)


def _text_from(number: str, shop: Shop) -> dict[str, Any]:
    """An event that cannot be read: its `parts` are a word."""
    event = json.loads(SAMPLE.read_text())
    event |= {
        "id": f"browser-{number[1:]}",
        "tenantid": shop.tenant_id,
        "partitionkey": thread_id(shop.tenant_id, shop.number, number),
    }
    now = SystemClock().now().isoformat()
    event["data"] |= {
        "message_id": f"msg_{number[1:]}",
        "carrier_message_id": f"browser-{number[1:]}",
        "number": shop.number,
        "contact": number,
        "media": [],
        "parts": "none",
        "received_at": now,
        "effective_at": now,
    }
    return event


async def _kept_as_dead(data: Path, event: dict[str, Any], reason: str) -> None:
    """As the service keeps it. No event of a healthy installation dies, so that it is put into the file."""
    database = OneFile(data / STORE, SystemClock()).database("conversation")
    letters = database.collection(SPEC)
    await database.start()
    now = SystemClock().now()
    try:
        await letters.put(
            {
                "id": f"{QUEUE}|{event['tenantid']}|{event['id']}",
                "revision": 1,
                "tenant_id": event["tenantid"],
                "queue": QUEUE,
                "event_id": event["id"],
                "partition_key": event["partitionkey"],
                "routing_key": "sms.inbound",
                "body": json.dumps(event).encode(),
                "reason": reason,
                "state": "waiting",
                "first_at": now,
                "at": now,
            }
        )
    finally:
        await database.close()
