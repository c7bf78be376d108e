"""An admin's day: two entries of one person, a colleague and a key, an assistant's next version, what is connected."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Locator, Page, expect

from testkit.browser import Visitor
from testkit.eventually import eventually
from testkit.shop import Shop

pytestmark = pytest.mark.asyncio(loop_scope="session")

OpenShop = Callable[..., Awaitable[Shop]]
Visit = Callable[..., Awaitable[Visitor]]
SessionIn = Callable[[Shop, str], Awaitable[str]]


async def test_two_entries_of_one_person_become_one_and_two_again(
    open_shop: OpenShop, visit: Visit, session_in: SessionIn, customer: Callable[[], str]
):
    shop, number = await open_shop(), customer()
    kept = await shop.call("POST", "/api/contacts", {"phone_number": number, "name": "Ruth Becker"})
    await shop.call("POST", "/api/contacts", {"email": "ruth@becker.example", "name": "R. Becker"})
    page = await (await visit(await session_in(shop, "agent"))).open(f"/contacts/{kept['id']}", "Ruth Becker")
    await page.get_by_role("button", name="More actions").click()
    await page.get_by_role("menuitem", name="Merge with another contact").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("combobox", name="The other contact").fill("R. Becker")
    await page.get_by_role("option", name="R. Becker").click()
    await expect(dialog.get_by_role("region", name="What will be")).to_contain_text("ruth@becker.example")
    await dialog.get_by_role("button", name="Merge", exact=True).click()
    await expect(page.get_by_role("region", name="Details")).to_contain_text("ruth@becker.example")
    await page.get_by_role("region", name="Merged into this contact").get_by_role("button", name="Undo").click()
    await page.get_by_role("button", name="Undo the merge").click()
    await expect(page.get_by_role("region", name="Merged into this contact")).to_have_count(0)
    await expect(page.get_by_role("region", name="Details")).not_to_contain_text("ruth@becker.example")


async def test_a_contact_is_exported_and_erased(
    open_shop: OpenShop, visit: Visit, session_in: SessionIn, customer: Callable[[], str]
):
    shop, number = await open_shop(ai_mode="off"), customer()
    await shop.text(number, "Is the walnut cake ready?")
    contact = (await eventually(lambda: shop.conversation_with(number), within=30))["contact"]["id"]
    await shop.call("PATCH", f"/api/contacts/{contact}", {"name": "Ruth Becker"})
    visitor = await visit(await session_in(shop, "admin"))
    page = await visitor.open(f"/contacts/{contact}", "Ruth Becker")
    await page.get_by_role("button", name="More actions").click()
    async with page.expect_download() as started:
        await page.get_by_role("menuitem", name="Export everything as JSON").click()
    exported = (await (await started.value).path()).read_text()
    assert [text in exported for text in (number, "Ruth Becker", "Is the walnut cake ready?")] == [True] * 3
    await page.get_by_role("button", name="More actions").click()
    await page.get_by_role("menuitem", name="Erase this person").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog.get_by_role("button", name="Erase for ever")).to_be_disabled()
    await dialog.get_by_label("Type “Ruth Becker” to confirm").fill("Ruth Becker")
    await dialog.get_by_role("button", name="Erase for ever").click()
    await expect(page.get_by_role("status").filter(has_text="erased everywhere")).to_be_visible()
    assert await shop.conversations() == []


async def test_a_colleague_is_invited_and_a_key_is_made_and_revoked(
    open_shop: OpenShop, visit: Visit, session_in: SessionIn
):
    shop = await open_shop()
    page = await (await visit(await session_in(shop, "admin"))).open("/team", "Team")
    await page.get_by_role("button", name="Invite a colleague").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("textbox", name="Name").fill("Tom Reyes")
    await dialog.get_by_role("textbox", name="Email").fill(f"tom-{shop.tenant_id}@shop.example")
    await _choose(page, dialog.get_by_role("combobox", name="Role"), "Viewer: reads")
    await dialog.get_by_role("button", name="Make the invitation").click()
    await expect(dialog).to_contain_text("/set-password#token=")
    await dialog.get_by_role("button", name="Done").click()
    row = page.get_by_role("table", name="People").get_by_role("row").filter(has_text="Tom Reyes")
    await expect(row).to_contain_text("invited")
    await row.get_by_role("button", name="Manage Tom Reyes").click()
    await _choose(page, page.get_by_role("dialog").get_by_role("combobox", name="Role"), "Agent: answers customers")
    await page.get_by_role("dialog").get_by_role("button", name="Save").click()
    await expect(row).to_contain_text("Agent")
    await _renamed_while_a_colleague_changes_the_role(page, shop)
    await page.keyboard.press("Escape")
    await page.get_by_role("tab", name="API keys").click()
    await page.get_by_role("button", name="New API key").click()
    await page.get_by_role("textbox", name="What uses it").fill("Billing export")
    await page.get_by_role("button", name="Make the key").click()
    await expect(page.get_by_role("dialog")).to_contain_text("pk_")
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_contain_text("pk_")
    await page.get_by_role("button", name="Done").click()
    await page.get_by_role("button", name="Revoke Billing export").click()
    await page.get_by_role("button", name="Revoke", exact=True).click()
    await expect(page.get_by_role("row").filter(has_text="Billing export")).to_contain_text("revoked")


async def _renamed_while_a_colleague_changes_the_role(page: Page, shop: Shop) -> None:
    """A question that is answered by Escape leaves what was typed; only what was typed is saved."""
    users = f"/api/accounts/tenants/{shop.tenant_id}/users"
    window = page.get_by_role("dialog", name="Tom Reyes", exact=True)
    await window.get_by_role("textbox", name="Name").fill("Tom Reyes-Lopez")
    await window.get_by_role("button", name="Close the account").click()
    question = page.get_by_role("dialog", name="Close the account of Tom Reyes?")
    await expect(question).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(question).to_have_count(0)
    await expect(window.get_by_role("textbox", name="Name")).to_have_value("Tom Reyes-Lopez")
    [tom] = [user for user in (await shop.call("GET", users))["items"] if user["name"] == "Tom Reyes"]
    await shop.call("PATCH", f"{users}/{tom['id']}", {"role": "viewer"})
    await window.get_by_role("button", name="Save").click()
    row = page.get_by_role("table", name="People").get_by_role("row").filter(has_text="Tom Reyes-Lopez")
    await expect(row).to_contain_text("Viewer")


async def test_an_assistant_is_changed_tried_published_and_taken_back(
    open_shop: OpenShop, visit: Visit, session_in: SessionIn
):
    shop = await open_shop()
    [standard] = (await shop.call("GET", "/api/assistants"))["items"]
    path = f"/assistants/{standard['id']}"
    visitor = await visit(await session_in(shop, "admin"))
    visitor.faults.expected = ("409",)
    page = await visitor.open(f"{path}?tab=knowledge")
    await page.get_by_role("button", name="Add knowledge").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_text("Text", exact=True).click()
    await dialog.get_by_role("textbox", name="Title").fill("Parking")
    await dialog.get_by_role("textbox", name="Text", exact=True).fill("Parking is behind the house, two hours free.")
    await dialog.get_by_role("button", name="Add", exact=True).click()
    await expect(page.get_by_role("table", name="Knowledge")).to_contain_text("Parking")
    await page.get_by_role("tab", name="Instructions").click()
    style, typed = page.get_by_role("textbox", name="Role and style"), "You answer for the shop. Be brief."
    await style.fill(typed)
    await page.get_by_role("tab", name="Knowledge").click()
    await expect(page.get_by_role("table", name="Knowledge")).to_be_visible()
    await page.get_by_role("tab", name="Instructions").click()
    await expect(style).to_have_value(typed)
    await page.get_by_role("navigation", name="Main").get_by_role("link", name="Contacts").click()
    await page.get_by_role("dialog", name="Leave without saving?").get_by_role("button", name="Cancel").click()
    await expect(style).to_have_value(typed)
    await page.get_by_role("button", name="Save draft").click()
    await expect(page.get_by_text("Try it in the playground, then publish.")).to_be_visible()
    await page.get_by_role("tab", name="Playground").click()
    await page.get_by_role("textbox", name="Text of the customer").fill("Is there parking?")
    await page.get_by_role("button", name="Ask").click()
    await expect(page.get_by_role("region", name="Why")).to_contain_text("Passages it was given")
    await expect(page.get_by_role("region", name="Why")).to_contain_text("behind the house")
    await page.get_by_role("tab", name="Replays").click()
    gate = page.get_by_role("region", name="Gate")
    await gate.get_by_role("switch", name="A draft needs a replay").check(force=True)
    await gate.get_by_role("button", name="Save the gate").click()
    await expect(gate.get_by_role("button", name="Save the gate")).to_have_count(0)
    await _publish(page)
    await expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text("To the replays")
    await page.get_by_role("link", name="To the replays").click()
    await gate.get_by_role("switch", name="A draft needs a replay").uncheck(force=True)
    await gate.get_by_role("button", name="Save the gate").click()
    await expect(gate).to_contain_text("every draft may be published")
    await _publish(page)
    await expect(page.get_by_text("2 live").first).to_be_visible()
    await page.get_by_role("tab", name="Versions").click()
    await page.get_by_role("button", name="Make live again").first.click()
    await page.get_by_role("dialog").get_by_role("button", name="Make live again").click()
    await expect(page.get_by_text("made it live again")).to_be_visible()


async def test_a_replay_shows_the_draft_beside_what_is_live(open_shop: OpenShop, visit: Visit, session_in: SessionIn):
    shop = await open_shop()
    [standard] = (await shop.call("GET", "/api/assistants"))["items"]
    await shop.call("PATCH", f"/api/assistants/{standard['id']}", {"knowledge": "Parking is behind the house."})
    page = await (await visit(await session_in(shop, "admin"))).open(f"/assistants/{standard['id']}?tab=replays")
    await page.get_by_role("button", name="New replay").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_text("Questions of your own").click()
    await dialog.get_by_role("textbox", name="Questions").fill("Is there parking?\tYes, behind the house.")
    await dialog.get_by_role("button", name="Start").click()
    await expect(page.get_by_role("heading", name="Version 2 beside version 1")).to_be_visible()
    turn = page.get_by_role("table", name="Turn by turn").get_by_role("row").filter(has_text="Is there parking?")
    await expect(turn).to_contain_text("Yes, behind the house.")
    await expect(turn.get_by_text("likeness")).to_have_count(2)
    sums = page.get_by_role("table", name="Sums of both versions")
    await expect(sums.get_by_role("row").filter(has_text="Answered").get_by_role("cell")).to_have_text(
        ["Answered", "1", "1"]
    )


async def test_what_is_connected_says_what_is_wrong(open_shop: OpenShop, visit: Visit, session_in: SessionIn):
    shop = await open_shop()
    visitor = await visit(await session_in(shop, "admin"))
    visitor.faults.expected = ("422",)
    page = await visitor.open("/settings?tab=carrier")
    await page.get_by_role("button", name="Check the connection").click()
    checked = page.get_by_role("region", name="Telnyx")
    await expect(checked.get_by_text("Set PUBLIC_URL to the https address")).to_be_visible()
    await expect(checked.get_by_text("The connection names no messaging profile.")).to_be_visible()
    await expect(checked.get_by_label("wrong", exact=True)).to_have_count(2)
    await expect(checked.get_by_label("right", exact=True)).not_to_have_count(0)
    await page.get_by_role("button", name="Connect an account").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("API key").fill("KEYwrong")
    await dialog.get_by_label("Public key").fill("no key")
    await dialog.get_by_role("button", name="Connect").click()
    await expect(dialog.get_by_role("alert")).to_contain_text("public_key")
    await page.keyboard.press("Escape")
    await page.get_by_role("tab", name="Webhooks").click()
    await page.get_by_role("button", name="New webhook").click()
    await dialog.get_by_label("Address").fill("https://example.com/hook")
    await dialog.get_by_role("button", name="Make the webhook").click()
    await expect(dialog).to_contain_text("It is not shown again.")
    await dialog.get_by_role("button", name="Done").click()
    webhook = page.get_by_role("region", name="https://example.com/hook")
    await webhook.get_by_role("button", name="Send a test").click()
    await webhook.get_by_role("button", name="Show deliveries").click()
    await expect(webhook.get_by_role("table", name="Deliveries")).to_contain_text("test")
    await webhook.get_by_role("button", name="Change the secret").click()
    await dialog.get_by_role("button", name="Make a new secret").click()
    await expect(dialog).to_contain_text("The former one signs for a day more.")
    await page.keyboard.press("Escape")
    await expect(dialog).to_contain_text("The former one signs for a day more.")
    await dialog.get_by_role("button", name="Done").click()
    await page.get_by_role("tab", name="Neighbours").click()
    await page.get_by_role("button", name="Connect a system").click()
    await dialog.get_by_role("button", name="Connect").click()
    neighbour = page.get_by_role("region", name="Chatwoot")
    await neighbour.get_by_role("button", name="Disconnect").click()
    await dialog.get_by_role("button", name="Cancel").click()
    await expect(neighbour).to_be_visible()
    await neighbour.get_by_role("button", name="Disconnect").click()
    await dialog.get_by_role("button", name="Disconnect").click()
    await expect(neighbour).to_have_count(0)
    await page.get_by_role("tab", name="Business").click()
    minutes, path = page.get_by_role("textbox", name="Answers are good for"), f"/api/accounts/tenants/{shop.tenant_id}"
    await minutes.fill("15")
    await shop.call("PATCH", path, {"max_ai_parts": 3})
    await page.get_by_role("tab", name="Labels").click()
    await page.get_by_role("tab", name="Business").click()
    await expect(minutes).to_have_value("15")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("Saved")).to_be_visible()
    tenant = await shop.call("GET", path)
    assert (tenant["answer_within_seconds"], tenant["max_ai_parts"]) == (900, 3)


async def _publish(page: Page) -> None:
    await page.get_by_role("tab", name="Versions").click()
    await page.get_by_role("button", name="Publish …").click()
    await page.get_by_role("dialog").get_by_role("button", name="Publish", exact=True).click()


async def _choose(page: Page, menu: Locator, option: str) -> None:
    await menu.click()
    await page.get_by_role("option", name=option).click()
