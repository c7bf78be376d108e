"""`make screenshots` tells which page it could not show or does not know, and what went wrong on one."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Browser
from screenshots.__main__ import given_in, shoot

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


async def test_a_page_that_is_not_known_is_an_error_that_names_those_there_are(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as ended:
        given_in(["--only", "inbox", "inbx"])
    assert ended.value.code != 0
    said = capsys.readouterr().err
    assert "no page is named inbx; there are login, inbox," in said
    assert given_in(["--only", "inbox"]).only == ["inbox"]
