"""An agent's hours in the inbox: what is put aside and taken back, attached, found, and done to many at once."""

from __future__ import annotations

import base64
from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Locator, Page, expect

from testkit.browser import Visitor
from testkit.shop import Shop

pytestmark = pytest.mark.asyncio(loop_scope="session")

OpenShop = Callable[..., Awaitable[Shop]]
Visit = Callable[..., Awaitable[Visitor]]
SessionIn = Callable[[Shop, str], Awaitable[str]]
Customer = Callable[[], str]

CAKE, PARKING = "Is the walnut cake ready?", "Is there parking?"
DOT = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
PICTURE = {"name": "cake.png", "mimeType": "image/png", "buffer": base64.b64decode(DOT)}


async def _desk(shop: Shop, visit: Visit, session_in: SessionIn, *texts: tuple[str, str]) -> Page:
    """The inbox of an agent; the last of the texts is at its top."""
    page = await (await visit(await session_in(shop, "agent"))).open("/inbox")
    for number, text in texts:
        await shop.text(number, text)
        await expect(_row(page, text)).to_be_visible()
    return page


def _row(page: Page, text: str) -> Locator:
    return page.get_by_role("list", name="Conversations").get_by_role("link").filter(has_text=text)


def _composer(page: Page, name: str = "Message") -> Locator:
    return page.get_by_role("textbox", name=name, exact=True)


async def _show(page: Page, view: str) -> None:
    await page.get_by_role("button", name="View: ").click()
    await page.get_by_role("menuitem", name=view, exact=True).click()


async def test_what_is_put_aside_comes_back_with_undo(
    open_shop: OpenShop, visit: Visit, session_in: SessionIn, customer: Customer
):
    shop = await open_shop(ai_mode="off")
    page = await _desk(shop, visit, session_in, (customer(), PARKING), (customer(), CAKE))
    await _row(page, CAKE).click()
    await page.get_by_role("button", name="More actions").click()
    await page.get_by_role("menuitem", name="Tomorrow morning").click()
    await expect(_row(page, CAKE)).to_have_count(0)
    await _show(page, "Snoozed")
    await expect(_row(page, CAKE)).to_be_visible()
    await expect(_row(page, PARKING)).to_have_count(0)
    await _show(page, "Inbox")
    await page.keyboard.press("z")
    await expect(_row(page, CAKE)).to_be_visible()

    for text in (CAKE, PARKING):
        await _row(page, text).hover()
        await page.get_by_role("listitem").filter(has_text=text).get_by_role("checkbox").check()
    await page.get_by_role("toolbar").get_by_role("button", name="Close").click()
    await expect(page.get_by_text("Nothing waits")).to_be_visible()
    await page.get_by_role("button", name="Undo").click()
    await expect(_row(page, CAKE)).to_be_visible()
    await expect(_row(page, PARKING)).to_be_visible()

    is_closed = page.get_by_text("It reopens when somebody writes")
    await expect(is_closed).to_have_count(0)
    await page.keyboard.press("d")
    await expect(is_closed).to_be_visible()
    await expect(_row(page, CAKE)).to_have_count(0)
    await page.get_by_role("button", name="Reopen", exact=True).click()
    await expect(_row(page, CAKE)).to_be_visible()


