"""The process of one service: `python -m conversation` and its siblings end here, ten lines later."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable, Coroutine, Generator
from contextlib import contextmanager
from typing import Any, TypeVar

from pydantic import ValidationError

from shared import logging, tracing
from shared.clock import SystemClock
from shared.errors import BrokerUnusable, Invalid, StoreUnusable
from shared.http.app import create_app
from shared.internal.client import InternalClient
from shared.keyring import Keyring
from shared.service.runner import Runner
from shared.service.service import Platform, Service
from shared.settings import EMBEDDED, PlatformSettings, explain

LARGE_BODY_PATHS = ("/webhooks/",)


T = TypeVar("T", bound=PlatformSettings)


def run(build: Callable[[T, Platform], Service], settings: T) -> None:
    """Run one service until SIGTERM. Needs real servers: embedded files belong to the all-in-one process alone."""
    logging.configure(settings.log_level, settings.log_format)
    if settings.broker_url.startswith(EMBEDDED) or settings.database_url.startswith(EMBEDDED):
        raise SystemExit(
            "One service alone needs BROKER_URL=amqp://… and DATABASE_URL=mongodb://…: the embedded broker and "
            "database live inside the all-in-one process (make run)."
        )
    if settings.sandbox == "auto":  # which stands for the all-in-one's: no sandbox answers in this process
        settings = settings.model_copy(update={"sandbox": "off"})
    tracing.start(settings.traces_endpoint)
    with said_plainly():
        platform = server_platform(settings)
        service = build(settings, platform)
    app = create_app(f"Parley {service.name}", (service.__doc__ or ""), LARGE_BODY_PATHS)
    try:
        with said_plainly():
            run_loop(Runner([service], platform, app).serve())
    finally:
        tracing.stop()


@contextmanager
def said_plainly() -> Generator[None]:
    """A setting or a storage file that cannot work ends the process with one line, not with a traceback."""
    try:
        yield
    except (Invalid, StoreUnusable, BrokerUnusable) as error:
        raise SystemExit(f"Cannot start: {error.operator_detail}") from None
    except ValidationError as error:
        raise SystemExit(f"Cannot start: {explain(error, PlatformSettings)}") from None


def run_loop(work: Coroutine[Any, Any, None]) -> None:
    """Run a process's main coroutine, on uvloop where there is one, with a garbage collector that suits a server."""
    # What start-up made lives for ever: looking through it again and again costs 5 % of all CPU under load.
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
    gc.enable()
    try:
        import uvloop
    except ImportError:
        asyncio.run(work)
    else:
        uvloop.run(work)


def server_platform(settings: PlatformSettings) -> Platform:
    """RabbitMQ and MongoDB, as configured. Raises `Invalid` for a missing or weak secret."""
    from shared.broker.rabbitmq.broker import RabbitBroker
    from shared.database.mongodb.database import MongoDatabase

    if not settings.secret_key.get_secret_value():
        raise Invalid("secret_missing", "set SECRET_KEY (32 characters or more), the same for every service")
    clock = SystemClock()
    keyring = Keyring(settings.secret_key.get_secret_value())
    return Platform(
        broker=RabbitBroker(settings.broker_url, clock, "parley"),
        open_database=lambda name: MongoDatabase(settings.database_url, f"parley_{name.replace('-', '_')}", "parley"),
        clock=clock,
        keyring=keyring,
        internal=InternalClient(keyring, clock, settings.internal_base),
        settings=settings,
    )
