"""The page of one customer on three channels, and what its webhooks look like."""

from __future__ import annotations

import json
from typing import Any

import httpx2
import pytest

from sandbox.neighbours.channels import Channels
from sandbox.neighbours.person import Person
from sandbox.settings import SandboxSettings
from sandbox.state import SandboxState
from shared.clock import ManualClock
from shared.errors import Unavailable

MAYA = Person(name="Maya Torres", phone_number="+13125550141", email="Maya@torres.example")
CONTACT = {"id": "cct_1", "phone_numbers": [MAYA.phone_number], "emails": ["maya@torres.example"], "name": "Maya"}


class Parley:
    """Takes the requests of the sandbox; the contact appears between the first look and the first try to add it."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, str, Any]] = []
        self.void: set[str] = set()

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        path, body = request.url.path, json.loads(request.content or b"null")
        self.seen.append((request.method, path, body))
        if path == "/api/contacts" and request.method == "POST":
            return httpx2.Response(409, json={"code": "identifier_taken"})
        if path == "/api/contacts":
            adding = ("POST", "/api/contacts") in [(method, where) for method, where, _ in self.seen]
            return httpx2.Response(200, json={"items": [CONTACT] if adding else []})
        if path == "/api/neighbours":
            n = sum(where == path for _, where, _ in self.seen)
            return httpx2.Response(201, json={"url": f"https://known.example/api/neighbours/hooks/{n}"})
        if path in self.void:
            return httpx2.Response(404, json={"detail": "this address is void"})
        return httpx2.Response(200, json={"status": "taken", "id": "act_1", "items": []})

    def posted(self) -> list[tuple[str, Any]]:
        return [(path, body) for _, path, body in self.seen if "/hooks/" in path]


@pytest.fixture
def parley() -> Parley:
    return Parley()


@pytest.fixture
def channels(parley: Parley) -> Channels:
    def connect() -> httpx2.AsyncClient:
        return httpx2.AsyncClient(transport=httpx2.MockTransport(parley))

    return SandboxState(SandboxSettings(public_url="http://parley.test"), ManualClock(), connect).channels


async def test_chat_and_mail_go_to_addresses_that_parley_gave_and_the_contact_is_one(
    channels: Channels, parley: Parley
):
    channels.join("pk_admin")
    await channels.chat(MAYA, "Parking?", "visitor")
    await channels.chat(MAYA, "Behind the house.", "agent")
    await channels.email(MAYA, "Saturday", "At ten?")
    paths = [path.rpartition("/")[2] for path, _ in parley.posted()]
    assert paths == ["1", "1", "2"]
    chat, answer, mail = (body for _, body in parley.posted())
    assert (chat["message_type"], answer["message_type"]) == ("incoming", "outgoing")
    assert answer["conversation"]["meta"]["sender"]["email"] == mail["FromFull"]["Email"] == MAYA.email
    view = await channels.view(MAYA)
    assert [one["text"] for one in view["said"]] == ["Parking?", "Behind the house.", "At ten?"]


async def test_an_address_that_became_void_is_asked_for_anew(channels: Channels, parley: Parley):
    channels.join("pk_admin")
    parley.void.add("/api/neighbours/hooks/1")
    with pytest.raises(Unavailable, match="this address is void"):
        await channels.chat(MAYA, "Parking?", "visitor")
    assert (await channels.chat(MAYA, "Parking?", "visitor"))["answer"]["status"] == "taken"


async def test_without_a_tenant_the_page_says_what_is_missing(world: Any):
    for page in ("/sandbox/channels", "/sandbox/phone/channels.js", "/sandbox/phone/channels.css"):
        assert (await world.http.get(page)).status_code == 200
    answer = await world.http.get("/sandbox/control/neighbours", params=MAYA.model_dump())
    assert (answer.status_code, answer.json()["code"]) == (503, "no_tenant")
