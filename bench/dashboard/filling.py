"""A stopped installation gets a large tenant (as in bench.large), and one of its customers a long thread."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from fastapi import FastAPI

from all_in_one.platform import platform_for
from bench.large.filling import Customer, Place, fill
from conversation.store import MESSAGE_SPEC
from shared.database.protocol import Document
from shared.events import thread_id
from shared.ids import derived_id
from shared.settings import PlatformSettings

_BATCH = 500
_MINUTES_APART = 7


@dataclass(frozen=True)
class Long:
    conversation: str
    oldest: str
    """The first of its texts."""


async def fill_long(settings: PlatformSettings, folder: Path, place: Place, conversations: int, texts: int) -> Long:
    """Both; the long thread is that of the newest conversation. Nothing else may use the folder."""
    await fill(settings, folder, place, conversations)
    database = platform_for(settings, folder, FastAPI()).open_database("conversation")
    messages = database.collection(MESSAGE_SPEC)
    await database.start()
    try:
        first = derived_id("msg", thread_id(place.tenant_id, place.number, Customer(0).phone_number), "0")
        known = await messages.get(first)
        assert known is not None
        for start in range(1, texts + 1, _BATCH):
            some = range(start, min(start + _BATCH, texts + 1))
            await messages.insert_many([_earlier(known, n) for n in some])
    finally:
        await database.close()
    return Long(known["conversation_id"], _text(texts))


def _earlier(known: Document, n: int) -> Document:
    """The n-th text before this one."""
    document = copy.deepcopy(known)
    document["id"] = document["message"]["id"] = derived_id("msg", known["id"], f"earlier {n}")
    document["at"] = document["message"]["created_at"] = known["at"] - timedelta(minutes=n * _MINUTES_APART)
    document["message"]["text"] = _text(n)
    return document


def _text(n: int) -> str:
    return f"{n} texts ago: " + "please keep the walnut cake for Friday morning, as we said. " * (1 + n % 3)
