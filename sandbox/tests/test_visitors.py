"""Strangers, and browsers that a stranger's page leads here, do not get at the pretend carrier."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import httpx2
import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from sandbox import SandboxSettings, build
from sandbox.app import create_app
from shared.clock import SystemClock

TOKEN = "a-token-of-thirty-two-characters!"
PATHS = (
    "/sandbox/phone",
    "/sandbox/phone/phone.js",
    "/sandbox/channels",
    "/sandbox/control/ledger",
    "/sandbox/telnyx/v2/phone_numbers/messaging",
    "/sandbox/openai/v1/models",
)
HERE = "http://127.0.0.1:8080"


@contextmanager
def opened(token: str = "") -> Iterator[FastAPI]:
    world = build(SandboxSettings(token=SecretStr(token)), SystemClock())
    yield create_app(world)
    world.close()


def visitor(app: FastAPI, peer: str = "127.0.0.1", base: str = HERE, **headers: str) -> httpx2.AsyncClient:
    transport = httpx2.ASGITransport(app=app, client=(peer, 4711))
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx2.AsyncClient(transport=transport, base_url=base, headers={"authorization": "Bearer KEY_a", **given})


STRANGERS = {
    "another machine": {"peer": "203.0.113.5"},
    "a private network": {"peer": "192.168.1.20"},
    "another machine in IPv6 dress": {"peer": "::ffff:203.0.113.5"},
    "a name that leads here (DNS rebinding)": {"base": "http://evil.example"},
    "a public name through a proxy on this machine": {"base": "https://sms.example.com"},
    "a proxy on this machine that rewrites Host": {"x_real_ip": "203.0.113.5"},
    "a proxy that names the host": {"x_forwarded_host": "sms.example.com"},
    "a page of another site": {"origin": "https://evil.example"},
    "a page without an origin": {"origin": "null"},
    "another program's page on this machine": {"origin": "http://127.0.0.1:3000"},
}


@pytest.mark.parametrize("who", STRANGERS)
async def test_strangers_are_refused_everywhere(who: str):
    with opened() as app:
        async with visitor(app, **STRANGERS[who]) as http:
            answers = [await http.get(path) for path in PATHS]
            answers.append(await http.post("/sandbox/control/inbound", json={"from": "+13125550123", "to": "+1"}))
    assert [answer.status_code for answer in answers] == [403] * len(answers)
    assert {answer.json()["code"] for answer in answers} == {"sandbox_is_local"}


@pytest.mark.parametrize("base", [HERE, "http://localhost:8080", "http://[::1]:8080"])
async def test_this_machine_gets_in(base: str):
    with opened() as app:
        async with visitor(app, base=base) as http, visitor(app, peer="::1", base=base, origin=base) as page:
            assert [(await one.get(path)).status_code for one in (http, page) for path in PATHS] == [200] * 12


async def test_a_token_lets_others_in_and_the_phone_keeps_it_for_its_own_requests():
    with opened(TOKEN) as app:
        async with visitor(app, "203.0.113.5", "https://sms.example.com") as http:
            assert (await http.get("/sandbox/phone?token=wrong")).status_code == 403
            assert (await http.get("/sandbox/control/ledger", headers={"x-sandbox-token": "wrong"})).status_code == 403
            by_header = await http.get("/sandbox/control/ledger", headers={"x-sandbox-token": TOKEN})
            assert by_header.status_code == 200
            assert (await http.get(f"/sandbox/phone?token={TOKEN}")).status_code == 200
            assert (await http.get("/sandbox/control/ledger")).status_code == 200  # by its cookie
            foreign = await http.get("/sandbox/control/ledger", headers={"origin": "https://evil.example"})
            assert foreign.status_code == 403


@pytest.mark.parametrize("token", ["a", "x" * 31])
def test_a_token_that_could_be_guessed_is_refused(token: str):
    with pytest.raises(ValueError, match="32 characters"):
        SandboxSettings(token=SecretStr(token))


async def test_without_a_token_an_empty_one_opens_nothing():
    with opened() as app:
        async with visitor(app, "203.0.113.5") as http:
            answer = await http.get("/sandbox/control/ledger?token=", headers={"x-sandbox-token": ""})
    assert answer.status_code == 403
