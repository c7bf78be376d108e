"""Starts the product with the demo's business, opens every page of the dashboard in light, in dark and on a phone, and
writes docs/images/dashboard/<page>-<light|dark|phone>.png. Prints what a page did wrong while it was open; ends with an
error if one did, or could not be shown.

    make screenshots                              all of them, in about three minutes
    make screenshots ARGS="--only inbox usage"    these pages
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Error, Page

from screenshots.day import Day, live
from testkit.browser import ROOT, Visitor, missing, open_browser, settle
from testkit.demo import DemoInstallation
from testkit.installation import ADMIN_TOKEN

FOLDER = ROOT / "docs" / "images" / "dashboard"
LOOKS: dict[str, dict[str, Any]] = {
    "light": {"viewport": {"width": 1240, "height": 760}, "color_scheme": "light"},
    "dark": {"viewport": {"width": 1240, "height": 760}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 390, "height": 780}, "color_scheme": "light", "has_touch": True, "is_mobile": True},
}
_STILL_MS = 700
"""For what moves after a page was read: charts, the drawing of a workflow."""


def pages_of(day: Day) -> dict[str, str]:
    """Names of pages and their paths."""
    return {
        "login": "/login",
        "inbox": "/inbox",
        "conversation": f"/inbox/{day.conversation}",
        "draft": f"/inbox/{day.draft}",
        "contacts": "/contacts",
        "contact": f"/contacts/{day.contact}",
        "campaigns": "/campaigns",
        "new-campaign": "/campaigns/new",
        "campaign": f"/campaigns/{day.campaign}",
        "workflows": "/workflows",
        "workflow": f"/workflows/{day.workflow}",
        "assistants": "/assistants",
        "assistant": f"/assistants/{day.assistant}",
        "usage": "/usage",
        "numbers": "/numbers",
        "team": "/team",
        "settings": "/settings?tab=business",
        "setup": "/setup",
        "system": "/system",
    }


async def _why(page: Page) -> None:
    await page.get_by_role("button", name="Why", exact=True).last.click()
    await page.get_by_role("region", name="Why", exact=True).get_by_role("list").wait_for()


async def _as_operator(page: Page) -> None:
    await page.get_by_label("ADMIN_TOKEN").fill(ADMIN_TOKEN)
    await page.get_by_role("button", name="Sign in as the operator").click()
    await page.get_by_role("tab").first.wait_for()
    await settle(page)


FIRST: dict[str, Callable[[Page], Awaitable[None]]] = {"conversation": _why, "system": _as_operator}
STRANGERS = ("login", "system")
"""Pages that are opened without the owner's session."""


async def main() -> int:
    arguments = argparse.ArgumentParser(prog="make screenshots", description=__doc__)
    arguments.add_argument("--only", nargs="+", default=[], help="names of pages")
    arguments.add_argument("--to", type=Path, default=FOLDER)
    given = arguments.parse_args()
    if reason := missing():
        print(reason, file=sys.stderr)
        return 1
    given.to.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="parley-screenshots-") as folder:
        parley = DemoInstallation(Path(folder))
        try:
            await parley.start()
            day = await live(parley)
            async with open_browser() as browser:
                troubles = [await _take(browser, parley.url, day, look, given) for look in LOOKS]
        finally:
            await parley.stop()
    return 1 if any(troubles) else 0


async def _take(browser: Browser, url: str, day: Day, look: str, given: argparse.Namespace) -> int:
    """How many pages were in trouble."""
    troubled = 0
    for name, path in pages_of(day).items():
        if given.only and name not in given.only:
            continue
        context = await browser.new_context(locale="en-US", reduced_motion="reduce", **LOOKS[look])
        visitor = Visitor(context, url)
        if name not in STRANGERS:
            await visitor.sign_in(day.session)
        found = await shoot(visitor, name, path, given.to / f"{name}-{look}.png")
        await context.close()
        print(f"{name} ({look})", *found, sep="\n  ", flush=True)
        troubled += bool(found)
    return troubled


async def shoot(visitor: Visitor, name: str, path: str, to: Path) -> list[str]:
    """Takes the picture; what went wrong, a page that did not come included."""
    visitor.faults.expected = ("401",) if name in STRANGERS else ()
    try:
        page = await visitor.open(path)
        await settle(page)
        if name in FIRST:
            await FIRST[name](page)
        await page.wait_for_timeout(_STILL_MS)
        await page.screenshot(path=to)
    except Error as error:
        return [f"not taken: {error.message}", *visitor.faults.unexpected()]
    return visitor.faults.unexpected()


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
