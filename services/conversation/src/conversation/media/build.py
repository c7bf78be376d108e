"""What media are made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import httpx2
from fastapi import APIRouter

from conversation.api.access import AgentAccess
from conversation.media.api import MediaRoutes
from conversation.media.fetcher import Fetcher, Servers
from conversation.media.links import Links
from conversation.media.uploads import Uploads
from conversation.media.worker import LeftOvers, MediaWorker
from conversation.resources import Resources
from conversation.settings import Settings
from shared.database.protocol import Document
from shared.outgoing.reach import Reach, networks
from shared.service.due import DueLoop
from shared.service.service import Platform, Task

AT_ONCE, OF_ONE_TENANT = 8, 4
"""Loads in one process. Each may hold 5 MB, and a slow server its place for 30 s, but only its own tenant's places."""
POLL_SECONDS = 15.0
"""A text with media wakes the loop; the poll finds what another process left."""


@dataclass(frozen=True)
class MediaParts:
    uploads: Uploads
    routers: tuple[APIRouter, ...]
    tasks: Mapping[str, Task]
    close: Task


def build_media(
    resources: Resources,
    access: AgentAccess,
    settings: Settings,
    platform: Platform,
    transport: httpx2.AsyncBaseTransport | None,
) -> MediaParts:
    servers = Servers(Reach(networks(settings.conversation_media_networks)), settings.carriers_own)
    fetcher = Fetcher(servers, transport)
    store, clock = resources.media, platform.clock
    worker = MediaWorker(resources, store, fetcher)
    loop = DueLoop(
        store.items, worker.work, clock, turn_of=_place, at_once=AT_ONCE, poll_seconds=POLL_SECONDS,
        alarm=store.alarm,
    )  # fmt: skip
    uploads = Uploads(store, Links(platform.keyring, settings.public_base), clock)
    routes = MediaRoutes(uploads, access, platform.keyring)
    tasks = {"media": loop.run, "left-over files": LeftOvers(store, resources).run}
    return MediaParts(uploads, (routes.router(), routes.internal_router()), tasks, fetcher.close)


def _place(document: Document) -> str:
    """One of the few places that a tenant's media have."""
    return f"{document['tenant_id']}|{sum(document['id'].encode()) % OF_ONE_TENANT}"
