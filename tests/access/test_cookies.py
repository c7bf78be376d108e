"""A session cookie, which browsers send along unasked, reads and changes nothing for foreign pages."""

from __future__ import annotations

import pytest

from access_rules import rule_of
from access_stage import Stage
from shared.access.gate import SESSION_COOKIE

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_cookie_changes_nothing_without_a_page_of_ours(stage: Stage):
    """Cross-site requests carry the cookie of the person who is signed in."""
    cookie = {"cookie": f"{SESSION_COOKIE}={stage.keys['session']}", "origin": "https://evil.example"}
    wrong: list[str] = []
    for route in stage.ruled:
        if rule_of(route).door in ("public", "webhook", "internal") or route.startswith("GET"):
            continue
        status = await stage.status(route, **cookie)
        if status != 403:
            wrong.append(f"{route}: {status}")
    assert wrong == []


async def test_the_cookie_itself_is_good_enough_to_read(stage: Stage):
    cookie = {"cookie": f"{SESSION_COOKIE}={stage.keys['session']}"}
    assert await stage.status("GET /api/conversations", **cookie) == 200
    assert await stage.status("WEBSOCKET /api/realtime/ws", **cookie, origin="http://test") == 101
    assert await stage.status("WEBSOCKET /api/realtime/ws", **cookie, origin="https://evil.example") == 403
