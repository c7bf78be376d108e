"""What the pages open: a conversation, a contact, a campaign, a workflow, an assistant, the settings. Axe finds nothing
serious, and a phone scrolls nothing sideways. The phone shows them in the dark, so that each is opened twice only."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from playwright.async_api import Page, expect

from testkit.browser import PHONE, Visitor, serious_problems, settle, too_wide, unreadable_in_the_dark
from testkit.eventually import eventually
from testkit.shop import Shop

pytestmark = pytest.mark.asyncio(loop_scope="session")

WORKFLOW: dict[str, Any] = {
    "trigger": {"type": "campaign"},
    "steps": [
        {"id": "ask", "type": "send_message", "text": "Lemon or lime?"},
        {"id": "answer", "type": "wait_for_reply", "timeout_seconds": 3600},
        {"id": "end", "type": "end"},
    ],
}


async def _made(shop: Shop, number: str) -> list[str]:
    """The path of one of each, and of what stands behind their tabs."""
    await shop.text(number, "Is the walnut cake ready?")
    conversation = await eventually(lambda: shop.conversation_with(number), within=30)
    workflow = await shop.call("POST", "/api/workflows", {"name": "Lemons", "definition": WORKFLOW})
    campaign = await shop.call("POST", "/api/campaigns", {"name": "Friday", "text": "Hi {name|there}, we are open."})
    await shop.call(
        "POST", f"/api/campaigns/{campaign['id']}/recipients", {"recipients": [{"phone_number": number, "name": "Ann"}]}
    )
    [assistant, *_] = (await shop.call("GET", "/api/assistants"))["items"]
    tabs = {
        f"/campaigns/{campaign['id']}": ("overview", "recipients", "text", "report"),
        f"/workflows/{workflow['id']}": ("build", "runs", "versions"),
        f"/assistants/{assistant['id']}": ("draft", "knowledge", "try", "versions", "scores", "replays"),
        "/assistants": ("guides", "routes"),
        "/settings": ("own", "business", "carrier", "labels", "canned", "webhooks", "neighbours"),
    }
    behind = [f"{path}?tab={tab}" for path, some in tabs.items() for tab in some]
    return [f"/inbox/{conversation['id']}", f"/contacts/{conversation['contact']['id']}", *behind]


async def test_what_pages_open_can_be_used_by_everybody_and_on_a_phone(
    open_shop: Callable[..., Awaitable[Shop]],
    visit: Callable[..., Awaitable[Visitor]],
    session_in: Callable[[Shop, str], Awaitable[str]],
    customer: Callable[[], str],
):
    shop = await open_shop(ai_mode="off")
    session = await session_in(shop, "admin")
    desk, phone = await visit(session), await visit(session, color_scheme="dark", **PHONE)
    found: dict[str, list[str]] = {}
    for path in await _made(shop, customer()):
        problems = await serious_problems(await _opened(desk, path))
        page = await _opened(phone, path)
        problems += [*await unreadable_in_the_dark(page), *await too_wide(page)]
        found |= {path: problems} if problems else {}
    assert found == {}


async def _opened(visitor: Visitor, path: str) -> Page:
    page = await visitor.open(path)
    await settle(page)
    await expect(page.get_by_role("heading").first).to_be_visible()
    return page
