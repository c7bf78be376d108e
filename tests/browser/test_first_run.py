"""The first run: from nothing to a business whose texts are answered."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from testkit.browser import Visitor
from testkit.demo import DemoInstallation
from testkit.installation import ADMIN_TOKEN

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session")
async def empty(equipped: None, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[DemoInstallation]:
    """An installation without tenants, with the sandbox."""
    installation = DemoInstallation(tmp_path_factory.mktemp("first-run"), DEMO="off")
    try:
        await installation.start()
        yield installation
    finally:
        await installation.stop()


async def test_the_operator_opens_a_business_and_its_first_text_is_answered(empty: DemoInstallation, chromium: Browser):
    context = await chromium.new_context(locale="en-US", viewport={"width": 1280, "height": 900})
    visitor = Visitor(context, empty.url)
    visitor.faults.expected = ("401",)
    page = await visitor.open("/setup", "Set up Parley")
    await page.get_by_label("ADMIN_TOKEN").fill(ADMIN_TOKEN)
    await page.get_by_role("button", name="Sign in as the operator").click()
    await page.get_by_label("Name of the business").fill("Corner Bakery")
    await page.get_by_label("Your name").fill("Ann Miller")
    await page.get_by_label("Your email").fill("ann@bakery.example")
    await page.get_by_label("A password for you").fill("correct horse battery staple")
    await page.get_by_role("button", name="Open the business").click()
    await expect(page.get_by_role("heading", name="First steps for Corner Bakery")).to_be_visible()
    await expect(page.get_by_text("Customers text +1 312 555 0100.")).to_be_visible()
    await page.get_by_role("combobox", name="Its answers").click()
    await page.get_by_role("option", name="are sent by themselves").click()
    await page.get_by_role("button", name="Publish").click()
    await expect(page.get_by_text("Knowledge and more are on the page Assistants.")).to_be_visible()
    phone = page.frame_locator("iframe")
    await phone.get_by_placeholder("Text message").fill("Hi! When are you open?")
    await phone.get_by_placeholder("Text message").press("Enter")
    await expect(page.get_by_text("A customer texted and was answered.")).to_be_visible()
    await page.get_by_role("textbox", name="Name", exact=True).fill("Tom Reyes")
    await page.get_by_role("textbox", name="Email", exact=True).fill("tom@bakery.example")
    await page.get_by_role("button", name="Make the invitation").click()
    await expect(page.get_by_text("/set-password#token=")).to_be_visible()
    await expect(page.get_by_text("All done: customers can text you.")).to_be_visible()
    assert visitor.faults.unexpected() == []
    await context.close()
