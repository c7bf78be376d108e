"""The process that accepts webhooks: ingress alone, the listening socket, and a link to the broker of the others.

It reads every new connection's first bytes, keeps the carriers' and passes the others on. While the others are busy or
away it still answers within its limits: what the broker does not confirm soon goes to ingress's own file.
"""

from __future__ import annotations

import socket
from dataclasses import dataclass
from pathlib import Path

import ingress.settings
import ingress.wiring
from all_in_one.introductions import Introductions
from all_in_one.platform import broker_for, database_for, own_port_client
from all_in_one.whose import is_for_ingress
from shared.broker.link.client import LinkBroker
from shared.clock import SystemClock
from shared.http.app import create_app
from shared.http.shared_port import SharedPort
from shared.internal.companions import companion_router
from shared.keyring import Keyring
from shared.service.process import LARGE_BODY_PATHS, said_plainly
from shared.service.runner import Runner
from shared.service.service import Platform
from shared.settings import PlatformSettings


@dataclass(frozen=True)
class Place:
    """Where this installation runs."""

    settings: PlatformSettings
    folder: Path
    own_url: str
    """How its processes reach the port themselves."""


async def accept(place: Place, listener: socket.socket, control: socket.socket) -> None:
    port = SharedPort(is_for_ingress)
    introductions = Introductions(control, port.passage.open)
    introductions.listen()
    with said_plainly():
        platform = _platform(place, introductions)
        service = ingress.wiring.build(ingress.settings.Settings(**place.settings.model_dump()), platform)
        app = create_app("Parley ingress", ingress.__doc__ or "", LARGE_BODY_PATHS)
        runner = Runner([service], platform, app, port=port)
        app.include_router(companion_router(service.name, runner.health, platform.keyring))
        await runner.serve(listener)


def _platform(place: Place, introductions: Introductions) -> Platform:
    clock, settings = SystemClock(), place.settings
    keyring = Keyring(settings.secret_key.get_secret_value())
    return Platform(
        broker=broker_for(settings, clock, lambda: LinkBroker(introductions.link)),
        open_database=lambda name: database_for(settings, place.folder, name),
        clock=clock,
        keyring=keyring,
        internal=own_port_client(keyring, clock, place.own_url),
        settings=settings,
    )
