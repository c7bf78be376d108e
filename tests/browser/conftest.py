"""The dashboard in Debian's Chromium against a running product with the demo's data; a browser profile per test."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from testkit import browser as equipment
from testkit.browser import Visitor, open_browser
from testkit.demo import DemoInstallation
from testkit.missing import missing
from testkit.shop import Shop

PASSWORD = "correct horse battery staple"
_numbers = iter(random.sample(range(2_000_000, 9_999_999), 1000))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser/" in item.nodeid:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session", autouse=True)
def equipped() -> None:
    """Missing is a loud skip, and a failure in CI."""
    if reason := equipment.missing():
        missing("browser", reason)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium(equipped: None) -> AsyncIterator[Browser]:
    async with open_browser() as browser:
        yield browser


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def parley(equipped: None, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[DemoInstallation]:
    """`make run`, once per session."""
    installation = DemoInstallation(tmp_path_factory.mktemp("browser"))
    try:
        await installation.start()
        yield installation
    finally:
        await installation.stop()


@pytest_asyncio.fixture(loop_scope="session")
async def visit(chromium: Browser, parley: DemoInstallation) -> AsyncIterator[Callable[..., Awaitable[Visitor]]]:
    """Opens browser profiles. What their pages do wrong fails the test that opened them."""
    visitors: list[Visitor] = []

    async def fresh(token: str = "", **context: object) -> Visitor:
        options = {"locale": "en-US", "viewport": {"width": 1280, "height": 800}, "reduced_motion": "reduce"}
        visitor = Visitor(await chromium.new_context(**{**options, **context}), parley.url)  # pyright: ignore
        visitors.append(visitor)
        if token:
            await visitor.sign_in(token)
        return visitor

    yield fresh
    for visitor in visitors:
        await visitor.context.close()
    assert [fault for visitor in visitors for fault in visitor.faults.unexpected()] == []


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def tokens(parley: DemoInstallation) -> dict[str, str]:
    """A session of the demo's tenant by role; all three people are made for the tests, the admin too."""
    me = (await parley.http.get("/api/accounts/me", headers={"authorization": f"Bearer {parley.key}"})).json()
    people = (("admin", "Ada Admin"), ("agent", "Ben Agent"), ("viewer", "Vera Viewer"))
    return {role: await session_of(parley, parley.key, me["tenant_id"], role, name) for role, name in people}


@pytest_asyncio.fixture(loop_scope="session")
async def as_role(
    visit: Callable[..., Awaitable[Visitor]], tokens: dict[str, str]
) -> Callable[..., Awaitable[Visitor]]:
    """`await as_role("viewer")`: a browser in which somebody of the demo's tenant is signed in."""
    return lambda role, **context: visit(tokens[role], **context)


@pytest.fixture
def open_shop(parley: DemoInstallation) -> Callable[..., Awaitable[Shop]]:
    """Tenants of their own, at the same installation's sandbox."""

    def opened(**settings: object) -> Awaitable[Shop]:
        return Shop(parley, f"+1773{next(_numbers)}").open(**{"quiet_seconds": 0.2, **settings})

    return opened


@pytest.fixture
def session_in() -> Callable[[Shop, str], Awaitable[str]]:
    """`await session_in(shop, "agent")`: a session of a new user of that shop."""
    return lambda shop, role: session_of(shop.parley, shop.key, shop.tenant_id, role, f"{role.title()} Person")


@pytest.fixture
def customer() -> Callable[[], str]:
    """Fresh customers' numbers."""
    return lambda: f"+1312{next(_numbers)}"


async def session_of(parley: DemoInstallation, key: str, tenant_id: str, role: str, name: str) -> str:
    email = f"{role}-{next(_numbers)}@browser.example"
    headers = {"authorization": f"Bearer {key}"}
    body = {"email": email, "name": name, "role": role, "password": PASSWORD}
    post = partial(parley.http.post, timeout=30)
    (await post(f"/api/accounts/tenants/{tenant_id}/users", json=body, headers=headers)).raise_for_status()
    answer = await post("/api/accounts/login", json={"email": email, "password": PASSWORD})
    return answer.raise_for_status().json()["token"]
