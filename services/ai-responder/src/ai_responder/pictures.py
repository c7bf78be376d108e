"""Gets a customer's pictures from conversation, which keeps them."""

from __future__ import annotations

import asyncio

from ai_responder.domain.pictures import MOST_BYTES, PICTURE_TYPES, Picture, wanted_pictures
from shared.clock import Clock
from shared.errors import NotFound
from shared.events import ReplyRequested, TextMedia
from shared.internal.client import InternalClient

PATIENCE_SECONDS = 8.0
"""A picture is usually fetched from the carrier within a second. One that takes longer is described in words."""
_PAUSE_SECONDS = 0.5


class Pictures:
    def __init__(self, internal: InternalClient, clock: Clock) -> None:
        self._internal = internal
        self._clock = clock

    async def of(self, tenant_id: str, request: ReplyRequested) -> tuple[Picture, ...]:
        """Those that a model can be shown. Raises `Unavailable` while conversation does not answer."""
        until = self._clock.monotonic() + PATIENCE_SECONDS
        found = [await self._one(tenant_id, one, until) for one in wanted_pictures(request)]
        return tuple(one for one in found if one)

    async def _one(self, tenant_id: str, media: TextMedia, until: float) -> Picture | None:
        while True:
            try:
                row = await self._internal.get(
                    "conversation", "media", media.id, tenant_id=tenant_id, most=str(MOST_BYTES)
                )
            except NotFound:
                return None
            if row["content"]:
                content_type: str = row["content_type"]
                return Picture(media.id, content_type, row["content"]) if content_type in PICTURE_TYPES else None
            if row["state"] != "awaited" or self._clock.monotonic() >= until:
                return None
            await asyncio.sleep(_PAUSE_SECONDS)
