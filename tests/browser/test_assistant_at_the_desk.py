"""The assistant beside a person: its suggestion is approved, and a person takes over and gives back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Page, expect

from testkit.browser import Visitor
from testkit.eventually import eventually
from testkit.shop import Shop

pytestmark = pytest.mark.asyncio(loop_scope="session")

OpenShop = Callable[..., Awaitable[Shop]]
Visit = Callable[..., Awaitable[Visitor]]
SessionIn = Callable[[Shop, str], Awaitable[str]]


async def _conversation(visit: Visit, token: str, text: str) -> Page:
    page = await (await visit(token)).open("/inbox")
    await page.get_by_role("list", name="Conversations").get_by_role("link").filter(has_text=text).click()
    await expect(page.get_by_role("region", name="Messages")).to_contain_text(text)
    return page


async def test_a_suggested_reply_leaves_once_it_is_approved(
    open_shop: OpenShop, visit: Visit, session_in: SessionIn, customer: Callable[[], str]
):
    shop, number = await open_shop(ai_mode="suggest"), customer()
    await shop.text(number, "When do you open?")
    page = await _conversation(visit, await session_in(shop, "agent"), "When do you open?")
    suggestion = page.get_by_role("region", name="Suggested reply")
    await expect(suggestion).to_be_visible(timeout=30_000)
    assert await shop.sent_to(number) == []
    draft = (await shop.conversation_with(number))["draft"]["text"]
    await suggestion.get_by_role("button", name="Approve").click()
    assert [sms["text"] for sms in await shop.answered(number)] == [draft]
    messages = page.get_by_role("region", name="Messages")
    await expect(messages.get_by_text("Delivered").first).to_be_visible(timeout=30_000)
    await expect(suggestion).to_have_count(0)


async def test_a_person_takes_over_and_gives_back(
    open_shop: OpenShop, visit: Visit, session_in: SessionIn, customer: Callable[[], str]
):
    shop, number = await open_shop(ai_mode="auto"), customer()
    await shop.text(number, "Do you have parking?")
    await shop.answered(number)
    page = await _conversation(visit, await session_in(shop, "agent"), "Do you have parking?")
    messages, why = (page.get_by_role("region", name=name) for name in ("Messages", "Why"))
    await messages.get_by_role("button", name="Why").first.click()
    await expect(why).to_contain_text("Delivered")
    await page.keyboard.press("Escape")
    await expect(why).to_have_count(0)
    await expect(messages).to_be_visible()
    mode = page.get_by_role("radiogroup", name="Assistant mode")
    await expect(mode.get_by_role("radio", name="Auto")).to_be_checked()
    await page.get_by_role("button", name="Take over").click()
    await expect(mode.get_by_role("radio", name="Off")).to_be_checked()
    await page.get_by_role("textbox", name="Message").fill("Yes, behind the house.")
    await page.get_by_role("button", name="Send", exact=True).click()
    await shop.answered(number, times=2)
    assert (await shop.sent_to(number))[-1]["text"] == "Yes, behind the house."
    await page.get_by_role("button", name="Give back").click()

    async def given_back() -> bool:
        return (await shop.conversation_with(number))["ai_mode"] == "auto"

    await eventually(given_back, within=10)
    await expect(page.get_by_role("button", name="Take over")).to_be_visible()
