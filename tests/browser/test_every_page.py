"""Every page of the dashboard: it loads without a fault, axe finds nothing serious, and roles see their own places."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Page, expect

from testkit.browser import DASHBOARD, PHONE, Visitor, serious_problems, settle, too_wide, unreadable_in_the_dark
from testkit.demo import DemoInstallation

pytestmark = pytest.mark.asyncio(loop_scope="session")

As = Callable[..., Awaitable[Visitor]]

OF_ADMINS = ("Numbers", "Team", "Settings")
PLACES = {
    "/inbox": None,
    "/contacts": "Contacts",
    "/campaigns": "Campaigns",
    "/campaigns/new": None,
    "/workflows": "Workflows",
    "/assistants": "Assistants",
    "/usage": None,
    "/numbers": "Numbers",
    "/team": "Team",
    "/settings": "Settings",
}
"""Each path and its heading, where it is certain."""


async def test_every_page_opens_for_an_admin_without_a_fault(as_role: As):
    admin = await as_role("admin")
    for path, heading in PLACES.items():
        page = await admin.open(path, heading or "")
        await settle(page)
        await expect(page.get_by_role("navigation", name="Main")).to_be_visible()
        assert "Parley" in await page.title()
        assert not admin.faults.unexpected(), path


@pytest.mark.parametrize("path", [*PLACES, "/login", "/setup", "/system"])
async def test_a_page_can_be_used_in_light_and_dark_and_on_a_phone(path: str, as_role: As, visit: As):
    """The dark page differs in its colours alone, so only they are looked at again by axe."""

    async def opened(**context: object) -> Page:
        visitor = await (visit(**context) if path in ("/login", "/setup", "/system") else as_role("admin", **context))
        visitor.faults.expected = ("401",)
        page = await visitor.open(path)
        await settle(page)
        await expect(page.get_by_role("heading").first).to_be_visible()
        return page

    page = await opened()
    assert await serious_problems(page) == []
    assert await unreadable_in_the_dark(page) == []
    assert await too_wide(await opened(**PHONE)) == []


async def test_a_viewer_sees_no_places_of_admins(as_role: As):
    page = await (await as_role("viewer")).open("/inbox")
    navigation = page.get_by_role("navigation", name="Main")
    await expect(navigation.get_by_role("link", name="Inbox")).to_be_visible()
    for name in OF_ADMINS:
        await expect(navigation.get_by_role("link", name=name, exact=True)).to_have_count(0)


async def test_a_ticket_signs_in_once(visit: As, parley: DemoInstallation):
    page = await (await visit()).open(f"/login?ticket={parley.ticket}")
    await expect(page.get_by_role("navigation", name="Main")).to_be_visible()
    second = await visit()
    second.faults.expected = ("401",)
    page = await second.open(f"/login?ticket={parley.ticket}")
    await expect(page.get_by_role("alert")).to_contain_text("used")
    await expect(page.get_by_role("button", name="Sign in")).to_be_enabled()


async def test_a_password_signs_in_and_leads_back_to_where_one_was(visit: As, parley: DemoInstallation):
    visitor = await visit()
    visitor.faults.expected = ("401",)
    page = await visitor.open("/campaigns")
    await _sign_in(page, parley.email, "a wrong password")
    await expect(page.get_by_role("alert")).to_be_visible()
    await _sign_in(page, parley.email, parley.password)
    await page.wait_for_url("**/campaigns")
    await expect(page.get_by_role("heading", name="Campaigns", level=1)).to_be_visible()


async def _sign_in(page: Page, email: str, password: str) -> None:
    await page.get_by_label("Email").fill(email)
    await page.get_by_label("Password", exact=True).fill(password)
    await page.get_by_role("button", name="Sign in").click()


async def test_the_inbox_loads_within_its_budget_of_script():
    ran = await asyncio.to_thread(
        subprocess.run, ["node", "scripts/size.mjs"], cwd=DASHBOARD, capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stdout
