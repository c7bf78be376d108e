"""What the log says of WebSockets that were not accepted: nothing bad of refusals, everything of mistakes."""

import asyncio
import logging
from collections.abc import AsyncIterator

import pytest
import uvicorn
import websockets
from fastapi import WebSocket
from structlog.testing import capture_logs

from shared.errors import Unauthenticated
from shared.http.app import create_app
from testkit.eventually import eventually
from testkit.ports import free_port


@pytest.fixture
async def address() -> AsyncIterator[str]:
    app = create_app("test", "")

    @app.websocket("/refused")
    async def refused(socket: WebSocket) -> None:
        raise Unauthenticated("not_signed_in", "sign in")

    @app.websocket("/mistaken")
    async def mistaken(socket: WebSocket) -> None:
        raise KeyError("a mistake")

    @app.websocket("/silent")
    async def silent(socket: WebSocket) -> None:
        """Neither accepts nor refuses."""

    port = free_port()
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_config=None, access_log=False, lifespan="off"))
    serving = asyncio.create_task(server.serve())
    await eventually(lambda: server.started)
    yield f"ws://127.0.0.1:{port}"
    server.should_exit = True
    await serving


async def refusal(url: str) -> int:
    with pytest.raises(websockets.InvalidStatus) as refused:
        async with websockets.connect(url):
            pass
    return refused.value.response.status_code


def errors(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]


async def test_a_refusal_is_told_at_info(address: str, caplog: pytest.LogCaptureFixture) -> None:
    with capture_logs() as told:
        assert await refusal(f"{address}/refused") == 401
        assert await refusal(f"{address}/silent") == 500  # the log is written before this one's answer comes
    [line] = [line for line in told if line["event"] == "websocket_refused"]
    assert (line["log_level"], line["route"], line["status"]) == ("info", "/refused", 401)
    assert errors(caplog) == ["ASGI callable returned without completing handshake."]  # the silent one's


async def test_a_mistake_stays_an_error(address: str, caplog: pytest.LogCaptureFixture) -> None:
    assert await refusal(f"{address}/mistaken") == 500
    await eventually(lambda: any("Exception in ASGI application" in line for line in errors(caplog)))
