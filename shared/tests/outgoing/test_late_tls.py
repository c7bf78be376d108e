"""Certificate authorities are read when they are needed, and then every certificate is checked."""

from __future__ import annotations

import ssl

import httpx2
import pytest

from shared.outgoing.late_tls import LateTlsTransport

NOWHERE = "127.0.0.1:1"


@pytest.fixture
def contexts(monkeypatch: pytest.MonkeyPatch) -> list[ssl.VerifyMode]:
    """How certificates were checked by each transport of httpx2 that was made."""
    made: list[ssl.VerifyMode] = []
    real = httpx2.AsyncHTTPTransport.__init__

    def noting(self: httpx2.AsyncHTTPTransport, verify: bool = True, **more: bool) -> None:
        made.append(ssl.CERT_REQUIRED if verify else ssl.CERT_NONE)
        real(self, verify=verify, **more)

    monkeypatch.setattr(httpx2.AsyncHTTPTransport, "__init__", noting)
    return made


async def test_nothing_that_checks_certificates_is_made_for_plain_http(contexts: list[ssl.VerifyMode]):
    async with httpx2.AsyncClient(transport=LateTlsTransport()) as http:
        with pytest.raises(httpx2.ConnectError):
            await http.get(f"http://{NOWHERE}")
    assert contexts == [ssl.CERT_NONE]


async def test_an_https_address_is_asked_with_certificates_checked(contexts: list[ssl.VerifyMode]):
    async with httpx2.AsyncClient(transport=LateTlsTransport()) as http:
        for _ in range(2):
            with pytest.raises(httpx2.ConnectError):
                await http.get(f"https://{NOWHERE}")
    assert contexts == [ssl.CERT_NONE, ssl.CERT_REQUIRED]
