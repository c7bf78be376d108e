"""Requests to addresses of strangers: whatever a name resolves to, nothing of ours is reached."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from ipaddress import ip_address

import httpx2
import pytest
from aiohttp.abc import AbstractResolver, ResolveResult

from shared.errors import Invalid
from shared.outgoing.asking import outgoing_request
from shared.outgoing.guarded import GuardedTransport, is_forbidden
from shared.outgoing.own_threads import OwnThreadsResolver
from shared.outgoing.reach import LOOPBACK, Reach, is_public, networks
from shared.outgoing.transport import TooLong

INTERNET = Reach()
INWARD = [
    "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1",
    "169.254.169.254", "100.64.0.1", "100.127.255.255", "100.100.100.200", "192.0.0.192", "192.0.2.1", "198.18.0.1",
    "198.51.100.1", "203.0.113.1", "192.88.99.1", "168.63.129.16", "224.0.0.1", "239.255.255.255", "240.0.0.1",
    "255.255.255.255", "::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1",
    "fe80::1", "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1", "64:ff9b::7f00:1", "64:ff9b:1::1",
    "2002:7f00:1::1", "2001:0:7f00:1::1", "2001:db8::1", "3fff::1", "100::1",
]  # fmt: skip
OUTWARD = ["8.8.8.8", "1.1.1.1", "93.184.216.34", "2606:4700:4700::1111", "2a00:1450:4001:82a::200e"]


class Hostile(AbstractResolver):
    """Answers each look-up with the next of these addresses: DNS rebinding."""

    def __init__(self, *answers: str) -> None:
        self._answers: Iterator[str] = iter(answers)
        self.asked = 0

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        self.asked += 1
        found = next(self._answers).split()
        return [
            ResolveResult(
                hostname=host, host=address, port=port, proto=0, flags=0,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
            )
            for address in found
        ]  # fmt: skip

    async def close(self) -> None:
        pass


@asynccontextmanager
async def listening(answer: bytes = b"") -> AsyncIterator[tuple[int, list[bytes]]]:
    """A server of ours on this machine, and what it was asked."""
    asked: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(b"")
        try:
            asked[-1] = await reader.readuntil(b"\r\n\r\n")
            writer.write(answer)
            await writer.drain()
        except (asyncio.IncompleteReadError, OSError):
            pass
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1], asked
    finally:
        server.close()


async def ask(transport: GuardedTransport, url: str) -> httpx2.Response:
    request = outgoing_request("GET", httpx2.URL(url), {"host": "x"}, b"", httpx2.Timeout(2.0))
    try:
        return await transport.handle_async_request(request)
    finally:
        await transport.aclose()


def test_an_address_within_a_network_is_not_public() -> None:
    assert [text for text in INWARD if is_public(ip_address(text))] == []
    assert [text for text in OUTWARD if not is_public(ip_address(text))] == []
    assert not INTERNET.allows("fe80::1%eth0", 443, secure=True)


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize(
    "answer", ["127.0.0.1", "127.0.0.1 127.0.0.2", "::1 127.0.0.1", "::ffff:127.0.0.1"], ids=str.split
)
async def test_a_name_that_resolves_inward_reaches_nothing(scheme: str, answer: str) -> None:
    async with listening() as (port, asked):
        resolver = Hostile(answer)
        with pytest.raises(httpx2.ConnectError) as refused:
            await ask(GuardedTransport(INTERNET, resolver=resolver), f"{scheme}://rebind.example:{port}/")
        assert is_forbidden(refused.value)
        assert resolver.asked == 1, "nothing looks the name up a second time"
        assert asked == []


async def test_a_name_that_changes_its_mind_reaches_nothing() -> None:
    """Public for the look-up that a check might make, inward for the next one: only what is connected to counts."""
    async with listening() as (port, asked):
        resolver = Hostile("93.184.216.34", "127.0.0.1")
        await resolver.resolve("rebind.example", port)
        with pytest.raises(httpx2.ConnectError) as refused:
            await ask(GuardedTransport(INTERNET, resolver=resolver), f"https://rebind.example:{port}/")
        assert is_forbidden(refused.value)
        assert asked == []


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "127.1", "2130706433", "0x7f000001", "localhost"])
async def test_an_address_in_any_spelling_reaches_nothing(host: str) -> None:
    async with listening() as (port, asked):
        with pytest.raises((httpx2.ConnectError, httpx2.UnsupportedProtocol)):
            await ask(GuardedTransport(INTERNET), f"https://{host}:{port}/")
        assert asked == []
        with pytest.raises(Invalid):
            INTERNET.url(f"https://{host}:{port}/")


async def test_a_redirect_is_not_followed_and_proxies_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    async with listening() as (secret, asked):
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{secret}")
        moved = f"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:{secret}/\r\nContent-Length: 0\r\n\r\n".encode()
        async with listening(moved) as (port, _):
            answer = await ask(GuardedTransport(Reach(LOOPBACK)), f"http://127.0.0.1:{port}/")
        assert answer.status_code == 302
        assert asked == []


async def test_an_answer_is_read_up_to_the_limit() -> None:
    async with listening(b"HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n" + b"x" * 11) as (port, _):
        assert len((await ask(GuardedTransport(Reach(LOOPBACK), 11), f"http://127.0.0.1:{port}/")).content) == 11
        with pytest.raises(TooLong):
            await ask(GuardedTransport(Reach(LOOPBACK), 10), f"http://127.0.0.1:{port}/")


async def test_what_the_operator_permits_is_reached_and_nothing_beside_it() -> None:
    reach = Reach(networks("127.0.0.1, 10.1.0.0/16"))
    async with listening(b"HTTP/1.1 204 None\r\n\r\n") as (port, asked):
        url = f"http://hook.internal:{port}/"
        assert (await ask(GuardedTransport(reach, resolver=Hostile("127.0.0.1")), url)).status_code == 204
        with pytest.raises(httpx2.ConnectError):
            await ask(GuardedTransport(reach, resolver=Hostile("127.0.0.2")), url)
        assert len(asked) == 1
    assert reach.allows("10.1.2.3", 80, secure=False)
    assert not reach.allows("10.2.0.1", 443, secure=True)
    assert not reach.allows("8.8.8.8", 80, secure=False), "the internet by https only"


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("ftp://example.com/", "bad_url"),
        ("https:///x", "bad_url"),
        ("https://user:pass@example.com/", "bad_url"),
        ("https://example.com/#x", "bad_url"),
        ("https://example.com/a b", "bad_url"),
        ("https://exa\nmple.com/", "bad_url"),
        ("https://example.com/" + "x" * 2000, "bad_url"),
        ("javascript:alert(1)", "bad_url"),
        ("https://127.1/", "bad_url"),
        ("https://[::1/", "bad_url"),
        ("https://example.com:99999/", "bad_url"),
        ("http://example.com/", "https_only"),
        ("http://127.0.0.1/", "https_only"),
        ("https://example.com:22/", "forbidden_port"),
        ("https://example.com:25/", "forbidden_port"),
        ("https://10.0.0.1/", "forbidden_address"),
        ("https://[fd00::1]/", "forbidden_address"),
        ("https://sub.localhost/", "forbidden_address"),
        ("https://169.254.169.254/latest/meta-data", "forbidden_address"),
    ],
)
def test_an_address_that_cannot_work_is_refused_as_it_is_written(url: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        INTERNET.url(url)
    assert refused.value.code == code


@pytest.mark.parametrize(
    "url", ["https://example.com/hook?x=1", "https://example.com:8443/", "https://8.8.8.8/", "https://xn--nxa.example/"]
)
def test_an_ordinary_address_is_taken(url: str) -> None:
    assert str(INTERNET.url(url)) == url


async def test_names_are_resolved_in_threads_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    resolver = OwnThreadsResolver()
    found = await resolver.resolve("localhost", 80, socket.AF_INET)
    assert {one["host"] for one in found} == {"127.0.0.1"}
    assert all(one["port"] == 80 for one in found)
    await resolver.close()
