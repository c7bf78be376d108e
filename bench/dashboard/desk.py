"""A running product, a tenant of its own that answers nothing, and a browser in which its agent is signed in."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Browser, Page

from bench import shop as bench_shop
from testkit.browser import Visitor
from testkit.demo import DemoInstallation
from testkit.shop import Shop

PASSWORD = "correct horse battery staple"
EMAIL = "agent@bench.example"
_WINDOW = {"width": 1280, "height": 800}


@asynccontextmanager
async def opened(folder: Path) -> AsyncGenerator[Shop]:
    """The sandbox is inside the product, as after `make run`."""
    parley = DemoInstallation(folder, DEMO="off", LOG_LEVEL="warning")
    try:
        await parley.start()
        yield await Shop(parley, bench_shop.NUMBER).open(ai_mode="off")
    finally:
        await parley.stop()


async def add_agent(shop: Shop) -> None:
    user = {"email": EMAIL, "name": "Ben Agent", "role": "agent", "password": PASSWORD}
    await shop.call("POST", f"/api/accounts/tenants/{shop.tenant_id}/users", user)


@asynccontextmanager
async def looking_at(browser: Browser, shop: Shop, path: str) -> AsyncGenerator[Page]:
    """This path of the dashboard, in a profile that ends with the block."""
    login = await shop.call("POST", "/api/accounts/login", {"email": EMAIL, "password": PASSWORD})
    context = await browser.new_context(locale="en-US", viewport=_WINDOW, reduced_motion="reduce")  # pyright: ignore[reportArgumentType]
    try:
        visitor = Visitor(context, shop.parley.url)
        await visitor.sign_in(login["token"])
        yield await visitor.open(path)
    finally:
        await context.close()
