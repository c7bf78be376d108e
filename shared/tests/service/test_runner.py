"""A process says when its start fails, and believes a proxy about visitors only if it was told to."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path

import httpx2
import pytest
from fastapi import Request
from pydantic import ValidationError

from shared.broker.embedded.broker import EmbeddedBroker
from shared.clock import ManualClock
from shared.database.sqlite.database import EmbeddedDatabase
from shared.http.app import create_app
from shared.internal.client import InternalClient
from shared.keyring import Keyring
from shared.service.runner import Runner
from shared.service.service import Platform
from shared.settings import PlatformSettings


def _platform(settings: PlatformSettings) -> Platform:
    clock, keyring = ManualClock(), Keyring("k" * 32)
    internal = InternalClient(keyring, clock, lambda service: f"http://{service}")
    return Platform(EmbeddedBroker(None, clock), lambda _: EmbeddedDatabase(None), clock, keyring, internal, settings)


async def _for_ever() -> None:
    await asyncio.Event().wait()


async def test_what_fails_when_all_is_ready_ends_the_process():
    platform = _platform(PlatformSettings(_env_file=None))

    async def prepare() -> None:
        raise ValueError("the demo cannot be prepared")

    runner = Runner([], platform, create_app("test", ""), extra={"work": _for_ever}, on_ready=prepare)
    listener = socket.create_server(("127.0.0.1", 0))
    with pytest.raises(ValueError, match="the demo cannot be prepared"):
        await asyncio.wait_for(runner.serve(listener), timeout=60)


class Asked(Exception):
    """The test has its answer; the process may end."""


@pytest.mark.parametrize(
    ("trusted", "visitor"),
    [("127.0.0.1", "203.0.113.7"), ("10.0.0.5, 127.0.0.0/8", "203.0.113.7"), ("10.0.0.5", "127.0.0.1")],
)
async def test_a_proxy_is_believed_if_the_settings_file_names_it(tmp_path: Path, trusted: str, visitor: str):
    env = tmp_path / ".env"
    env.write_text(f"FORWARDED_ALLOW_IPS={trusted}\n")
    app = create_app("test", "")

    @app.get("/who")
    async def who(request: Request) -> str:
        return request.client.host if request.client else ""

    listener = socket.create_server(("127.0.0.1", 0))
    seen: list[str] = []

    async def ask() -> None:
        async with httpx2.AsyncClient(trust_env=False) as http:
            url = f"http://127.0.0.1:{listener.getsockname()[1]}/who"
            seen.append((await http.get(url, headers={"x-forwarded-for": "203.0.113.7"})).json())
        raise Asked

    runner = Runner([], _platform(PlatformSettings(_env_file=str(env))), app, extra={"work": _for_ever}, on_ready=ask)
    with pytest.raises(Asked):
        await asyncio.wait_for(runner.serve(listener), timeout=60)
    assert seen == [visitor]


@pytest.mark.parametrize("nonsense", ["proxy.internal", "10.0.0.5 10.0.0.6", "10.0.0.0/99", "10.0.0.5/8", "10.0.0.1,*"])
def test_a_trusted_proxy_is_an_address_or_a_network(nonsense: str):
    """A name would never be recognised, and nobody told."""
    with pytest.raises(ValidationError, match="forwarded_allow_ips"):
        PlatformSettings(_env_file=None, forwarded_allow_ips=nonsense)
