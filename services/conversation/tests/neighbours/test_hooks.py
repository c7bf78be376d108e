"""Setting up a neighbour, and its webhooks: address, signature, size, repeats, tenants apart."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx2
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from contacts_play import made, timeline
from conversation.neighbours.adapters import chatwoot
from conversation.neighbours.domain.neighbour import MOST_NEIGHBOURS
from conversation.neighbours.post import MOST_FIELD_BYTES, MOST_FORM_BYTES
from conversation_world import OTHER, TENANT, World
from shared.events import ContactActivity

SAMPLES = Path(__file__).parent / "samples"
SECRET = "a secret that both sides know"
DAY = 86_400
EMAIL = "ada@engines.example"
Json = dict[str, Any]


def sample(name: str) -> Json:
    return json.loads((SAMPLES / f"{name}.json").read_text())


async def added(world: World, tenant: str = TENANT, **fields: Any) -> Json:
    async with world.client(tenant, role="admin") as client:
        answer = await client.post("/api/neighbours", json=fields)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def posted(world: World, url: str, **request: Any) -> httpx2.Response:
    """The neighbour posts, and conversation handles the event that this makes."""
    known = len(world.broker.events(ContactActivity))
    transport = httpx2.ASGITransport(app=world.app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://test") as stranger:
        answer = await stranger.post(urlsplit(url).path, **request)
    for event in world.broker.events(ContactActivity)[known:]:
        await world.handle[ContactActivity](event)
    return answer


def signed_chat(body: bytes, secret: str = SECRET) -> Json:
    stamp = "1773151090"
    code = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    return {"X-Chatwoot-Timestamp": stamp, "X-Chatwoot-Signature": f"sha256={code}"}


async def test_a_chat_reaches_the_timeline_of_the_contact_with_its_address(world: World) -> None:
    world.clock.advance(70 * DAY)
    contact = await made(world, {"email": EMAIL})
    there = await added(world, kind="chatwoot", secret=SECRET, app_url="https://chat.bakery.example")
    assert there["checks_signature"]
    assert SECRET not in json.dumps(there)
    for name in ("chatwoot_incoming", "chatwoot_outgoing", "chatwoot_incoming"):
        body = json.dumps(sample(name)).encode()
        answer = await posted(world, there["url"], content=body, headers=signed_chat(body))
        assert (answer.status_code, answer.json()["status"]) == (200, "taken")
    items = await timeline(world, contact["id"])
    assert [(item["channel"], item["direction"], item["summary"]) for item in items] == [
        ("chat", "outbound", "Yes, every Thursday."),
        ("chat", "inbound", "Do you bake without nuts?"),
    ]


async def test_what_is_left_out_is_answered_with_the_reason_and_shown_to_admins(world: World) -> None:
    there = await added(world, kind="chatwoot")
    answer = await posted(world, there["url"], json=sample("chatwoot_private_note"))
    assert (answer.status_code, answer.json()) == (200, {"status": "ignored", "reason": "private_note"})
    assert world.broker.events(ContactActivity) == []
    async with world.client(role="admin") as client:
        [shown] = (await client.get("/api/neighbours")).json()["items"]
    assert (shown["last"]["outcome"], shown["last"]["reason"]) == ("ignored", "private_note")
    assert shown["revision"] == 1


async def test_a_wrong_or_missing_signature_is_refused(world: World) -> None:
    there = await added(world, kind="chatwoot", secret=SECRET)
    body = json.dumps(sample("chatwoot_incoming")).encode()
    for headers in ({}, signed_chat(body, "another secret"), signed_chat(body + b" ")):
        answer = await posted(world, there["url"], content=body, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (401, "wrong_signature")
    assert world.broker.events(ContactActivity) == []


async def test_mailguns_form_is_taken_with_its_signature_only(world: World) -> None:
    there = await added(world, kind="mailgun", secret=SECRET)
    told = sample("mailgun_inbound")
    assert (await posted(world, there["url"], data=told)).status_code == 401
    signature = hmac.new(SECRET.encode(), (told["timestamp"] + told["token"]).encode(), hashlib.sha256).hexdigest()
    signed = {**told, "signature": signature}
    assert (await posted(world, there["url"], data=signed)).json()["status"] == "taken"
    with_file = await posted(world, there["url"], data=signed, files={"attachment-1": ("a.png", b"\x89PNG")})
    assert with_file.json()["status"] == "taken"
    assert len({event.id for event in world.broker.events(ContactActivity)}) == 1


async def test_sendgrids_signature_covers_its_whole_form(world: World) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    der = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    there = await added(world, kind="sendgrid", secret=base64.b64encode(der).decode())
    built = httpx2.Request(
        "POST", "http://x", data=sample("sendgrid_inbound"), files={"attachment1": ("a.png", b"\x89PNG" * 99_000)}
    )
    body = built.read()
    signature = base64.b64encode(key.sign(b"1773151090" + body, ec.ECDSA(hashes.SHA256()))).decode()
    names = "X-Twilio-Email-Event-Webhook-Signature", "X-Twilio-Email-Event-Webhook-Timestamp"
    headers = {"Content-Type": built.headers["content-type"], names[0]: signature, names[1]: "1773151090"}
    assert (await posted(world, there["url"], content=body, headers=headers)).json()["status"] == "taken"
    for wrong in ({names[1]: "1773151091"}, {names[0]: "!"}, {names[0]: ""}):
        answer = await posted(world, there["url"], content=body, headers={**headers, **wrong})
        assert answer.status_code == 401
    changed = body.replace(b"five suits", b"nine suits")
    assert (await posted(world, there["url"], content=changed, headers=headers)).status_code == 401


async def test_postmark_has_no_secret_and_skips_attachments_however_large(world: World) -> None:
    contact = await made(world, {"email": EMAIL})
    async with world.client(role="admin") as client:
        refused = await client.post("/api/neighbours", json={"kind": "postmark", "secret": SECRET})
        wrong = await client.post("/api/neighbours", json={"kind": "sendgrid", "secret": SECRET})
    assert (refused.json()["code"], wrong.json()["code"]) == ("does_not_sign", "invalid_secret")
    there = await added(world, kind="postmark")
    told = sample("postmark_inbound")
    told["Attachments"][0]["Content"] = "A" * 3_000_000
    assert (await posted(world, there["url"], json=told)).json()["status"] == "taken"
    [item] = await timeline(world, contact["id"])
    assert (item["channel"], item["text"].splitlines()[-1]) == ("email", "Ada")


async def test_too_large_a_body_is_refused_and_too_long_a_field_is_cut(world: World) -> None:
    chat, mail = await added(world, kind="chatwoot"), await added(world, kind="mailgun")
    answer = await posted(world, chat["url"], content=b" " * (chatwoot.MOST_BYTES + 1))
    assert answer.status_code == 413
    told = {**sample("mailgun_inbound"), "body-plain": "word " * MOST_FIELD_BYTES}
    answer = await posted(world, mail["url"], data=told, files={"attachment-1": ("a.png", b"x")})
    assert answer.json()["status"] == "taken"
    [event] = world.broker.events(ContactActivity)
    assert len(event.data.text) == 10_000
    too_much = {**told, "body-html": "x" * MOST_FORM_BYTES}
    assert (await posted(world, mail["url"], data=too_much)).status_code == 413


async def test_what_cannot_be_read_is_malformed(world: World) -> None:
    bodies = [
        ("chatwoot", b"{", "application/json"),
        ("postmark", b"not json", "text/plain"),
        ("sendgrid", b"--x\r\nhalf", "multipart/form-data; boundary=x"),
        ("sendgrid", b"", "multipart/form-data"),
        ("mailgun", urlencode([("a", "1")] * 300).encode(), "application/x-www-form-urlencoded"),
    ]
    for kind, content, type in bodies:
        there = await added(world, kind=kind)
        answer = await posted(world, there["url"], content=content, headers={"Content-Type": type})
        assert (answer.status_code, answer.json()["code"]) == (400, "malformed"), (kind, content)


async def test_an_address_is_void_after_rotation_and_deletion_and_cannot_be_guessed(world: World) -> None:
    there = await added(world, kind="postmark")
    async with world.client(role="admin") as client:
        rotate = f"/api/neighbours/{there['id']}/rotate"
        twice = [(await client.post(rotate, headers={"Idempotency-Key": "k"})).json()["url"] for _ in range(2)]
        rotated = (await client.post(rotate)).json()["url"]
    assert twice[0] == twice[1]
    assert len({there["url"], twice[0], rotated}) == 3
    for void in (there["url"], twice[0], rotated[:-1], rotated.replace(".3.", ".4."), f"{rotated}.x"):
        assert (await posted(world, void, json=sample("postmark_inbound"))).status_code == 404
    assert (await posted(world, rotated, json=sample("postmark_inbound"))).status_code == 200
    async with world.client(role="admin") as client:
        assert (await client.delete(f"/api/neighbours/{there['id']}")).status_code == 204
        assert (await client.get(f"/api/neighbours/{there['id']}")).status_code == 404
    assert (await posted(world, rotated, json=sample("postmark_inbound"))).status_code == 404


async def test_a_webhook_counts_for_the_tenant_of_its_address(world: World) -> None:
    ours, theirs = await added(world, kind="postmark"), await added(world, OTHER, kind="postmark")
    for there in (ours, theirs):
        await posted(world, there["url"], json=sample("postmark_inbound"))
    events = world.broker.events(ContactActivity)
    assert sorted(event.tenant_id for event in events) == [TENANT, OTHER]
    assert len({event.data.activity_id for event in events}) == 2
    async with world.client(OTHER, role="admin") as client:
        assert (await client.get(f"/api/neighbours/{ours['id']}")).status_code == 404
        assert (await client.patch(f"/api/neighbours/{ours['id']}", json={"name": "x"})).status_code == 404


async def test_a_chat_waits_while_the_broker_is_away_because_chatwoot_sends_it_once(world: World) -> None:
    there = await added(world, kind="chatwoot")
    world.broker.away = True
    for _ in range(2):
        answer = await posted(world, there["url"], json=sample("chatwoot_incoming"))
        assert (answer.status_code, answer.json()["status"]) == (200, "taken")
    world.broker.away = False
    await world.pass_time(5)
    await world.service.relay.sweep()
    [event] = world.broker.events(ContactActivity)
    assert (event.tenant_id, event.subject) == (TENANT, answer.json()["id"])


async def test_a_neighbour_is_changed_and_its_secret_removed(world: World) -> None:
    there = await added(world, kind="chatwoot", secret=SECRET)
    change = {"name": "Widget", "secret": None, "own_addresses": ["Hello@Bakery.example", "@BAKERY.example"]}
    async with world.client(role="admin") as client:
        changed = (await client.patch(f"/api/neighbours/{there['id']}", json=change)).json()
        wrong = await client.patch(f"/api/neighbours/{there['id']}", json={"own_addresses": ["@"]})
    assert (changed["name"], changed["checks_signature"], changed["revision"]) == ("Widget", False, 2)
    assert changed["own_addresses"] == ["hello@bakery.example", "@bakery.example"]
    assert wrong.status_code == 422
    assert (await posted(world, there["url"], json=sample("chatwoot_incoming"))).status_code == 200


async def test_a_tenant_has_twenty_neighbours_and_a_repeat_at_the_limit_gets_its_first_answer(world: World) -> None:
    async with world.client(role="admin") as client:
        made = [
            await client.post("/api/neighbours", json={"kind": "chatwoot"}, headers={"Idempotency-Key": f"{n}"})
            for n in range(MOST_NEIGHBOURS)
        ]
        more = await client.post("/api/neighbours", json={"kind": "chatwoot"})
        again = await client.post("/api/neighbours", json={"kind": "chatwoot"}, headers={"Idempotency-Key": "3"})
        await client.delete(f"/api/neighbours/{made[0].json()['id']}")
        instead = await client.post("/api/neighbours", json={"kind": "chatwoot"})
    assert (more.status_code, more.json()["code"]) == (409, "too_many_neighbours")
    assert again.json() == made[3].json()
    assert instead.status_code == 201