async def test_a_reply_in_the_making_outlives_another_conversation_and_a_reload(
    open_shop: OpenShop, visit: Visit, session_in: SessionIn, customer: Customer
):
    shop, number = await open_shop(ai_mode="off"), customer()
    canned = {"name": "Opening hours", "shortcut": "open", "text": "We open at eight."}
    await shop.call("POST", "/api/canned-replies", canned)
    page = await _desk(shop, visit, session_in, (customer(), PARKING), (number, CAKE))
    await _row(page, CAKE).click()
    await _composer(page).fill("/ope")
    await expect(page.get_by_role("option", name="Opening hours")).to_be_visible()
    await _composer(page).press("Enter")
    await expect(_composer(page)).to_have_value("We open at eight.")
    await page.get_by_label("Picture or file", exact=True).set_input_files([PICTURE])  # pyright: ignore[reportArgumentType]
    await expect(page.get_by_text("cake.png")).to_be_visible()
    await expect(page.get_by_text("uploading")).to_have_count(0)

    await _row(page, PARKING).click()
    await expect(_composer(page)).to_have_value("")
    await expect(page.get_by_text("cake.png")).to_have_count(0)
    await _row(page, CAKE).click()
    await page.reload()
    await expect(_composer(page)).to_have_value("We open at eight.")
    await expect(page.get_by_text("cake.png")).to_be_visible()

    await page.get_by_role("button", name="Send", exact=True).click()
    await expect(page.get_by_role("region", name="Messages").get_by_role("img", name="Picture")).to_be_visible()
    await expect(page.get_by_text("cake.png")).to_have_count(0)
    [sent] = await shop.answered(number)
    assert sent["text"] == "We open at eight."
    assert len(sent["media_urls"]) == 1


async def test_notes_labels_and_views_help_to_find_a_conversation_again(
    open_shop: OpenShop, visit: Visit, session_in: SessionIn, customer: Customer
):
    shop, number = await open_shop(ai_mode="off"), customer()
    page = await _desk(shop, visit, session_in, (customer(), PARKING), (number, CAKE))
    await page.keyboard.press("j")
    await expect(page.get_by_role("region", name="Messages")).to_contain_text(CAKE)
    await expect(page.get_by_role("region", name="Messages").get_by_text("Today")).to_be_visible()
    await page.keyboard.press("n")
    await _composer(page, "Note").fill("She has a nut allergy.")
    await _composer(page, "Note").press("Control+Enter")
    await expect(page.get_by_role("article", name="Note by You")).to_contain_text("nut allergy")
    await page.get_by_role("combobox", name="Add a label").fill("regular")
    await page.get_by_role("combobox", name="Add a label").press("Enter")
    await expect(_row(page, CAKE)).to_contain_text("regular")
    assert await shop.sent_to(number) == []

    await page.get_by_role("button", name="Filters").click()
    await page.get_by_role("combobox", name="Label", exact=True).select_option("regular")
    await expect(_row(page, PARKING)).to_have_count(0)
    await page.get_by_role("button", name="View: ").click()
    await page.get_by_role("textbox", name="Name of the view").fill("Cakes")
    await page.get_by_role("textbox", name="Name of the view").press("Enter")
    await expect(page.get_by_role("menuitem", name="Cakes")).to_be_visible()
    await page.keyboard.press("Escape")
    await page.goto(page.url.split("/inbox")[0] + "/inbox")
    await expect(_row(page, PARKING)).to_be_visible()
    await _show(page, "Cakes")
    await expect(_row(page, PARKING)).to_have_count(0)
    await expect(_row(page, CAKE)).to_be_visible()

    await page.get_by_role("searchbox").fill("parking")
    await page.get_by_role("button", name="Search everywhere").click()
    await expect(_row(page, PARKING).locator("mark")).to_have_text("parking")


async def test_colleagues_see_who_writes_in_the_same_conversation(
    open_shop: OpenShop, visit: Visit, session_in: SessionIn, customer: Customer
):
    shop = await open_shop(ai_mode="off")
    here = await _desk(shop, visit, session_in, (customer(), CAKE))
    await _row(here, CAKE).click()
    there = await (await visit(await session_in(shop, "agent"))).open("/inbox")
    await _row(there, CAKE).click()
    await expect(here.get_by_text("Agent Person is looking")).to_be_visible()
    await _composer(there).press_sequentially("It is")
    await expect(here.get_by_text("Agent Person is writing")).to_be_visible()
    await there.keyboard.press("Escape")
    await there.keyboard.press("Escape")
    await expect(here.get_by_text("Agent Person is")).to_have_count(0)
