"""Media are fetched from servers that strangers name: nothing of our own network is reached, and nothing is endless."""

from __future__ import annotations

import asyncio
import gzip
import socket
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult

from conversation.media import fetcher
from conversation.media.fetcher import MOST_BYTES, Fetcher, NotLoaded, Servers
from conversation.settings import Settings
from shared.outgoing.guarded import GuardedTransport
from shared.outgoing.reach import Reach

JPEG = b"\xff\xd8\xff\xe0" + b"x" * 100
Answer = Callable[[str, asyncio.StreamWriter], Awaitable[None]]


def whole(status: str, body: bytes = b"", *headers: str, length: int | None = None) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body) if length is None else length}", *headers]
    return "\r\n".join([*lines, "Connection: close", "", ""]).encode() + body


@asynccontextmanager
async def hostile(answers: dict[str, bytes | Answer]) -> AsyncGenerator[tuple[str, list[str]]]:
    """A server on this machine: its address, and the paths that were asked for."""
    asked: list[str] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        path = head.split()[1].decode()
        asked.append(path)
        answer = answers.get(path, whole("404 Not Found"))
        try:
            if isinstance(answer, bytes):
                writer.write(answer.replace(b"HERE", base.encode()))
            else:
                await answer(path, writer)
            await writer.drain()
        except (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    base = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield base, asked
    finally:
        server.close()


async def outcome(url: str, *trusted: str, declared: str = "image/jpeg", **more: object) -> str:
    """The reason why it was not loaded, with "again" where it is tried again; or its type."""
    getter = Fetcher(Servers(Reach(), trusted))
    try:
        return (await getter.fetch(url, declared)).type.content_type
    except NotLoaded as error:
        return f"{error.reason} again" if error.again else error.reason
    finally:
        await getter.close()


async def endless(_path: str, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\nConnection: close\r\n\r\n" + JPEG)
    for _ in range(2 + MOST_BYTES // 65_536):
        writer.write(b"x" * 65_536)
        await writer.drain()
    await asyncio.Event().wait()


async def silent(_path: str, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
    while not writer.is_closing():
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.02)


ANSWERS: dict[str, bytes | Answer] = {
    "/photo": whole("200 OK", JPEG, "Content-Type: image/jpeg"),
    "/moved": whole("302 Found", b"", "Location: /photo"),
    "/loop": whole("302 Found", b"", "Location: /loop"),
    "/to-metadata": whole("302 Found", b"", "Location: http://169.254.169.254/latest/meta-data/"),
    "/to-loopback": whole("307 Temporary Redirect", b"", "Location: http://127.0.0.1:1/secret"),
    "/to-six": whole("302 Found", b"", "Location: http://[::1]:1/secret"),
    "/to-file": whole("302 Found", b"", "Location: file:///etc/passwd"),
    "/html": whole("200 OK", b"<html><script>1</script>", "Content-Type: image/jpeg"),
    "/pdf": whole("200 OK", b"%PDF-1.7", "Content-Type: application/pdf"),
    "/short": whole("200 OK", JPEG, length=10_000),
    "/bomb": whole("200 OK", gzip.compress(b"\0" * 3 * MOST_BYTES), "Content-Encoding: gzip"),
    "/broken-gzip": whole("200 OK", b"no gzip", "Content-Encoding: gzip"),
    "/forbidden": whole("403 Forbidden"),
    "/gone": whole("410 Gone"),
    "/busy": whole("503 Service Unavailable"),
    "/endless": endless,
}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/photo", "image/jpeg"),
        ("/moved", "image/jpeg"),
        ("/loop", "not_reachable again"),
        ("/to-metadata", "forbidden_address"),
        ("/to-loopback", "forbidden_address"),
        ("/to-six", "forbidden_address"),
        ("/to-file", "bad_address"),
        ("/html", "wrong_type"),
        ("/pdf", "wrong_type"),
        ("/short", "not_reachable again"),
        ("/bomb", "too_large"),
        ("/broken-gzip", "not_reachable again"),
        ("/forbidden", "gone again"),
        ("/gone", "gone"),
        ("/busy", "not_reachable again"),
        ("/missing", "gone again"),
        ("/endless", "too_large"),
    ],
)
async def test_what_a_hostile_server_answers_is_survived(path: str, expected: str) -> None:
    async with hostile(ANSWERS) as (base, _asked):
        assert await outcome(f"{base}{path}", f"{base}/") == expected


async def test_a_server_that_drips_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetcher, "TOTAL_SECONDS", 0.2)
    async with hostile({"/drip": silent}) as (base, _asked):
        assert await outcome(f"{base}/drip", f"{base}/") == "not_reachable again"


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:{port}/photo",
        "https://127.0.0.1:{port}/photo",
        "https://localhost:{port}/photo",
        "https://[::1]:{port}/photo",
        "https://[::ffff:127.0.0.1]:{port}/photo",
        "https://0.0.0.0:{port}/photo",
        "https://10.0.0.1/photo",
        "https://169.254.169.254/latest/meta-data/",
        "http://example.com/photo",
        "https://example.com:22/photo",
    ],
)
async def test_nothing_of_our_own_network_is_asked(url: str) -> None:
    async with hostile(ANSWERS) as (base, asked):
        port = base.rpartition(":")[2]
        assert await outcome(url.replace("{port}", port)) == "forbidden_address"
        assert asked == []


