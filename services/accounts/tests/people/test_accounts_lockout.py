"""Guessing gets slow, and yet nobody can keep a named person out."""

from __future__ import annotations

import asyncio

import httpx2

from accounts.people.domain.lockout import PER_EMAIL, PER_VISITOR
from accounts.people.login_throttle import network_of

PASSWORD = "correct horse battery"
ANN = "ann@example.com"


async def _ann(world) -> None:
    body = {"email": ANN, "name": "Ann", "role": "admin", "password": PASSWORD}
    await world.made(f"/tenants/{await world.tenant()}/users", body)


def _from(world, address: str) -> httpx2.AsyncClient:
    """A browser at this network address, with cookies of its own."""
    transport = httpx2.ASGITransport(world.app, client=(address, 40000))
    return httpx2.AsyncClient(transport=transport, base_url="https://parley.example")


async def _try(browser: httpx2.AsyncClient, password: str = "a wrong guess", email: str = ANN) -> httpx2.Response:
    return await browser.post("/api/accounts/login", json={"email": email, "password": password})


async def test_strangers_who_keep_guessing_do_not_keep_the_owner_out(world):
    await _ann(world)
    async with _from(world, "198.51.100.1") as one, _from(world, "203.0.113.1") as other:
        for _ in range(60):
            for stranger in (one, other):
                assert (await _try(stranger)).status_code in (401, 429)
            world.clock.advance(1)
        assert (await _try(one)).status_code == 429
        async with _from(world, "192.0.2.7") as owner:
            assert (await _try(owner, PASSWORD)).status_code == 200


async def test_a_browser_that_signed_in_before_gets_in_whatever_a_crowd_of_strangers_does(world):
    await _ann(world)
    async with _from(world, "192.0.2.7") as owner, _from(world, "192.0.2.8") as new_browser:
        assert (await _try(owner, PASSWORD)).status_code == 200
        for n in range(PER_EMAIL.free):
            async with _from(world, f"198.51.100.{n}") as stranger:
                assert (await _try(stranger)).status_code == 401
        blocked = await _try(new_browser, PASSWORD)
        assert blocked.status_code == 429
        assert int(blocked.headers["retry-after"]) <= PER_EMAIL.longest_seconds
        assert (await _try(owner, PASSWORD)).status_code == 200


async def test_a_known_browser_guesses_no_faster_than_a_stranger_and_for_its_own_address_only(world):
    await _ann(world)
    async with _from(world, "192.0.2.7") as browser:
        assert (await _try(browser, PASSWORD)).status_code == 200
        assert [(await _try(browser)).status_code for _ in range(7)] == [401] * PER_VISITOR.free + [429] * 2
        statuses = [(await _try(browser, email="bob@example.com")).status_code for _ in range(7)]
        assert statuses == [401] * PER_VISITOR.free + [429] * 2


async def test_a_link_from_an_admin_makes_the_browser_a_known_one(world):
    """The way in for somebody with a new browser while a crowd is guessing."""
    await _ann(world)
    tenant = (await world.ask("GET", "/tenants")).json()["items"][0]["id"]
    user = (await world.ask("GET", f"/tenants/{tenant}/users")).json()["items"][0]["id"]
    link = (await world.ask("POST", f"/tenants/{tenant}/users/{user}/reset-link")).json()["token"]
    for n in range(PER_EMAIL.free):
        async with _from(world, f"198.51.100.{n}") as stranger:
            await _try(stranger)
    async with _from(world, "192.0.2.7") as browser:
        assert (await _try(browser, PASSWORD)).status_code == 429
        body = {"token": link, "password": "another long password"}
        assert (await browser.post("/api/accounts/password", json=body)).status_code == 204
        assert (await _try(browser, "another long password")).status_code == 200


async def test_tries_that_are_refused_for_one_mailbox_cost_colleagues_nothing(world):
    await _ann(world)
    async with _from(world, "192.0.2.7") as browser, _from(world, "192.0.2.7") as colleague:
        statuses = [(await _try(browser, email="locked@example.com")).status_code for _ in range(45)]
        assert statuses.count(429) == 40
        assert (await _try(colleague, PASSWORD)).status_code == 200


async def test_a_session_that_guesses_its_own_password_slows_nobody_else(world):
    await _ann(world)
    async with _from(world, "192.0.2.7") as thief, _from(world, "192.0.2.7") as owner:
        token = (await _try(thief, PASSWORD)).json()["token"]
        body = {"current": "a wrong guess", "new": "another long password"}
        by = {"authorization": f"Bearer {token}"}
        statuses = [
            (await thief.post("/api/accounts/me/password", json=body, headers=by)).status_code for _ in range(7)
        ]
        assert statuses == [401] * PER_VISITOR.free + [429] * 2
        assert (await _try(owner, PASSWORD)).status_code == 200


async def test_an_ipv4_mapped_address_counts_as_its_ipv4_address(world):
    """A socket that listens on IPv6 shows IPv4 visitors this way; their /64 would be all of IPv4."""
    assert network_of("::ffff:192.0.2.7") == network_of("192.0.2.7")
    assert network_of("::ffff:192.0.2.7") != network_of("::ffff:192.0.2.8")
    assert network_of("2001:db8:1:2::3") == network_of("2001:db8:1:2:ffff::4") != network_of("2001:db8:1:3::3")
    await _ann(world)
    statuses = []
    for address in ("192.0.2.7", "::ffff:192.0.2.7") * 4:
        async with _from(world, address) as browser:
            statuses.append((await _try(browser)).status_code)
    assert statuses == [401] * PER_VISITOR.free + [429] * 3
    async with _from(world, "::ffff:192.0.2.8") as neighbour:
        assert (await _try(neighbour, PASSWORD)).status_code == 200


async def test_guessing_gets_slower_and_the_rightful_owner_gets_in(world):
    await world.user(await world.tenant())
    statuses = [(await world.login(password=f"guess number {n}")).status_code for n in range(7)]
    assert statuses == [401] * 5 + [429] * 2
    waits = []
    for n in range(4):
        blocked = await world.login(password=f"next guess {n}")
        assert blocked.status_code == 429
        waits.append(int(blocked.headers["retry-after"]))
        world.clock.advance(waits[-1])
        assert (await world.login(password=f"yet another {n}")).status_code == 401
    assert waits == sorted(set(waits))
    assert (await world.login()).status_code == 429
    world.clock.advance(300)
    await world.token()
    assert (await world.login(password="wrong again!")).status_code == 401


async def test_strangers_addresses_are_slowed_down_just_the_same(world):
    statuses = [(await world.login("nobody@example.com", "guessing along")).status_code for _ in range(7)]
    assert statuses == [401] * 5 + [429] * 2


async def test_many_guesses_at_once_are_not_many_free_ones(world):
    await world.user(await world.tenant())
    answers = await asyncio.gather(*(world.login(password=f"guess number {n}") for n in range(15)))
    assert [answer.status_code for answer in answers].count(401) <= PER_VISITOR.free


async def test_one_network_address_cannot_try_everybody(world):
    bodies = [{"email": f"user{n}@example.com", "password": "summer of 2100"} for n in range(45)]
    statuses = [(await world.http.post("/api/accounts/login", json=body)).status_code for body in bodies]
    assert statuses[:40] == [401] * 40
    assert 429 in statuses[40:]
