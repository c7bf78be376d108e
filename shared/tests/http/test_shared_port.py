"""Two servers on one port: connections go to the one that the next request belongs to, and nothing else changes."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from fastapi import FastAPI, Request, Response, WebSocket
from websockets.asyncio.client import connect

from shared.http.app import create_app
from shared.http.connections import RequestLimits
from shared.http.server import HttpServer, http_server
from shared.http.shared_port import SharedPort, SharingProtocol
from shared.settings import PlatformSettings
from testkit.eventually import eventually

HOOK = b"POST /hooks/a HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbody"
OTHER = b"GET /other HTTP/1.1\r\nHost: x\r\n\r\n"
LARGE_OTHER = b"GET /other/large HTTP/1.1\r\nHost: x\r\n\r\n"
LARGE = 3_000_000


def for_the_front(head: bytes) -> bool | None:
    target = head.partition(b" ")[2]
    return target.startswith(b"/hooks/") if len(target) >= len(b"/hooks/") else None


def for_the_back(head: bytes) -> bool | None:
    ours = for_the_front(head)
    return None if ours is None else not ours


def application(name: str) -> FastAPI:
    app = create_app(name, "", ("/hooks/", "/other"))

    @app.get("/other/large")
    async def large() -> Response:
        return Response(name.encode() * LARGE)

    @app.post("/{path:path}")
    @app.get("/{path:path}")
    async def answer(request: Request) -> list[str | int | None]:
        return [name, len(await request.body()), request.client and request.client.port]

    @app.websocket("/socket")
    async def echo(socket: WebSocket) -> None:
        await socket.accept()
        await socket.send_text(await socket.receive_text() + name)

    return app


@dataclass
class Pair:
    port: int
    front: HttpServer
    back: HttpServer
    ports: tuple[SharedPort, SharedPort]

    def introduce(self) -> None:
        for port, end in zip(self.ports, socket.socketpair(), strict=True):
            port.passage.open(end)

    @property
    def held(self) -> tuple[int, int]:
        """Connections of front and back."""
        return len(self.front.server_state.connections), len(self.back.server_state.connections)


def connections(server: HttpServer) -> list[SharingProtocol]:
    return [one for one in server.server_state.connections if isinstance(one, SharingProtocol)]


class Client:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self.port = writer.get_extra_info("sockname")[1]

    async def ask(self, *pieces: bytes) -> tuple[int, str]:
        for piece in pieces:
            self.writer.write(piece)
            await self.writer.drain()
            await asyncio.sleep(0)
        return await self.answer()

    async def answer(self) -> tuple[int, str]:
        head = await self.reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        return int(head.split()[1]), (await self.reader.readexactly(length)).decode()


@pytest.fixture
async def pair() -> AsyncIterator[Pair]:
    listener = socket.create_server(("127.0.0.1", 0))
    ports = SharedPort(for_the_front), SharedPort(for_the_back, returns=True)
    limits = RequestLimits(head_seconds=30)
    front, back = (
        http_server(application(name), PlatformSettings(_env_file=None), 100, limits, port)
        for name, port in zip(("front", "back"), ports, strict=True)
    )
    serving = [asyncio.create_task(front.serve([listener])), asyncio.create_task(back.serve([]))]
    await eventually(lambda: front.started and back.started)
    yield Pair(listener.getsockname()[1], front, back, ports)
    front.should_exit = back.should_exit = True
    await asyncio.gather(*serving)
    for port in ports:
        port.passage.close()


@pytest.fixture
async def client(pair: Pair) -> Client:
    pair.introduce()
    return Client(*await asyncio.open_connection("127.0.0.1", pair.port))


async def test_one_connection_carries_requests_for_both_in_any_order(client: Client):
    wanted = ["front", "front", "back", "back", "front", "back", "front"]
    for name in wanted:
        status, text = await client.ask(HOOK if name == "front" else OTHER)
        assert status == 200
        assert text == f'["{name}",{4 if name == "front" else 0},{client.port}]', "the caller's address stays"


async def test_a_connection_without_webhooks_stays_with_the_process_that_serves_it(client: Client, pair: Pair):
    await client.ask(OTHER)
    await client.ask(OTHER)
    assert pair.held == (0, 1)


async def test_a_connection_that_carries_both_waits_for_its_next_request_in_front(client: Client, pair: Pair):
    await client.ask(HOOK)
    await client.ask(OTHER)
    await eventually(lambda: pair.held == (1, 0))
    assert (await client.ask(HOOK))[1].startswith('["front"')


async def test_a_request_may_come_byte_by_byte(client: Client):
    for request, name in ((OTHER, "back"), (HOOK, "front")):
        status, text = await client.ask(*(request[n : n + 1] for n in range(len(request))))
        assert (status, text.partition(",")[0]) == (200, f'["{name}"')


async def test_a_large_body_arrives_whole(client: Client):
    head = f"POST /other HTTP/1.1\r\nHost: x\r\nContent-Length: {LARGE}\r\n\r\n".encode()
    assert await client.ask(head + b"x" * LARGE) == (200, f'["back",{LARGE},{client.port}]')


async def test_websockets_pass(client: Client, pair: Pair):
    async with connect(f"ws://127.0.0.1:{pair.port}/socket") as socket:
        await socket.send("hello ")
        assert await socket.recv() == "hello back"


async def test_a_request_waits_while_the_other_process_is_away(pair: Pair):
    client = Client(*await asyncio.open_connection("127.0.0.1", pair.port))
    assert (await client.ask(HOOK))[0] == 200, "its own requests are served meanwhile"
    waiting = asyncio.create_task(client.ask(OTHER))
    await eventually(lambda: pair.ports[0].passage._parked)
    pair.introduce()
    assert (await waiting)[1].startswith('["back"')


async def test_with_a_full_passage_connections_wait_their_turn(pair: Pair):
    """The other process is too busy to take them: what the kernel holds is bounded, the rest stays and is counted."""
    mine, theirs = socket.socketpair()
    pair.ports[0].passage.open(mine)
    clients = [Client(*await asyncio.open_connection("127.0.0.1", pair.port)) for _ in range(40)]
    answers = [
        asyncio.create_task(client.ask(OTHER[:-2] + b"X-Long: " + b"x" * 30_000 + b"\r\n\r\n")) for client in clients
    ]
    await eventually(lambda: pair.ports[0].passage._parked)
    pair.ports[1].passage.open(theirs)
    assert {text.partition(",")[0] for _, text in await asyncio.gather(*answers)} == {'["back"'}


async def test_a_pipelined_request_of_the_other_process_is_refused(client: Client):
    client.writer.write(HOOK + OTHER)
    status, text = await client.answer()
    assert (status, "pipelined_elsewhere" in text) == (400, True)
    assert await client.reader.read() == b""


async def test_a_request_of_the_other_process_waits_until_the_answer_before_it_is_read(client: Client, pair: Pair):
    """What is left of an answer in a process's buffer cannot change hands."""
    client.writer.write(LARGE_OTHER)
    await eventually(lambda: any(one.unread_bytes for one in connections(pair.back)))
    client.writer.write(HOOK)
    await eventually(lambda: any(one._is_parked for one in connections(pair.back)))
    assert await client.answer() == (200, "back" * LARGE)
    assert (await client.answer())[1].startswith('["front"')
    assert (await client.ask(OTHER))[1].startswith('["back"')


async def test_pipelined_requests_of_one_process_are_served(client: Client):
    client.writer.write(HOOK + HOOK)
    assert [(await client.answer())[0] for _ in range(2)] == [200, 200]


async def test_a_client_that_left_meanwhile_disturbs_no_other(client: Client, pair: Pair):
    gone = Client(*await asyncio.open_connection("127.0.0.1", pair.port))
    gone.writer.write(OTHER)
    gone.writer.transport.abort()
    assert (await client.ask(OTHER))[0] == 200
    await eventually(lambda: pair.held == (0, 1))
