"""The front desk's day: texts that appear, an offline spell, and what others may not see or do."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Page, expect

from testkit.browser import Visitor
from testkit.shop import Shop

pytestmark = pytest.mark.asyncio(loop_scope="session")

OpenShop = Callable[..., Awaitable[Shop]]
Visit = Callable[..., Awaitable[Visitor]]
SessionIn = Callable[[Shop, str], Awaitable[str]]
OFFLINE_MS = 20_000


async def _inbox(visit: Visit, token: str) -> tuple[Visitor, Page]:
    visitor = await visit(token)
    page = await visitor.open("/inbox")
    await expect(page.get_by_role("navigation", name="Main")).to_be_visible()
    return visitor, page


async def test_a_text_appears_while_one_looks_and_no_other_tenant_sees_it(
    open_shop: OpenShop, visit: Visit, session_in: SessionIn, customer: Callable[[], str]
):
    ours, other = await open_shop(ai_mode="off"), await open_shop(ai_mode="off")
    _, here = await _inbox(visit, await session_in(ours, "agent"))
    _, there = await _inbox(visit, await session_in(other, "agent"))
    await ours.text(customer(), "Do you have rye bread?")
    await expect(here.get_by_role("link").filter(has_text="Do you have rye bread?")).to_be_visible()
    await other.text(customer(), "Is there parking?")
    await expect(there.get_by_role("link").filter(has_text="Is there parking?")).to_be_visible()
    await expect(there.get_by_text("Do you have rye bread?")).to_have_count(0)
    await expect(here.get_by_text("Is there parking?")).to_have_count(0)


async def test_a_viewer_reads_and_cannot_send(
    open_shop: OpenShop, visit: Visit, session_in: SessionIn, customer: Callable[[], str]
):
    shop, number = await open_shop(ai_mode="off"), customer()
    _, page = await _inbox(visit, await session_in(shop, "viewer"))
    await shop.text(number, "Are you open on Monday?")
    await page.get_by_role("link").filter(has_text="Are you open on Monday?").click()
    await expect(page.get_by_role("region", name="Messages")).to_contain_text("Are you open on Monday?")
    await expect(page.get_by_role("button", name="Send", exact=True)).to_have_count(0)


async def test_twenty_seconds_without_network_lose_and_double_nothing(
    open_shop: OpenShop, visit: Visit, session_in: SessionIn, customer: Callable[[], str]
):
    shop, number = await open_shop(ai_mode="off"), customer()
    visitor, page = await _inbox(visit, await session_in(shop, "agent"))
    visitor.faults.expected = ("ERR_INTERNET_DISCONNECTED", "WebSocket")
    await shop.text(number, "First text")
    await page.get_by_role("link").filter(has_text="First text").click()
    messages = page.get_by_role("region", name="Messages")
    await expect(messages).to_contain_text("First text")
    await visitor.context.set_offline(True)
    await shop.text(number, "Sent while away")
    await page.wait_for_timeout(OFFLINE_MS)
    await visitor.context.set_offline(False)
    for text in ("First text", "Sent while away"):
        await expect(messages.get_by_text(text, exact=True)).to_have_count(1)


async def test_an_answer_is_sent_once(
    open_shop: OpenShop, visit: Visit, session_in: SessionIn, customer: Callable[[], str]
):
    shop, number = await open_shop(ai_mode="off"), customer()
    _, page = await _inbox(visit, await session_in(shop, "agent"))
    await shop.text(number, "Is the cake ready?")
    await page.get_by_role("link").filter(has_text="Is the cake ready?").click()
    await page.get_by_role("textbox", name="Message").fill("It is ready from noon.")
    await page.get_by_role("button", name="Send", exact=True).click()
    messages = page.get_by_role("region", name="Messages")
    await expect(messages).to_contain_text("It is ready from noon.")
    assert [sms["text"] for sms in await shop.answered(number)] == ["It is ready from noon."]
