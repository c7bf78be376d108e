"""The sandbox world of `make run`: a demo tenant with a number at the pretend carrier, and the lines that say so."""

from __future__ import annotations

from accounts.bootstrap import Demo, DemoWish, ensure_demo
from accounts.tenants.connections import NewConnection
from all_in_one.assembly import Assembly
from shared.settings import PlatformSettings

NUMBER = "+13125550100"
CARRIER_KEY = "KEYsandbox-demo"


async def prepare(assembly: Assembly, settings: PlatformSettings) -> Demo:
    """The same tenant, connection, number and API key at every start."""
    world = assembly.sandbox
    if world is None:
        raise ValueError("the demo needs the sandbox")
    connection = NewConnection(
        api_key=CARRIER_KEY,
        public_keys=(world.state.public_key(CARRIER_KEY),),
        messaging_profile_id=None,
        api_base=f"{settings.local_url}/sandbox/telnyx/v2",
    )
    demo = await ensure_demo(assembly.services["accounts"], assembly.runner.platform, DemoWish(connection, NUMBER))
    webhook_url = f"{settings.local_url}/webhooks/telnyx/{demo.connection_id}"
    world.state.register_number(NUMBER, CARRIER_KEY, webhook_url=webhook_url)
    return demo


def banner(settings: PlatformSettings, secrets_in: str, demo: Demo | None) -> str:
    """`secrets_in` says where the secrets in use are to be found."""
    url = settings.public_base
    rows = [("API documentation", f"{url}/docs")]
    if demo:
        rows.insert(0, ("Text us as a customer", f"{url}/sandbox/phone"))
        rows += [("Our number (pretend)", demo.phone_number), ("API key (Demo Shop)", demo.api_key)]
    rows.append(("Secrets, admin token", secrets_in))
    lines = ["", "Parley is ready.", *(f"  {name:22} {value}" for name, value in rows)]
    if demo:
        lines += ["", "Try it:", f'  curl -H "Authorization: Bearer {demo.api_key}" {url}/api/conversations']
    return "\n".join([*lines, "", "Ctrl-C stops it; nothing is lost.", ""])
