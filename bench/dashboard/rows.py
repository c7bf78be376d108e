"""The section `dashboard` of the bench. Without a browser or a built dashboard nothing is measured, and it says so."""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.async_api import Browser

from bench.dashboard import appearing, scrolling
from bench.dashboard.desk import add_agent, opened
from bench.dashboard.filling import Long, fill_long
from bench.ground import Ground, scratch
from bench.large.filling import Place
from bench.options import Options
from bench.table import Row
from shared.settings import PlatformSettings
from testkit import browser as equipment
from testkit.shop import Shop


async def measure(ground: Ground, options: Options) -> list[Row]:
    if ground.rabbitmq:
        return []  # a page is the same before any broker
    if reason := equipment.missing():
        print(f"# NOT MEASURED in a browser: {reason}", file=sys.stderr)
        return []
    with scratch() as folder:
        async with equipment.open_browser() as browser, opened(folder) as shop:
            await add_agent(shop)
            appears = await appearing.measure(browser, shop, options)
            return [*appears, *await _scrolls(browser, shop, folder, options)]


async def _scrolls(browser: Browser, shop: Shop, folder: Path, options: Options) -> list[Row]:
    long = await _filled(shop, folder, options)
    listed = await scrolling.scroll_list(browser, shop, options.listed)
    return [*listed, *await scrolling.scroll_thread(browser, shop, long, options.thread)]


async def _filled(shop: Shop, folder: Path, options: Options) -> Long:
    """Between two runs of the product: what was texted before stays."""
    await shop.parley.stopped()
    given = {name.lower(): value for name, value in shop.parley.environment.items()}
    settings = PlatformSettings(_env_file=None, **given)  # pyright: ignore[reportCallIssue, reportArgumentType]
    place = Place(shop.tenant_id, shop.number)
    long = await fill_long(settings, folder / "data", place, options.listed, options.thread)
    await shop.parley.resume()
    return long
