"""`make screenshots` tells which page it could not show, and what went wrong on one."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Browser
from screenshots.__main__ import shoot

from testkit.browser import Visitor

pytestmark = pytest.mark.asyncio(loop_scope="session")

URL = "http://parley.example"


async def _shot(chromium: Browser, to: Path, html: str | None) -> list[str]:
    context = await chromium.new_context()
    if html is None:
        await context.route("**/*", lambda route: route.abort())
    else:
        await context.route("**/*", lambda route: route.fulfill(body=html, content_type="text/html"))
    try:
        return await shoot(Visitor(context, URL), "numbers", "/numbers", to)
    finally:
        await context.close()


async def test_a_page_that_does_not_come_is_in_trouble(chromium: Browser, tmp_path: Path):
    [said, *_] = await _shot(chromium, tmp_path / "none.png", None)
    assert said.startswith("not taken: ")
    assert not (tmp_path / "none.png").exists()


async def test_a_page_with_an_error_is_taken_and_in_trouble(chromium: Browser, tmp_path: Path):
    [said] = await _shot(chromium, tmp_path / "one.png", "<h1>Numbers</h1><script>console.error('broken')</script>")
    assert "broken" in said
    assert (tmp_path / "one.png").exists()


async def test_a_page_without_an_error_is_in_no_trouble(chromium: Browser, tmp_path: Path):
    assert await _shot(chromium, tmp_path / "one.png", "<h1>Numbers</h1>") == []
