"""The neighbours' routes, put together."""

from __future__ import annotations

from fastapi import APIRouter

from conversation.activities.reporting import ActivityReports
from conversation.desk import Stores
from conversation.neighbours.addresses import HookAddresses
from conversation.neighbours.api import neighbours_router
from conversation.neighbours.hooks import hooks_router
from conversation.neighbours.reception import Around, HookReception
from conversation.neighbours.store import NEIGHBOURS, Neighbours
from shared.access.gate import Access
from shared.service.service import Platform


def build_neighbours(stores: Stores, reports: ActivityReports, platform: Platform, gate: Access) -> list[APIRouter]:
    around = Around(
        neighbours=Neighbours(stores.of(NEIGHBOURS)),
        addresses=HookAddresses(platform.keyring, platform.settings.public_base),
        reports=reports,
        keyring=platform.keyring,
        clock=platform.clock,
    )
    return [hooks_router(HookReception(around)), neighbours_router(around, gate)]
