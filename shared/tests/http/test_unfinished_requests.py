"""Requests that are never finished cost a bounded amount of memory, time and places."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from fastapi import FastAPI, Request, WebSocket
from structlog.testing import capture_logs

from shared.http.app import create_app
from shared.http.connections import RequestLimits
from shared.http.server import HttpServer, http_server
from shared.service.descriptors import share_out
from shared.settings import PlatformSettings
from testkit.eventually import eventually
from testkit.ports import free_port

PLACES = 4
GET = b"GET /hello HTTP/1.1\r\nHost: x\r\n\r\n"
POST = b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n"


@dataclass
class Server:
    port: int
    http: HttpServer
    aborted: list[str]

    async def connect(self, said: bytes = b"") -> Connection:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(said)
        return Connection(reader, writer)


@dataclass
class Connection:
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def status(self) -> int:
        return int((await self.reader.readline()).split()[1])

    async def ended(self) -> bytes:
        """What came until the server closed it."""
        try:
            return await self.reader.read()
        except ConnectionResetError:
            return b""


def application(aborted: list[str]) -> FastAPI:
    app = create_app("test", "")

    @app.get("/hello")
    async def hello() -> str:
        return "hello"

    @app.post("/echo")
    async def echo(request: Request) -> int:
        try:
            return len(await request.body())
        except Exception as error:
            aborted.append(type(error).__name__)
            raise

    @app.post("/never-reads")
    async def never_reads() -> str:
        return "no matter"

    @app.get("/large")
    async def large() -> str:
        return "x" * 30_000_000  # more than the kernel's buffers hold

    @app.websocket("/socket")
    async def socket(socket: WebSocket) -> None:
        await socket.accept()
        await socket.receive()

    return app


async def serve(limits: RequestLimits, places: int) -> AsyncIterator[Server]:
    port, aborted = free_port(), list[str]()
    http = http_server(application(aborted), PlatformSettings(port=port), places, limits)
    serving = asyncio.create_task(http.serve())
    await eventually(lambda: http.started)
    yield Server(port, http, aborted)
    http.should_exit = True
    await serving


@pytest.fixture
async def patient() -> AsyncIterator[Server]:
    """Deadlines that never come."""
    async for server in serve(RequestLimits(head_seconds=600, body_seconds=600, unread_seconds=600), PLACES):
        yield server


@pytest.fixture
async def hasty() -> AsyncIterator[Server]:
    async for server in serve(RequestLimits(head_seconds=0.1, body_seconds=0.1, unread_seconds=0.1), 100):
        yield server


@pytest.mark.parametrize(
    "head",
    [
        b"GET /" + b"a" * 40_000,
        b"GET / HTTP/1.1\r\nHost: x\r\nX-Long: " + b"a" * 40_000,
        b"GET / HTTP/1.1\r\n" + b"X-Many: a\r\n" * 5_000 + b"\r\n",
    ],
    ids=["address", "header", "many headers"],
)
async def test_a_large_head_is_refused(patient: Server, head: bytes) -> None:
    assert await (await patient.connect(head)).status() == 431


async def test_a_head_that_never_ends_is_refused_before_it_fills_the_memory(patient: Server) -> None:
    connection = await patient.connect(b"GET / HTTP/1.1\r\nHost: x\r\nX-Long: ")
    sent = 0
    while not connection.writer.is_closing() and sent < 50_000_000:
        connection.writer.write(b"a" * 10_000)
        try:
            await connection.writer.drain()
        except ConnectionError:
            break
        sent += 10_000
    assert sent < 20_000_000  # what the kernel's buffers hold; far less than was offered


async def test_the_parts_of_a_chunked_body_have_no_endless_headers_either(patient: Server) -> None:
    connection = await patient.connect(
        b"POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n"
    )
    connection.writer.write(b"X-Trailer: " + b"a" * 1_000_000)
    assert await connection.status() == 431


async def test_a_usual_head_passes(patient: Server) -> None:
    head = b"GET /hello HTTP/1.1\r\nHost: x\r\nCookie: " + b"a" * 20_000 + b"\r\n\r\n"
    assert await (await patient.connect(head)).status() == 200


async def test_what_is_no_http_is_answered_with_a_problem(patient: Server) -> None:
    answer = await (await patient.connect(b"\x16\x03\x01 what\r\n\r\n")).ended()
    assert answer.startswith(b"HTTP/1.1 400")
    assert b'"code":"malformed"' in answer


async def test_a_silent_connection_is_closed(hasty: Server) -> None:
    assert await (await hasty.connect()).ended() == b""


@pytest.mark.parametrize("said", [b"GET /he", b"GET /hello HTTP/1.1\r\nHos", GET + b"GET /he"])
async def test_a_head_has_a_deadline(hasty: Server, said: bytes) -> None:
    assert b"HTTP/1.1 408" in await (await hasty.connect(said)).ended()


async def test_blank_lines_before_a_request_keep_no_connection_open(hasty: Server) -> None:
    connection = await hasty.connect(GET)
    assert await connection.status() == 200
    connection.writer.write(b"\r\n")
    await connection.ended()


async def test_a_body_has_a_deadline_and_the_application_hears_of_it(hasty: Server) -> None:
    assert (await (await hasty.connect(POST + b"a")).ended()).startswith(b"HTTP/1.1 408")
    assert hasty.aborted == ["ClientDisconnect"]


async def test_a_body_that_nobody_reads_has_one_too(hasty: Server) -> None:
    connection = await hasty.connect(POST.replace(b"/echo", b"/never-reads"))
    assert await connection.status() == 200
    await connection.ended()


async def test_a_body_that_keeps_coming_gets_more_time() -> None:
    limits = RequestLimits(head_seconds=600, body_seconds=0.1, body_bytes_per_second=100)
    async for server in serve(limits, 100):
        connection = await server.connect(POST + b"a" * 900)  # buys nine seconds more
        await (await server.connect(POST + b"a")).ended()  # begun later, and given up already
        connection.writer.write(b"a" * 100)
        assert await connection.status() == 200


async def test_requests_sent_together_are_all_answered(patient: Server) -> None:
    connection = await patient.connect(GET * 3 + POST + b"a" * 1000)
    answers = b""
    while not answers.endswith(b"1000"):
        answers += await connection.reader.read(1000)
    assert answers.count(b"HTTP/1.1 200") == 4
    connection.writer.close()
    await eventually(lambda: not patient.http.server_state.connections)


async def test_a_new_connection_displaces_the_longest_waiting_one(patient: Server) -> None:
    with capture_logs() as told:
        held = [await patient.connect(said) for said in (b"", b"GET /he", POST + b"a", b"")]
        await eventually(lambda: len(patient.http.server_state.connections) == PLACES)
        for _ in range(3):
            assert await (await patient.connect(GET)).status() == 200
        assert await held[0].ended() == b""
    assert [line["event"] for line in told].count("connections_at_limit") == 1


async def test_streams_are_not_displaced(patient: Server) -> None:
    handshake = (
        b"GET /socket HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
    sockets = [await patient.connect(handshake) for _ in range(PLACES)]
    assert [await socket.status() for socket in sockets] == [101] * PLACES
    assert await (await patient.connect(GET)).ended() == b""  # so streams have a limit of their own, below this one
    assert len(patient.http.server_state.connections) == PLACES


@pytest.mark.parametrize("descriptors", [64, 256, 1024, 65_536])
def test_streams_leave_room_for_webhooks_and_connections_for_files(descriptors: int) -> None:
    shares = share_out(descriptors)
    assert descriptors - shares.connections >= min(256, descriptors // 4)
    assert shares.connections - shares.streams >= shares.connections // 3


async def test_requests_that_wait_on_one_connection_are_few(patient: Server) -> None:
    """Each costs memory before it is answered: 17 MB of them once took a gigabyte."""
    stranger = await patient.connect(GET * 2_000)
    answered = (await stranger.ended()).count(b"HTTP/1.1 200")
    assert answered <= RequestLimits().pipelined + 1
    neighbour = await patient.connect(GET)
    assert await neighbour.status() == 200


async def test_a_client_that_does_not_read_its_answer_loses_the_connection(hasty: Server) -> None:
    stranger = await hasty.connect(b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n")
    stranger.writer.transport.pause_reading()  # pyright: ignore[reportAttributeAccessIssue]
    await eventually(lambda: len(hasty.http.server_state.connections) == 1)
    await eventually(lambda: len(hasty.http.server_state.connections) == 0)


async def test_clients_that_do_not_read_give_their_places_to_others(patient: Server) -> None:
    strangers = [await patient.connect(b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n") for _ in range(PLACES)]
    for stranger in strangers:
        stranger.writer.transport.pause_reading()  # pyright: ignore[reportAttributeAccessIssue]
    await eventually(lambda: len(patient.http.server_state.connections) == PLACES)
    neighbour = await patient.connect(GET)
    assert await neighbour.status() == 200
