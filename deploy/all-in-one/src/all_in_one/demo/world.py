"""The sandbox world of `make run`: a demo tenant with a number at the pretend carrier, and the lines that say so."""

from __future__ import annotations

import httpx2
import structlog

from accounts.bootstrap import Demo, DemoWish, ensure_demo
from accounts.tenants.connections import NewConnection
from all_in_one.assembly import Assembly
from all_in_one.demo import business
from all_in_one.demo.furnishing import furnish
from shared.settings import PlatformSettings

log = structlog.get_logger()

NUMBER = "+13125550100"
CARRIER_KEY = "KEYsandbox-demo"


async def prepare(assembly: Assembly, settings: PlatformSettings) -> Demo:
    """The same tenant, connection, number and API key at every start; its business at the first."""
    world = assembly.sandbox
    if world is None:
        raise ValueError("the demo needs the sandbox")
    connection = NewConnection(
        api_key=CARRIER_KEY,
        public_keys=(world.state.public_key(CARRIER_KEY),),
        messaging_profile_id=None,
        api_base=f"{settings.local_url}/sandbox/telnyx/v2",
    )
    wish = DemoWish(connection, NUMBER, business.NAME, business.TIMEZONE)
    demo = await ensure_demo(assembly.services["accounts"], assembly.runner.platform, wish)
    webhook_url = f"{settings.local_url}/webhooks/telnyx/{demo.connection_id}"
    world.state.register_number(NUMBER, CARRIER_KEY, webhook_url=webhook_url)
    world.state.channels.join(demo.api_key)
    await _furnish(assembly, demo)
    return demo


async def _furnish(assembly: Assembly, demo: Demo) -> None:
    """Without it the demo still answers, so the start goes on; the next one tries again."""
    transport = httpx2.ASGITransport(assembly.runner.app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://parley") as http:
        try:
            await furnish(http, demo.api_key)
        except (httpx2.HTTPError, TimeoutError) as error:
            log.warning("demo_not_furnished", reason=str(error) or type(error).__name__)


def banner(settings: PlatformSettings, secrets_in: str, demo: Demo | None) -> str:
    """`secrets_in` says where the secrets in use are to be found."""
    url = settings.public_base
    rows = [("API documentation", f"{url}/docs")]
    if demo:
        rows.insert(0, ("Text us as a customer", f"{url}/sandbox/phone"))
        rows.insert(1, ("… by chat and e-mail too", f"{url}/sandbox/channels"))
        rows += [("Our number (pretend)", demo.phone_number), (f"API key ({business.NAME})", demo.api_key)]
    rows.append(("Secrets, admin token", secrets_in))
    width = max(22, *(len(name) for name, _ in rows))
    lines = ["", "Parley is ready.", *(f"  {name:{width}} {value}" for name, value in rows)]
    if demo:
        lines += ["", "Try it:", f'  curl -H "Authorization: Bearer {demo.api_key}" {url}/api/conversations']
    return "\n".join([*lines, "", "Ctrl-C stops it; nothing is lost.", ""])
