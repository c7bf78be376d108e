"""The process of everything but acceptance: the other services, the embedded broker, the sandbox, the dashboard."""

from __future__ import annotations

import asyncio
import socket

from all_in_one.acceptance import Place
from all_in_one.assembly import WITHOUT_INGRESS, assemble
from all_in_one.demo.world import banner, prepare
from all_in_one.introductions import Introductions
from all_in_one.platform import own_port_client
from all_in_one.whose import is_for_the_rest
from shared.broker.link.server import LinkServer
from shared.broker.protocol import Broker
from shared.http.shared_port import SharedPort
from shared.internal.companions import HttpCompanion
from shared.service.process import said_plainly


async def serve(place: Place, control: socket.socket, secrets_in: str) -> None:
    """`secrets_in` says where the secrets in use are to be found."""
    settings, port = place.settings, SharedPort(is_for_the_rest, returns=True)
    introductions = Introductions(control, port.passage.open)
    introductions.listen()
    with said_plainly():
        assembly = assemble(settings, place.folder, WITHOUT_INGRESS, place.own_url)

    async def announce() -> None:
        is_wanted = assembly.sandbox and settings.demo == "on"
        prepared = await prepare(assembly, settings) if is_wanted else None
        print(banner(settings, secrets_in, prepared), flush=True)

    runner = assembly.runner
    runner.on_ready, runner.port = announce, port
    platform = runner.platform
    internal = own_port_client(platform.keyring, platform.clock, place.own_url)
    runner.companions.append(HttpCompanion("ingress", internal))
    runner.extra["links"] = lambda: _serve_links(platform.broker, introductions)
    try:
        with said_plainly():
            await runner.serve()
    finally:
        if assembly.sandbox:
            assembly.sandbox.close()


async def _serve_links(broker: Broker, introductions: Introductions) -> None:
    """A link for each time that acceptance starts; on a broker of its own (RabbitMQ) none is ever used."""
    async with asyncio.TaskGroup() as links:
        while True:
            links.create_task(LinkServer(broker).serve(await introductions.link()))
