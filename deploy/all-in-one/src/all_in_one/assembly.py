"""All services, the sandbox if it is on, one HTTP application: wired here, run by the runner."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import SecretStr

import accounts.settings
import accounts.wiring
import ai_responder.settings
import ai_responder.wiring
import campaigns.settings
import campaigns.wiring
import conversation.settings
import conversation.wiring
import ingress.settings
import ingress.wiring
import realtime.settings
import realtime.wiring
import sandbox
import sender.settings
import sender.wiring
from all_in_one.platform import platform_for
from ingress.api import TakenElsewhere, webhook_router
from sandbox.settings import SandboxSettings
from shared.http.app import create_app
from shared.service.process import LARGE_BODY_PATHS
from shared.service.runner import Runner
from shared.service.service import Platform, Service
from shared.settings import PlatformSettings, read
from shared.sqlite.trouble import diagnose

DESCRIPTION = "AI-assisted SMS: one inbox, an assistant that answers, campaigns, live events. See docs/ in the source."

Parts = tuple[tuple[type[Any], Callable[[Any, Platform], Service]], ...]

PARTS: Parts = (
    (ingress.settings.Settings, ingress.wiring.build),
    (accounts.settings.Settings, accounts.wiring.build),
    (conversation.settings.Settings, conversation.wiring.build),
    (ai_responder.settings.Settings, ai_responder.wiring.build),
    (sender.settings.Settings, sender.wiring.build),
    (campaigns.settings.Settings, campaigns.wiring.build),
    (realtime.settings.Settings, realtime.wiring.build),
)


WITHOUT_INGRESS = PARTS[1:]


@dataclass(frozen=True)
class Assembly:
    runner: Runner
    services: dict[str, Service]
    sandbox: sandbox.Sandbox | None


def assemble(settings: PlatformSettings, folder: Path, parts: Parts = PARTS, own_url: str = "") -> Assembly:
    """All services in this process, or those of `parts`; ingress is documented all the same.

    `own_url`: how this process reaches the port that it shares with the process of ingress.
    """
    settings = _with_sandbox_world(settings) if settings.sandbox_is_on else settings
    app = create_app("Parley", DESCRIPTION, LARGE_BODY_PATHS)
    platform = platform_for(settings, folder, app, own_url) if own_url else platform_for(settings, folder, app)
    services = [build(part(**settings.model_dump()), platform) for part, build in parts]
    world = _sandbox(settings, folder, platform) if settings.sandbox_is_on else None
    runner = Runner(services, platform, app)
    if parts is WITHOUT_INGRESS:
        app.include_router(webhook_router(TakenElsewhere()))
    if world:
        app.include_router(world.router)
        runner.extra.update({f"sandbox {n}": task for n, task in enumerate(world.tasks, 1)})
    return Assembly(runner, {service.name: service for service in services}, world)


def _with_sandbox_world(settings: PlatformSettings) -> PlatformSettings:
    """The model is the pretend one unless a real one is named; connections carry their carrier's address themselves."""
    if settings.openai_base_url or settings.openai_api_key.get_secret_value():
        return settings
    pretend: dict[str, Any] = {
        "sandbox": "on",  # "auto" would take the pretend key for a real one
        "openai_base_url": f"{settings.sandbox_base}openai/v1",
        "openai_api_key": SecretStr("sandbox"),
        "openai_model": settings.openai_model or "sandbox-1",
    }
    return settings.model_copy(update=pretend)


def _sandbox(settings: PlatformSettings, folder: Path, platform: Platform) -> sandbox.Sandbox:
    seed = platform.keyring.mac("sandbox", "carrier signing")
    file = folder / "sandbox" / "sandbox.sqlite"
    stage = read(
        SandboxSettings,
        public_url=settings.local_url,
        known_as=settings.public_base,
        secret=SecretStr(seed),
        data=file.parent,
    )
    try:
        return sandbox.build(stage, platform.clock)
    except (sqlite3.Error, OSError) as error:
        trouble = diagnose(error, file)
        raise SystemExit(f"Cannot start: {trouble.sentence if trouble else error}") from None
