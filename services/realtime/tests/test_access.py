"""Who gets in, and who is shown out."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta

import httpx2
import pytest
import websockets

from shared.access.gate import SESSION_COOKIE, Principal, sign
from shared.events import AccessRevoked
from testkit.eventually import PATIENCE, eventually

T = "ten_1"


async def refusal(url: str, **options) -> tuple[int, str]:
    """Close code and reason of a socket that is refused."""
    with pytest.raises(websockets.ConnectionClosed) as refused:
        async with websockets.connect(url, proxy=None, **options) as socket:
            await asyncio.wait_for(socket.recv(), 5)
    assert refused.value.rcvd is not None
    return refused.value.rcvd.code, refused.value.rcvd.reason


async def ticket_of(at, key: str) -> dict:
    async with httpx2.AsyncClient(trust_env=False) as http:
        answer = await http.post(f"{at.url}/api/realtime/tickets", headers={"Authorization": f"Bearer {key}"})
    assert answer.status_code == 201
    return answer.json()


@pytest.mark.parametrize("credential", [None, "pk_garbage", "Bearer", "a.b.c"])
async def test_nobody_gets_in_without_credentials(installation, credential):
    at = await installation.instance()
    headers = {} if credential is None else {"Authorization": f"Bearer {credential}"}
    code, reason = await refusal(at.ws_url, additional_headers=headers)
    assert (code, reason) in [(4401, "not_signed_in"), (4401, "bad_token")]
    async with httpx2.AsyncClient(trust_env=False) as http:
        for method, path in (("GET", "events"), ("POST", "tickets")):
            refused = await http.request(method, f"{at.url}/api/realtime/{path}", headers=headers)
            assert refused.status_code == 401
            assert refused.headers["content-type"] == "application/problem+json"


async def test_a_ticket_opens_one_stream_of_its_tenant(installation, conversation_event):
    at = await installation.instance()
    issued = await ticket_of(at, installation.key(T))
    assert issued["expires_in"] == 60
    async with websockets.connect(f"{at.ws_url}?ticket={issued['ticket']}", proxy=None) as socket:
        assert '"hello"' in await asyncio.wait_for(socket.recv(), 5)
        await installation.publish(conversation_event("ten_2", 1, "not for you"))
        await installation.publish(conversation_event(T, 1, "for you"))
        assert "for you" in await asyncio.wait_for(socket.recv(), 5)
    assert (await refusal(f"{at.ws_url}?ticket={issued['ticket']}"))[0] == 4401
    # A ticket is asked for and is bad: the key beside it does not mend that.
    headers = {"Authorization": f"Bearer {installation.key(T)}"}
    assert (await refusal(f"{at.ws_url}?ticket=x", additional_headers=headers))[0] == 4401


async def test_of_many_who_use_one_ticket_at_two_instances_one_gets_in(installation):
    one, two = await installation.instance(), await installation.instance()
    ticket = (await ticket_of(one, installation.key(T)))["ticket"]

    async def attempt(at) -> bool:
        try:
            async with websockets.connect(f"{at.ws_url}?ticket={ticket}", proxy=None) as socket:
                return '"hello"' in await asyncio.wait_for(socket.recv(), 5)
        except websockets.ConnectionClosed:
            return False

    assert sum(await asyncio.gather(*(attempt(at) for at in (one, two) * 5))) == 1


async def test_a_ticket_is_no_key_and_a_key_no_ticket(installation):
    at = await installation.instance()
    key = installation.key(T)
    ticket = (await ticket_of(at, key))["ticket"]
    assert (await refusal(at.ws_url, additional_headers={"Authorization": f"Bearer {ticket}"}))[0] == 4401
    assert (await refusal(f"{at.ws_url}?ticket={key.removeprefix('pk_')}"))[0] == 4401


async def test_an_old_ticket_is_refused(installation):
    at = await installation.instance()
    now = int(time.time())
    claims = {"kind": "ticket", "jti": "tkt_1", "exp": now - 1, "tid": T, "role": "viewer", "sub": "key_1"}
    ticket = installation.keyring.token({**claims, "uid": None, "since": now - 100, "until": None})
    assert (await refusal(f"{at.ws_url}?ticket={ticket}"))[0] == 4401


async def test_a_revoked_keys_ticket_is_refused(installation):
    at = await installation.instance()
    ticket = (await ticket_of(at, installation.key(T, "key_gone")))["ticket"]
    await installation.revoke(T, "key_gone")

    async def refused() -> bool:
        try:
            fresh = await ticket_of(at, installation.key(T, "key_gone"))
        except AssertionError:
            return True
        return not fresh

    await eventually(refused)
    assert (await refusal(f"{at.ws_url}?ticket={ticket}"))[0] == 4401


async def test_the_session_cookie_opens_a_socket(installation):
    at = await installation.instance()
    headers = {"Cookie": f"{SESSION_COOKIE}={installation.key(T)}"}
    async with websockets.connect(at.ws_url, proxy=None, additional_headers=headers) as socket:
        assert '"hello"' in await asyncio.wait_for(socket.recv(), 5)


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        ("https://evil.example", False),
        ("null", False),
        ("https://parley.example.evil.example", False),
        ("http://[bad", False),
        ("https://parley.example", True),
        ("https://desk.example", True),
        ("http://{host}", True),
    ],
)
async def test_only_pages_of_ours_may_open_streams(installation, origin, allowed):
    at = await installation.instance(realtime_allowed_origins="https://desk.example")
    headers = {
        "Authorization": f"Bearer {installation.key(T)}",
        "Origin": origin.format(host=at.url.removeprefix("http://")),
    }
    if allowed:
        async with websockets.connect(at.ws_url, proxy=None, additional_headers=headers) as socket:
            assert '"hello"' in await asyncio.wait_for(socket.recv(), 5)
        return
    assert (await refusal(at.ws_url, additional_headers=headers))[0] == 4403
    async with httpx2.AsyncClient(trust_env=False) as http:
        assert (await http.get(f"{at.url}/api/realtime/events", headers=headers)).status_code == 403


async def test_a_revoked_key_is_shown_out_within_a_second_and_others_stay(installation):
    one, two = await installation.instance(), await installation.instance()
    gone, kept = installation.key(T, "key_gone"), installation.key(T, "key_kept")
    async with (
        installation.socket(one, gone) as (_, first),
        installation.socket(two, gone) as (_, second),
        installation.sse(two, gone) as third,
        installation.socket(one, kept) as (_, other),
    ):
        await installation.revoke(T, "key_gone")
        started = time.monotonic()
        await asyncio.wait_for(asyncio.gather(first.wait_closed(), second.wait_closed()), 5)
        await eventually(lambda: third.types[-1] == "closed")
        assert time.monotonic() - started < 1.0 * PATIENCE
        assert {first.close_code, second.close_code} == {4401}
        assert third.frames[-1]["data"] == {"code": 4401, "reason": "revoked"}
        await asyncio.wait_for(await other.ping(), 5)


async def test_everything_of_a_user_from_before_a_moment_is_shown_out(installation, event_of):
    at = await installation.instance()
    now = installation.clock.now()

    def session(id: str, issued_at) -> str:
        return sign(installation.keyring, Principal(T, "agent", id, "usr_1", issued_at, now + timedelta(hours=1)))

    async with (
        installation.socket(at, session("ses_old", now - timedelta(minutes=5))) as (_, old),
        installation.socket(at, session("ses_new", now + timedelta(seconds=5))) as (_, new),
    ):
        await installation.publish(event_of(T, AccessRevoked(subject_id="usr_1", issued_before=now)))
        await asyncio.wait_for(old.wait_closed(), 5)
        assert old.close_code == 4401
        await asyncio.wait_for(await new.ping(), 5)


async def test_an_expired_session_is_shown_out(installation):
    at = await installation.instance()
    soon = installation.clock.now() + timedelta(seconds=2)
    async with installation.socket(at, installation.key(T, expires_at=soon)) as (_, socket):
        await asyncio.wait_for(socket.wait_closed(), 5)
        assert socket.close_code == 4401
