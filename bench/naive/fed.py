"""`python -m bench.naive.fed`: the all-in-one with a door for events, which only RabbitMQ has.

`POST /bench/events` takes a JSON list of encoded events, and answers when all of them are confirmed.
"""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request

import all_in_one.start as program
from all_in_one import rest
from all_in_one.assembly import PARTS, Assembly, Parts, assemble
from shared.broker.protocol import Broker, Message
from shared.settings import PlatformSettings


def _with_door(settings: PlatformSettings, folder: Path, parts: Parts = PARTS, own_url: str = "") -> Assembly:
    assembly = assemble(settings, folder, parts, own_url)
    assembly.runner.app.include_router(_door(assembly.runner.platform.broker))
    return assembly


def _door(broker: Broker) -> APIRouter:
    router = APIRouter()

    @router.post("/bench/events")
    async def publish(request: Request) -> dict[str, int]:
        events: list[dict[str, Any]] = await request.json()
        await asyncio.gather(*(broker.publish(_message(event)) for event in events))
        return {"published": len(events)}

    return router


def _message(event: dict[str, Any]) -> Message:
    bulk = event["data"].get("priority") == "bulk"
    key = "sms.outbound.bulk" if bulk else "sms.outbound"
    return Message(key, json.dumps(event).encode(), event["id"], event["tenantid"], event["partitionkey"])


if __name__ == "__main__":
    rest.assemble = _with_door  # pyright: ignore[reportPrivateImportUsage]
    program.main()
