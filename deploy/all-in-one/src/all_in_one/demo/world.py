"""The sandbox world of `make run`: a demo tenant with a number at the pretend carrier, and the lines that say so."""

from __future__ import annotations

from dataclasses import dataclass

import httpx2
import structlog

from accounts.bootstrap import Demo, DemoWish, ensure_demo
from accounts.demo_people import DemoLogin, ensure_demo_people
from accounts.tenants.connections import NewConnection
from all_in_one.assembly import Assembly
from all_in_one.demo import business
from all_in_one.demo.furnishing import furnish
from shared.errors import Refused
from shared.settings import PlatformSettings

log = structlog.get_logger()

NUMBER = "+13125550100"
CARRIER_KEY = "KEYsandbox-demo"


@dataclass(frozen=True)
class DemoWorld:
    tenant: Demo
    login: DemoLogin | None
    """None: the owner's account is closed or belongs to another tenant."""


async def prepare(assembly: Assembly, settings: PlatformSettings) -> DemoWorld:
    """The same tenant, people, connection, number and API key at every start; its business at the first."""
    world = assembly.sandbox
    if world is None:
        raise ValueError("the demo needs the sandbox")
    connection = NewConnection(
        api_key=CARRIER_KEY,
        public_keys=(world.state.public_key(CARRIER_KEY),),
        messaging_profile_id=None,
        api_base=f"{settings.local_url}/sandbox/telnyx/v2",
    )
    wish = DemoWish(connection, NUMBER, business.NAME, business.TIMEZONE, business.PRICES)
    demo = await ensure_demo(assembly.services["accounts"], assembly.runner.platform, wish)
    webhook_url = f"{settings.local_url}/webhooks/telnyx/{demo.connection_id}"
    world.state.register_number(NUMBER, CARRIER_KEY, webhook_url=webhook_url)
    world.state.channels.join(demo.api_key)
    await _furnish(assembly, demo)
    return DemoWorld(demo, await _people(assembly, demo))


async def _people(assembly: Assembly, demo: Demo) -> DemoLogin | None:
    accounts, platform = assembly.services["accounts"], assembly.runner.platform
    try:
        return await ensure_demo_people(accounts, platform, demo.tenant_id, business.PEOPLE)
    except Refused as error:
        log.warning("demo_without_people", reason=error.operator_detail)
        return None


async def _furnish(assembly: Assembly, demo: Demo) -> None:
    """Without it the demo still answers, so the start goes on; the next one tries again."""
    transport = httpx2.ASGITransport(assembly.runner.app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://parley") as http:
        try:
            await furnish(http, demo.api_key)
        except (httpx2.HTTPError, TimeoutError) as error:
            log.warning("demo_not_furnished", reason=str(error) or type(error).__name__)


def banner(settings: PlatformSettings, secrets_in: str, world: DemoWorld | None) -> str:
    """`secrets_in` says where the secrets in use are to be found."""
    url = settings.public_base
    first_run = [("Set up (ADMIN_TOKEN)", f"{url}/setup"), ("API documentation", f"{url}/docs")]
    rows = _rows(url, world) if world else first_run
    rows.append(("Secrets, admin token", secrets_in))
    width = max(22, *(len(name) for name, _ in rows))
    lines = ["", "Parley is ready.", *(f"  {name:{width}} {value}" for name, value in rows)]
    if world:
        lines += ["", "Try it:", f'  curl -H "Authorization: Bearer {world.tenant.api_key}" {url}/api/conversations']
    return "\n".join([*lines, "", "Ctrl-C stops it; nothing is lost.", ""])


def _rows(url: str, world: DemoWorld) -> list[tuple[str, str]]:
    return [
        *(_login_rows(url, world.login) if world.login else []),
        ("Text us as a customer", f"{url}/sandbox/phone"),
        ("… by chat and e-mail too", f"{url}/sandbox/channels"),
        ("API documentation", f"{url}/docs"),
        ("Our number (pretend)", world.tenant.phone_number),
        (f"API key ({business.NAME})", world.tenant.api_key),
    ]


def _login_rows(url: str, login: DemoLogin) -> list[tuple[str, str]]:
    return [
        ("Sign in (works once)", f"{url}/login?ticket={login.ticket}"),
        ("… or with", f"{login.email}, {login.password or 'the password that you set'}"),
    ]
