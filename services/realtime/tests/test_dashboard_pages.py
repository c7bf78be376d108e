"""The dashboard's document and files, and the page that stands in for them."""

import gzip
import re
from pathlib import Path

import httpx2
import pytest

from realtime.dashboard import PATHS, Built, dashboard_router
from shared.http.app import create_app

SCRIPT = b"console.log('hello')" * 50


@pytest.fixture
def built(tmp_path: Path) -> Built:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text('<meta name="csp-nonce" content="__CSP_NONCE__"><div id="root"></div>')
    (tmp_path / "icon.svg").write_text("<svg/>")
    (tmp_path / "assets" / "main-1a2b.js").write_bytes(SCRIPT)
    (tmp_path / "assets" / "main-1a2b.js.gz").write_bytes(gzip.compress(SCRIPT))
    found = Built.found(str(tmp_path))
    assert found is not None
    return found


def client(built: Built | None, sandbox: bool = True) -> httpx2.AsyncClient:
    app = create_app("test", "")
    app.include_router(dashboard_router(built, sandbox))
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://test")


@pytest.mark.parametrize("path", [path.replace("{id}", "x").replace("{conversation_id}", "x") for path in PATHS])
async def test_every_page_is_the_same_document(built: Built, path: str):
    async with client(built) as http:
        page = await http.get(path)
    assert page.status_code == 200
    assert '<div id="root">' in page.text


async def test_only_style_sheets_with_the_nonce_of_this_answer_may_be_used(built: Built):
    async with client(built) as http:
        first, second = await http.get("/inbox"), await http.get("/inbox")
    policy = first.headers["content-security-policy"]
    found = re.search(r"'nonce-([^']+)'", policy)
    assert found
    assert f'content="{found[1]}"' in first.text
    assert policy != second.headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert first.headers["cache-control"] == "no-store"


async def test_a_file_is_sent_compressed_to_those_who_take_it_and_kept_for_good(built: Built):
    async with client(built) as http:
        packed = await http.get("/assets/main-1a2b.js", headers={"accept-encoding": "gzip"})
        plain = await http.get("/assets/main-1a2b.js", headers={"accept-encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.content == plain.content == SCRIPT
    assert "content-encoding" not in plain.headers
    assert "immutable" in plain.headers["cache-control"]
    assert packed.headers["content-type"].startswith("text/javascript")


@pytest.mark.parametrize("path", ["/assets/other.js", "/assets/..%2Findex.html", "/assets/%2e%2e"])
async def test_what_was_not_built_is_not_found(built: Built, path: str):
    async with client(built) as http:
        assert (await http.get(path)).status_code == 404


async def test_a_file_that_a_new_build_replaced_is_not_found(built: Built, tmp_path: Path):
    (tmp_path / "assets" / "main-1a2b.js.gz").unlink()
    async with client(built) as http:
        assert (await http.get("/assets/main-1a2b.js", headers={"accept-encoding": "gzip"})).status_code == 404


@pytest.mark.parametrize("sandbox", [True, False])
async def test_without_a_dashboard_the_front_page_leads_on(tmp_path: Path, sandbox: bool):
    async with client(Built.found(str(tmp_path)), sandbox) as http:
        page = await http.get("/inbox")
    assert page.status_code == 200
    assert 'href="/docs"' in page.text
    assert "make dashboard" in page.text
    assert ('href="/sandbox/phone"' in page.text) is sandbox
