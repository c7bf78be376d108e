"""Texts with pictures, and what becomes visible of them."""

from __future__ import annotations

from typing import Any

import httpx2

from conversation_world import TENANT, World
from shared.events import Media, SmsInbound

JPEG = b"\xff\xd8\xff\xe0" + b"cake" * 100
CAKE, CARD = "https://media.example/cake.jpg", "https://media.example/card.vcf"


def serves(content: bytes = JPEG, content_type: str = "image/jpeg") -> httpx2.Response:
    return httpx2.Response(200, headers={"content-type": content_type}, content=content)


async def send_picture(world: World, *urls: str, text: str = "", tenant: str = TENANT, **more: Any) -> SmsInbound:
    media = tuple(Media(url=url, content_type="image/jpeg", size=404) for url in urls or (CAKE,))
    inbound = world.inbound(text, media=media, **more)
    await world.feed(inbound, id=inbound.message_id, tenant=tenant)
    return inbound


async def shown(world: World) -> list[dict[str, Any]]:
    """The media of the conversation's last text."""
    return (await world.messages((await world.conversation())["id"]))[-1]["media"]


async def states(world: World) -> list[str]:
    return [one["reason"] or one["state"] for one in await shown(world)]


async def documents(world: World, collection: str) -> list[dict[str, Any]]:
    return (await world.database._collections[collection].find({})).items


async def count(world: World, collection: str) -> int:
    return len(await documents(world, collection))
