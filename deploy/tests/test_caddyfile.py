"""Caddy with deploy/Caddyfile leads every path of every service to that service, and cuts no stream."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest
import pytest_asyncio
from fastapi.routing import iter_route_contexts

from all_in_one.assembly import assemble
from shared.settings import PlatformSettings
from testkit.eventually import eventually
from testkit.missing import program
from testkit.ports import free_port

pytestmark = pytest.mark.asyncio(loop_scope="module")
CADDYFILE = Path(__file__).parents[1] / "Caddyfile"
ACCEPT = {"accept": "text/event-stream"}
OWN_DNS = re.compile(r"dynamic a (\S+) 8080 \{\s*refresh 5s\s*\}")


class Upstream:
    """Answers every request with its name. An event stream gets one event and stays open; an upgrade is granted."""

    def __init__(self, name: str) -> None:
        self.name, self.port = name, free_port()

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        if "upgrade: websocket" in head.lower():
            writer.write(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n")
            writer.write(await reader.readexactly(4))
        elif "accept: text/event-stream" in head.lower():
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: first\n\n")
            await writer.drain()
            return
        else:
            body = self.name.encode()
            writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
        await writer.drain()
        writer.close()


def paths_by_service(folder: Path) -> dict[str, set[str]]:
    """Every path of the HTTP API, with its parameters filled in, by the service that has it."""
    settings = PlatformSettings(
        _env_file=None,  # pyright: ignore[reportCallIssue]
        secret_key="a secret of thirty-two characters or more",  # pyright: ignore[reportArgumentType]
        database_url=f"embedded:{folder}",
        sandbox="off",
    )
    return {
        name: {
            re.sub(r"\{[^}]*\}", "x", route.path)
            for router in service.routers
            for route in iter_route_contexts(router.routes)
            if route.path
        }
        for name, service in assemble(settings, folder).services.items()
    }


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def front(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[int]:
    """Caddy's port, without TLS and with upstreams of this machine; all else is as in the file."""
    caddy, folder = program("caddy", "caddy"), tmp_path_factory.mktemp("caddy")
    text, port = OWN_DNS.sub(r"to \1", CADDYFILE.read_text()), free_port()
    assert "to {args.0}" in text
    servers: list[asyncio.Server] = []
    for name in set(re.findall(r"import to (\S+)", text)):
        upstream = Upstream(name)
        text = text.replace(f"import to {name} ", f"import to 127.0.0.1:{upstream.port} ")
        servers.append(await asyncio.start_server(upstream.answer, "127.0.0.1", upstream.port))
    file = folder / "Caddyfile"
    file.write_text("{\n\tadmin off\n" + text.removeprefix(text[: text.index("{\n") + 2]))
    environment = {"PARLEY_DOMAIN": f"http://127.0.0.1:{port}", "HOME": str(folder), "XDG_DATA_HOME": str(folder)}
    command = [caddy, "run", "--config", str(file), "--adapter", "caddyfile"]
    with (folder / "log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(*command, env=environment, stdout=log, stderr=log)
    try:
        await eventually(lambda: _opens(port), within=15)
        yield port
    finally:
        process.terminate()
        await process.wait()
        for server in servers:
            server.close()


async def _opens(port: int) -> bool:
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.close()
    return True


async def test_every_path_of_every_service_is_led_to_it(front: int, tmp_path: Path) -> None:
    wrong: dict[str, str] = {}
    async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{front}", trust_env=False) as http:
        for name, paths in paths_by_service(tmp_path).items():
            for path in paths:
                answer = await http.get(path)
                wanted = "" if path.startswith("/internal/") else name
                if answer.text != wanted or (answer.status_code == 404) != (wanted == ""):
                    wrong[path] = f"{answer.status_code} {answer.text}, not {name}"
        for path in ("/", "/inbox", "/login", "/campaigns/new", "/docs"):
            if (text := (await http.get(path)).text) != "realtime":
                wrong[path] = f"{text}: the dashboard is realtime's"
    assert wrong == {}


async def test_metrics_are_not_for_visitors(front: int) -> None:
    async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{front}", trust_env=False) as http:
        assert (await http.get("/metrics")).status_code == 404


async def test_an_event_arrives_while_its_stream_stays_open(front: int) -> None:
    url = f"http://127.0.0.1:{front}/api/realtime/events"
    async with httpx2.AsyncClient(trust_env=False) as http, http.stream("GET", url, headers=ACCEPT) as answer:
        assert await anext(answer.aiter_lines()) == "data: first"


async def test_a_websocket_is_let_through(front: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", front)
    head = "GET /api/realtime/ws HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
    writer.write(head.encode())
    assert b" 101 " in await reader.readuntil(b"\r\n\r\n")
    writer.write(b"ping")
    assert await reader.readexactly(4) == b"ping"
    writer.close()


async def test_a_webhook_larger_than_any_is_refused_before_it_is_passed_on(front: int) -> None:
    async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{front}", trust_env=False) as http:
        answer = await http.post("/webhooks/telnyx", content=b"x" * 300_000)
        assert answer.status_code in (413, 502)