@pytest.mark.parametrize(
    "url", ["", "picture.jpg", "file:///etc/passwd", "https://user@example.com/", "https://127.1/"]
)
async def test_what_is_no_address_is_said_so(url: str) -> None:
    assert await outcome(url) == "bad_address"


async def test_a_name_that_leads_elsewhere_when_it_is_connected_to_reaches_nothing() -> None:
    """The host's name is looked up as the connection is made, and that address counts."""

    class Turning(AbstractResolver):
        async def resolve(
            self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
        ) -> list[ResolveResult]:
            return [
                ResolveResult(hostname=host, host="127.0.0.1", port=port, family=family, proto=0, flags=0),
            ]

        async def close(self) -> None:
            pass

    getter = Fetcher(Servers(Reach()), GuardedTransport(Reach(), MOST_BYTES, Turning()))
    with pytest.raises(NotLoaded, match="forbidden_address"):
        await getter.fetch("https://pictures.example/a.jpg", "image/jpeg")
    await getter.close()


async def test_only_the_carriers_own_server_is_asked_on_this_machine() -> None:
    """The sandbox's carrier, and a carrier that the operator named, at exactly this port; the path counts too."""
    async with hostile(ANSWERS) as (base, asked):
        port = base.rpartition(":")[2]
        assert await outcome(f"http://localhost:{port}/photo", f"{base}/") == "image/jpeg"
        assert await outcome(f"{base}/photo", f"{base}/sandbox/telnyx/") == "forbidden_address"
        assert await outcome(f"{base}/sandbox/telnyx/../../photo", f"{base}/sandbox/telnyx/") == "forbidden_address"
        assert await outcome(f"http://127.0.0.1:{int(port) % 60_000 + 1}/photo", f"{base}/") == "forbidden_address"
        assert await outcome(f"{base}@127.0.0.1/photo", f"{base}/") == "bad_address"
        assert asked == ["/photo"]


@pytest.mark.parametrize(
    ("given", "trusted"),
    [
        ({"sandbox": "off"}, ()),
        ({"sandbox": "off", "telnyx_api_base": "http://127.0.0.1:9000/v2"}, ("http://127.0.0.1:9000/",)),
        ({"sandbox": "on", "port": 8123}, ("http://127.0.0.1:8123/sandbox/telnyx/",)),
    ],
)
def test_the_operators_settings_say_which_servers_are_trusted(
    given: dict[str, object], trusted: tuple[str, ...]
) -> None:
    settings = Settings(_env_file=None, **given)  # type: ignore[arg-type]
    assert settings.carriers_own == trusted
