"""httpx2's port for transports, served by aiohttp: its parser is written in C and its pool is flat (ADR 19).

What matters to those who ask is kept apart as in httpx2: an error of `ConnectError`, `ConnectTimeout` or
`LocalProtocolError` is proof that not one byte of the request left; after any other it may have arrived.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx2
from yarl import URL

if TYPE_CHECKING:
    import aiohttp
    from aiohttp.abc import AbstractResolver

MAX_ANSWER_BYTES = 16 * 1024 * 1024
"""As it arrives, and again when it is decompressed: a few kilobytes can hold gigabytes."""
_ILLEGAL = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")
"""In a header's value <https://www.rfc-editor.org/rfc/rfc9110#section-5.5>."""


class TooLong(httpx2.ReadError):
    """The answer has more bytes than are read."""


@dataclass(frozen=True)
class Connecting:
    """How a connection is made, where it must not be made as usual."""

    socket_for: Callable[[tuple[Any, ...]], socket.socket]
    """Given what `getaddrinfo` found. Raises `OSError` for an address that must not be connected to."""
    resolver: Callable[[], AbstractResolver]


class DirectTransport(httpx2.AsyncBaseTransport):
    """No proxies. `trust_env`: certificates may come from `SSL_CERT_FILE`."""

    def __init__(
        self,
        connections: int,
        keepalive_seconds: float,
        *,
        trust_env: bool = False,
        longest_answer: int | None = None,
        connecting: Connecting | None = None,
    ) -> None:
        self._connections = connections
        self._keepalive_seconds = keepalive_seconds
        self._trust_env = trust_env
        self._longest_answer = longest_answer
        self._connecting = connecting
        self._session: aiohttp.ClientSession | None = None

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """The answer, read whole. Raises `httpx2.TransportError` or `httpx2.DecodingError`."""
        _check_host(request.url)
        _check(request.headers)
        session, timeout = self._opened(), _timeout(request.extensions["timeout"])
        longest = self._longest_answer or MAX_ANSWER_BYTES
        address, headers = URL(str(request.url), encoded=True), request.headers.multi_items()
        with _translated():
            asked = session.request(
                request.method, address, data=request.content or None, headers=headers,
                allow_redirects=False, timeout=timeout,
            )  # fmt: skip
            async with asked as answer:
                content = await _whole(answer, longest)
        return _decompressed(answer.status, httpx2.Headers(answer.raw_headers), content, longest)

    async def aclose(self) -> None:
        if self._session:
            await self._session.close()

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            import aiohttp  # 0.15 s and 10 MB that a process without customers need not spend

            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    limit=self._connections,
                    keepalive_timeout=self._keepalive_seconds,
                    ssl=httpx2.create_ssl_context(trust_env=self._trust_env),
                    socket_factory=self._connecting.socket_for if self._connecting else None,
                    resolver=self._connecting.resolver() if self._connecting else None,
                ),
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,  # httpx2 does that
                skip_auto_headers=("accept", "accept-encoding", "content-type", "user-agent"),
            )
        return self._session


def _check_host(url: httpx2.URL) -> None:
    """As the resolver would write its name down. Before anything is written, as below."""
    try:
        url.raw_host.decode().encode("idna")
    except UnicodeError as error:
        raise httpx2.ConnectError("the host's name cannot be looked up") from error


def _check(headers: httpx2.Headers) -> None:
    """Before anything is written: later, the same complaint would prove nothing."""
    for name, value in headers.raw:
        if _ILLEGAL.search(value):
            raise httpx2.LocalProtocolError(f"{name.decode('latin-1')} holds a character that no header can carry")


def _timeout(given: dict[str, float | None]) -> aiohttp.ClientTimeout:
    import aiohttp

    return aiohttp.ClientTimeout(connect=given["connect"], sock_read=given["read"])


async def _whole(answer: aiohttp.ClientResponse, longest: int) -> bytes:
    content = bytearray()
    async for part in answer.content.iter_any():
        _append(content, part, longest)
    return bytes(content)


def _decompressed(status: int, headers: httpx2.Headers, content: bytes, longest: int) -> httpx2.Response:
    if "content-encoding" not in headers:
        return httpx2.Response(status, headers=headers, content=content)
    plain = bytearray()
    # Given the bytes at once, httpx2 would decompress them without limit. As a stream they come in pieces of 1 MiB.
    for piece in httpx2.Response(status, headers=headers, stream=httpx2.ByteStream(content)).iter_bytes():
        _append(plain, piece, longest)
    for name in ("content-encoding", "content-length"):  # both speak of what was compressed
        headers.pop(name, None)
    return httpx2.Response(status, headers=headers, content=bytes(plain))


def _append(content: bytearray, part: bytes, longest: int) -> None:
    content += part
    if len(content) > longest:
        raise TooLong(f"an answer of more than {longest} bytes")


@contextmanager
def _translated() -> Generator[None]:
    """aiohttp's errors as httpx2's."""
    import aiohttp

    try:
        yield
    except aiohttp.ConnectionTimeoutError as error:
        raise httpx2.ConnectTimeout(str(error)) from error
    except aiohttp.ClientConnectorError as error:  # also of DNS and TLS
        raise httpx2.ConnectError(str(error)) from error
    except (aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError) as error:
        raise httpx2.UnsupportedProtocol(str(error)) from error
    except TimeoutError as error:
        raise httpx2.ReadTimeout(str(error)) from error
    except (aiohttp.ClientResponseError, aiohttp.ClientPayloadError, aiohttp.ServerDisconnectedError) as error:
        raise httpx2.RemoteProtocolError(str(error)) from error
    except UnicodeError as error:  # in what came back: the host's name was looked at before
        raise httpx2.RemoteProtocolError(str(error)) from error
    except (aiohttp.ClientError, OSError) as error:
        raise httpx2.ReadError(str(error)) from error
