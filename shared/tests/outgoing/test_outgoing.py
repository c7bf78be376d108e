"""Requests to servers outside, over real sockets: what each failure proves, and what an answer holds."""

from __future__ import annotations

import asyncio
import gzip
import tracemalloc
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import httpx2
import pytest

from shared.outgoing import transport as transport_module
from shared.outgoing.asking import PLAIN_HEADERS, Outgoing, outgoing_request, transport_to
from shared.outgoing.transport import DirectTransport
from testkit.eventually import eventually
from testkit.ports import free_port

Serve = Callable[[bytes, asyncio.StreamWriter], Awaitable[None]]
NOT_SENT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.LocalProtocolError, httpx2.UnsupportedProtocol)
SHORT = httpx2.Timeout(0.2)


class Server:
    """Reads a request with a body of two bytes, then serves its script. Counts connections."""

    def __init__(self, serve: Serve) -> None:
        self._serve = serve
        self.connections = 0
        self.requests: list[bytes] = []
        self.port = 0

    async def on_connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                self.requests.append(head + await reader.readexactly(2))
                await self._serve(self.requests[-1], writer)
        except (asyncio.IncompleteReadError, OSError):
            writer.close()


def answering(*parts: bytes) -> Serve:
    async def serve(_request: bytes, writer: asyncio.StreamWriter) -> None:
        for part in parts:
            writer.write(part)
            await writer.drain()

    return serve


async def hang_up(_request: bytes, writer: asyncio.StreamWriter) -> None:
    writer.close()


async def stay_silent(_request: bytes, _writer: asyncio.StreamWriter) -> None:
    return


@asynccontextmanager
async def serving(serve: Serve) -> AsyncIterator[tuple[Server, Outgoing]]:
    server, outgoing = Server(serve), Outgoing(DirectTransport(10, 5.0))
    listening = await asyncio.start_server(server.on_connection, "127.0.0.1", 0)
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server, outgoing
    finally:
        await outgoing.close()
        listening.close()


def post(port: int, timeout: httpx2.Timeout = SHORT, **headers: str) -> httpx2.Request:
    url = httpx2.URL(f"http://127.0.0.1:{port}/v2/messages?a=%2B1")
    return outgoing_request("POST", url, {**PLAIN_HEADERS, **headers}, b"{}", timeout)


async def test_the_request_arrives_as_it_was_made_and_the_answer_is_whole() -> None:
    body = gzip.compress(b'{"data": {}}')
    head = f"HTTP/1.1 201 Created\r\nContent-Encoding: gzip\r\nRetry-After: 7\r\nContent-Length: {len(body)}\r\n\r\n"
    async with serving(answering(head.encode() + body[:5], body[5:])) as (server, outgoing):
        answer = await outgoing.ask(post(server.port, **{"idempotency-key": "msg_1"}))
        assert (answer.status_code, answer.headers["retry-after"], answer.json()) == (201, "7", {"data": {}})
        assert answer.is_success
        [request] = server.requests
    line, *fields = request.removesuffix(b"\r\n\r\n{}").split(b"\r\n")
    assert line == b"POST /v2/messages?a=%2B1 HTTP/1.1"
    assert {field.split(b":")[0].lower() for field in fields} == {
        b"host", b"accept", b"accept-encoding", b"user-agent", b"idempotency-key", b"content-length",
    }  # fmt: skip


