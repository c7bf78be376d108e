"""A campaign from a file to its end, a workflow drawn and tried, and what it all cost."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import Page, expect

from testkit.browser import Visitor
from testkit.shop import Shop

pytestmark = pytest.mark.asyncio(loop_scope="session")

OpenShop = Callable[..., Awaitable[Shop]]
Visit = Callable[..., Awaitable[Visitor]]
SessionIn = Callable[[Shop, str], Awaitable[str]]
ALL_DAY = {"opens": 0, "closes": 24}
QUANTITY = 2
"""The cell of a line of the statement, behind its arrow and what it is."""
TEXT = "Hi {name}, Shop here: we open on Friday. STOP to opt out."


async def _next(page: Page) -> None:
    await page.get_by_role("button", name="Continue").click()


async def test_a_campaign_from_a_file_to_finished_and_its_cost(
    open_shop: OpenShop, visit: Visit, session_in: SessionIn, customer: Callable[[], str]
):
    shop, people = await open_shop(quiet_hours=ALL_DAY), [customer() for _ in range(3)]
    rows = [f"{number};Guest {n}" for n, number in enumerate(people)]
    file = "\r\n".join(["Handy;Name", *rows, "12;Nobody"]).encode("cp1252")
    page = await (await visit(await session_in(shop, "admin"))).open("/campaigns")
    await (
        page.get_by_role("button", name="New campaign").or_(page.get_by_role("link", name="New campaign")).first.click()
    )
    await page.get_by_label("Recipients file").set_input_files(
        {"name": "kunden.csv", "mimeType": "text/csv", "buffer": file}
    )
    await expect(page.get_by_role("table", name="Column mapping")).to_contain_text("Guest 0")
    await page.get_by_role("button", name="Add 3 recipients").click()
    await expect(page.get_by_role("button", name="Continue")).to_be_enabled(timeout=30_000)
    await _next(page)
    await page.get_by_role("textbox", name="Text", exact=True).fill(
        "Hi {name}, Shop here: we open on Friday. STOP to opt out."
    )
    await _next(page)
    await expect(page.get_by_role("region", name="Forecast")).to_contain_text("3")
    await expect(page.get_by_role("button", name="Continue")).to_be_enabled()
    await _next(page)
    await _next(page)
    await page.get_by_role("button", name="Start", exact=True).click()
    await expect(page.get_by_role("status", name="Progress")).to_be_visible()
    for n, number in enumerate(people):
        assert [sms["text"] for sms in await shop.answered(number)] == [TEXT.replace("{name}", f"Guest {n}")]
    await expect(page.get_by_role("status", name="Progress")).to_contain_text("Delivered", timeout=30_000)
    await expect(page.get_by_text("Finished").first).to_be_visible(timeout=30_000)
    await page.get_by_role("tab", name="Recipients").click()
    await expect(page.get_by_role("table", name="Recipients")).to_contain_text("Guest 2")
    await page.get_by_role("navigation", name="Main").get_by_role("link", name="Usage").click()
    await expect(page.get_by_role("heading", name="Usage and cost")).to_be_visible()
    await expect(page.get_by_role("heading", name="Statement")).to_be_visible()
    sent = page.get_by_role("table", name="Statement").get_by_role("row").filter(has_text="Parts of texts sent")
    await expect(sent.get_by_role("cell").nth(QUANTITY)).to_have_text("3")
    assert "sms_parts_out" in await _downloaded(page, "Statement (CSV)")
    entries = await _downloaded(page, "All entries (CSV)")
    assert [number in entries for number in people] == [True] * 3


async def test_a_campaign_pauses_and_goes_on(
    open_shop: OpenShop, visit: Visit, session_in: SessionIn, customer: Callable[[], str]
):
    # At this hour it waits, so that it is still under way when it is paused.
    shop, people = await open_shop(quiet_hours=_far_from_now()), [customer() for _ in range(3)]
    made = await shop.call("POST", "/api/campaigns", {"name": "Friday", "text": "Shop here: we open. STOP to opt out."})
    path = f"/api/campaigns/{made['id']}"
    await shop.call("POST", f"{path}/recipients", {"recipients": [{"phone_number": number} for number in people]})
    page = await (await visit(await session_in(shop, "agent"))).open(f"/campaigns/{made['id']}", "Friday")
    await shop.call("POST", f"{path}/start")
    await page.get_by_role("button", name="Pause").click()
    await expect(page.get_by_text("Paused").first).to_be_visible()
    assert (await shop.call("GET", path))["state"] == "paused"
    await shop.call("PATCH", f"/api/accounts/tenants/{shop.tenant_id}", {"quiet_hours": ALL_DAY})
    await page.get_by_role("button", name="Resume").click()
    await expect(page.get_by_text("Finished").first).to_be_visible()
    assert sorted(sms["to"] for sms in await shop.sent_to_all()) == sorted(people)


def _far_from_now() -> dict[str, int]:
    """Hours in which the customers may be texted, all of them in Chicago: half a day away."""
    hour = datetime.now(ZoneInfo("America/Chicago")).hour
    return {"opens": 1, "closes": 2} if hour >= 12 else {"opens": 22, "closes": 23}


async def _downloaded(page: Page, link: str) -> str:
    async with page.expect_download() as started:
        await page.get_by_role("link", name=link).click()
    return (await (await started.value).path()).read_text()


async def test_a_workflow_is_drawn_and_tried_without_sending(open_shop: OpenShop, visit: Visit, session_in: SessionIn):
    shop = await open_shop(quiet_hours=ALL_DAY)
    page = await (await visit(await session_in(shop, "admin"))).open("/workflows")
    await page.get_by_role("button", name="New workflow").first.click()
    await page.get_by_role("textbox", name="Name").fill("How was it?")
    await page.get_by_role("button", name="Ask one question").click()
    await page.get_by_role("button", name="Dry run").first.click()
    panel = page.get_by_role("complementary", name="Dry run")
    await panel.get_by_label("text", exact=True).fill("9")
    await panel.get_by_role("button", name="Run it dry").click()
    result = page.get_by_role("status", name="Result of the dry run")
    await expect(result).to_contain_text("2 in 2 parts")
    await expect(result).to_contain_text("person")
    assert await shop.sent_to_all() == []
