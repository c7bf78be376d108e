"""The page at `/`: it offers the phone only where there is one."""

import httpx2
import pytest

from realtime.home import home_router
from shared.http.app import create_app


@pytest.mark.parametrize("sandbox", [True, False])
async def test_the_front_page_leads_on(sandbox: bool):
    app = create_app("test", "")
    app.include_router(home_router(sandbox))
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://test") as http:
        page = await http.get("/")
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    assert 'href="/docs"' in page.text
    assert ('href="/sandbox/phone"' in page.text) is sandbox
