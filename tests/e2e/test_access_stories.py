"""Who may do what, and who no longer: on the whole installation, as its operator and its tenants see it."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest
import websockets

from testkit.eventually import PATIENCE, eventually
from testkit.installation import ADMIN_TOKEN, SECRET_KEY, Installation
from testkit.shop import Shop

pytestmark = pytest.mark.asyncio(loop_scope="session")

Customer = Callable[[], str]
PASSWORD = "correct horse battery staple"


async def person(shop: Shop, role: str = "agent") -> tuple[dict[str, Any], str]:
    """A user of the shop and a session of theirs."""
    email = f"{role}{time.monotonic_ns()}@example.com"
    body = {"email": email, "name": "Ann", "role": role, "password": PASSWORD}
    user = await shop.call("POST", f"/api/accounts/tenants/{shop.tenant_id}/users", body)
    answer = await shop.call("POST", "/api/accounts/login", {"email": email, "password": PASSWORD})
    shop.parley.http.cookies.clear()
    return user, answer["token"]


async def opened(shop: Shop, token: str) -> websockets.ClientConnection:
    url = shop.parley.url.replace("http", "ws") + "/api/realtime/ws"
    return await websockets.connect(url, additional_headers={"authorization": f"Bearer {token}"})


async def closed(socket: websockets.ClientConnection) -> None:
    """Nothing is said to it by then: the socket would stay open for hours."""
    async with asyncio.timeout(20 * PATIENCE):
        try:
            while True:
                await socket.recv()
        except websockets.ConnectionClosed:
            return


async def test_what_is_revoked_is_out_of_every_door(shop: Shop):
    tenant = f"/api/accounts/tenants/{shop.tenant_id}"
    key = await shop.call("POST", f"{tenant}/api-keys", {"label": "socket", "role": "viewer"})
    user, session = await person(shop)
    voided_by = {
        key["key"]: ("DELETE", f"{tenant}/api-keys/{key['id']}", None),
        session: ("PATCH", f"{tenant}/users/{user['id']}", {"role": "viewer"}),
    }
    for token, act in voided_by.items():
        socket = await opened(shop, token)
        await socket.recv()
        await shop.call(*act)
        await closed(socket)

        async def refused(token: str = token) -> bool:
            for path in ("/api/conversations", "/api/accounts/me", "/api/assistants", "/api/messages"):
                headers = {"authorization": f"Bearer {token}"}
                assert (await shop.parley.http.get(path, headers=headers)).status_code == 401, path
            return True

        await eventually(refused)


async def test_a_key_used_anywhere_says_when(shop: Shop):
    path = f"/api/accounts/tenants/{shop.tenant_id}/api-keys"
    key = await shop.call("POST", path, {"label": "reader", "role": "viewer"})
    await shop.call("GET", "/api/conversations", token=key["key"])

    async def told() -> bool:
        [shown] = [one for one in (await shop.call("GET", path))["items"] if one["id"] == key["id"]]
        return shown["last_used_at"] is not None

    await eventually(told, within=10)


async def test_suspension_stops_sending_and_answering_and_says_so(shop: Shop, customer: Customer):
    ann, bob = customer(), customer()
    await shop.text(ann, "Are you open?")
    await eventually(lambda: sent(shop, ann, 1), within=20)
    conversation = await shop.conversation_with(ann)
    messages = f"/api/conversations/{conversation['id']}/messages"
    # The carrier turns Ann's text away, however often, until the suspension has reached everybody.
    busy = await shop.parley.world.fault(on="send", do="fail", status=429, retry_after=1, to=ann, count=None)
    await shop.call("POST", messages, {"text": "This one has to wait"})
    await change(shop, status="suspended")

    async def said() -> bool:
        headers = {"authorization": f"Bearer {shop.key}"}
        answer = await shop.parley.http.post(messages, json={"text": "And this one?"}, headers=headers)
        assert (answer.status_code, answer.json().get("code")) == (409, "tenant_suspended")
        return True

    await eventually(said)
    before = len(await shop.sent_to_all())
    await shop.text(bob, "Is anybody there?")

    async def refused_and_kept() -> bool:
        waited = [m for m in await shop.messages_with(ann) if m["text"] == "This one has to wait"]
        assert waited[0]["status"] == "refused", waited
        kept = [m["text"] for m in await shop.messages_with(bob)]
        assert kept == ["Is anybody there?"]
        return True

    await eventually(refused_and_kept, within=20)
    await shop.parley.world.ask("DELETE", f"/faults/{busy}")
    await asyncio.sleep(1)  # longer than the quiet moment: now it would have been answered
    assert len(await shop.sent_to_all()) == before
    await change(shop, status="active")

    async def open_again() -> bool:
        await shop.call("POST", messages, {"text": "We are back"})
        return True

    await eventually(open_again)
    await eventually(lambda: sent(shop, ann, 2), within=20)


async def change(shop: Shop, **settings: str) -> None:
    await shop.call("PATCH", f"/api/accounts/tenants/{shop.tenant_id}", settings, token=ADMIN_TOKEN)


async def sent(shop: Shop, to: str, times: int) -> bool:
    found = await shop.sent_to(to)
    assert len(found) >= times, f"{len(found)} of {times}"
    return True


async def opted_out(shop: Shop, customer: str) -> bool:
    await shop.write(customer, "one more thing", expect=409)
    return True


async def test_nothing_secret_or_personal_is_in_the_logs_or_readable_in_the_files(tmp_path: Path, customer: Customer):
    """An installation of its own, which says all it can: at `debug` there is more to leak than at `info`."""
    parley = Installation(tmp_path, None, LOG_LEVEL="debug")
    await parley.start()
    try:
        await _nothing_leaks(await Shop(parley, "+17735550199").open(quiet_seconds=0.2), customer())
    finally:
        await parley.stop()


async def _nothing_leaks(shop: Shop, ann: str) -> None:
    parley = shop.parley
    user, session = await person(shop, "admin")
    tenant = f"/api/accounts/tenants/{shop.tenant_id}"
    link = await shop.call("POST", f"{tenant}/users/{user['id']}/reset-link")
    wrong = {"email": user["email"], "password": "wrong-password-zebra"}
    assert (await parley.http.post("/api/accounts/login", json=wrong)).status_code == 401
    await shop.call("POST", f"{tenant}/connections/{shop.connection_id}/check")
    await parley.world.fault(on="send", do="fail", status=500, to=ann, count=1, accept=True)
    await parley.world.fault(on="model", do="garble", text="marzipan", count=1)
    await shop.text(ann, "do you have marzipan, I am Annabelle Quux?")
    await eventually(lambda: sent(shop, ann, 1), within=30)
    forged = {"telnyx-signature-ed25519": "x", "telnyx-timestamp": "1"}
    body = {"data": {"payload": {"from": {"phone_number": ann}, "text": "marzipan"}}}
    await parley.http.post(f"/webhooks/telnyx/{shop.connection_id}", json=body, headers=forged)
    await parley.http.get("/api/conversations", headers={"authorization": f"Bearer {shop.key}x"})
    await shop.text(ann, "STOP")
    await eventually(lambda: opted_out(shop, ann), within=30)
    logs = "\n".join(process.log.read_text(errors="replace") for process in parley.processes.values())
    assert "event_handled" in logs, "there is something to look through"
    secrets = {
        "API key": shop.key,
        "session": session,
        "link": link["token"],
        "carrier key": shop.carrier_key,
        "admin token": ADMIN_TOKEN,
        "secret key": SECRET_KEY,
        "password": PASSWORD,
        "wrong password": "wrong-password-zebra",
    }
    personal = {
        "customer's number": ann.removeprefix("+"),
        "our number": shop.number.removeprefix("+"),
        "text": "marzipan",
        "name": "Quux",
        "e-mail": user["email"],
    }
    assert [name for name, value in (secrets | personal).items() if value in logs] == []
    kept = b"".join(file.read_bytes() for file in (parley.folder / "data").glob("*.sqlite*"))
    assert user["email"].encode() in kept, "these are the files to look into"
    assert [name for name, value in secrets.items() if value.encode() in kept] == []


async def test_a_browser_is_signed_in_by_a_cookie_that_other_pages_cannot_use(shop: Shop):
    user, _ = await person(shop)
    async with httpx2.AsyncClient(base_url=shop.parley.url, trust_env=False) as browser:
        body = {"email": user["email"], "password": PASSWORD}
        assert (await browser.post("/api/accounts/login", json=body)).status_code == 200
        assert (await browser.get("/api/conversations")).status_code == 200
        assert (await browser.post("/api/realtime/tickets")).status_code == 403
        foreign = {"origin": "https://evil.example"}
        assert (await browser.post("/api/realtime/tickets", headers=foreign)).status_code == 403
        own = {"origin": shop.parley.url}
        assert (await browser.post("/api/realtime/tickets", headers=own)).status_code == 201
        assert (await browser.post("/api/accounts/logout", headers=own)).status_code == 204
        assert (await browser.get("/api/conversations")).status_code == 401
