"""Asking a server that speaks the MongoDB protocol whether it is there."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pymongo
from pymongo.errors import ConfigurationError, PyMongoError


def version_at(url: str, within: float, alive: Callable[[], bool] = lambda: True) -> str | None:
    """What the server calls itself, as soon as it answers; None if it never does, or the driver refuses it."""
    deadline = time.monotonic() + within
    with pymongo.MongoClient[dict[str, Any]](url, serverSelectionTimeoutMS=500) as client:
        while alive() and time.monotonic() < deadline:
            try:
                return str(client.server_info()["version"])
            except ConfigurationError:  # too old for this driver: no patience helps
                return None
            except PyMongoError:
                continue
    return None