@pytest.mark.parametrize("codings", [("gzip",), ("deflate",), ("gzip", "deflate")], ids=", ".join)
async def test_an_answer_is_no_longer_decompressed_than_it_may_be(
    codings: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    limit = 1024 * 1024
    monkeypatch.setattr(transport_module, "MAX_ANSWER_BYTES", limit)
    for size, fits in ((limit, True), (16 * limit, False)):
        body = bytes(size)
        for coding in codings:
            body = gzip.compress(body) if coding == "gzip" else zlib.compress(body)
        assert len(body) < limit
        head = f"HTTP/1.1 200 OK\r\nContent-Encoding: {', '.join(codings)}\r\nContent-Length: {len(body)}\r\n\r\n"
        async with serving(answering(head.encode() + body)) as (server, outgoing):
            if fits:
                assert (await outgoing.ask(post(server.port))).content == bytes(size)
                continue
            tracemalloc.start()
            with pytest.raises(httpx2.ReadError):
                await outgoing.ask(post(server.port))
            most = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            assert most < size / 2


async def test_an_answer_that_is_not_compressed_as_it_says_is_none() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n[]"
    async with serving(answering(head)) as (server, outgoing):
        with pytest.raises(httpx2.DecodingError):
            await outgoing.ask(post(server.port))


async def test_an_answer_in_chunks_is_read_and_a_connection_is_used_again() -> None:
    chunks = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n[1\r\n1\r\n]\r\n0\r\n\r\n"
    async with serving(answering(chunks)) as (server, outgoing):
        for _ in range(3):
            assert (await outgoing.ask(post(server.port))).json() == [1]
        assert (server.connections, len(server.requests)) == (1, 3)


async def test_a_redirect_and_a_cookie_are_answers_like_any_other() -> None:
    moved = b"HTTP/1.1 302 Found\r\nLocation: /else\r\nSet-Cookie: a=b\r\nContent-Length: 0\r\n\r\n"
    async with serving(answering(moved)) as (server, outgoing):
        for _ in range(2):
            assert (await outgoing.ask(post(server.port))).status_code == 302
        assert len(server.requests) == 2
        assert b"ookie" not in server.requests[1]


async def test_where_nobody_listens_nothing_was_sent() -> None:
    outgoing = Outgoing(DirectTransport(10, 5.0))
    with pytest.raises(NOT_SENT):
        await outgoing.ask(post(free_port()))
    with pytest.raises(NOT_SENT):
        await outgoing.ask(outgoing_request("GET", httpx2.URL("ftp://x.test/"), {}, b"", SHORT))
    await outgoing.close()


@pytest.mark.parametrize("host", ["a..b", f"{'a' * 64}.example"])
async def test_to_a_host_whose_name_cannot_be_looked_up_nothing_was_sent(host: str) -> None:
    outgoing = Outgoing(DirectTransport(10, 5.0))
    with pytest.raises(NOT_SENT):
        await outgoing.ask(outgoing_request("GET", httpx2.URL(f"https://{host}/"), {}, b"", SHORT))
    await outgoing.close()


async def test_a_header_that_cannot_be_sent_is_refused_before_anything_is() -> None:
    async with serving(stay_silent) as (server, outgoing):
        with pytest.raises(httpx2.LocalProtocolError):
            await outgoing.ask(post(server.port, authorization="Bearer a\r\nx: y"))
        assert server.connections == 0


async def test_without_a_place_in_the_pool_nothing_was_sent() -> None:
    async with serving(stay_silent) as (server, _):
        narrow = Outgoing(DirectTransport(1, 5.0))
        first = asyncio.create_task(narrow.ask(post(server.port, httpx2.Timeout(30, connect=0.2))))
        await eventually(lambda: server.requests)
        with pytest.raises(NOT_SENT):
            await narrow.ask(post(server.port))
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)
        await narrow.close()
        assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("serve", "error"),
    [
        (stay_silent, httpx2.ReadTimeout),
        (hang_up, httpx2.RemoteProtocolError),
        (answering(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"), httpx2.ReadTimeout),
        (answering(b"SMTP ready\r\n\r\n"), httpx2.RemoteProtocolError),
        (answering(b"HTTP/1.1 200 OK\r\nContent-Length: minus\r\n\r\n"), httpx2.RemoteProtocolError),
        (answering(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n" + b"x" * 99), httpx2.ReadError),
    ],
    ids=["silence", "hang-up", "half an answer", "another protocol", "no length", "too long"],
)
async def test_a_request_that_got_no_whole_answer_may_have_arrived(
    serve: Serve, error: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport_module, "MAX_ANSWER_BYTES", 50)
    async with serving(serve) as (server, outgoing):
        with pytest.raises(error) as caught:
            await outgoing.ask(post(server.port))
        assert not isinstance(caught.value, NOT_SENT)
        assert len(server.requests) == 1, "made once"


@pytest.mark.parametrize(
    ("named", "trust_env", "direct"),
    [
        ({"HTTPS_PROXY": "http://proxy.test:3128"}, True, False),
        ({"HTTPS_PROXY": "http://proxy.test:3128"}, False, True),
        ({"HTTPS_PROXY": "http://proxy.test:3128", "NO_PROXY": "model.test"}, True, True),
        ({"ALL_PROXY": "http://proxy.test:3128"}, True, False),
        ({}, True, True),
    ],
)
async def test_a_proxy_of_the_environment_is_used_where_it_is_meant(
    named: dict[str, str], trust_env: bool, direct: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    for name, value in named.items():
        monkeypatch.setenv(name, value)
    chosen = transport_to(httpx2.URL("https://model.test/v1"), trust_env=trust_env)
    assert isinstance(chosen, DirectTransport) == direct
    await chosen.aclose()
