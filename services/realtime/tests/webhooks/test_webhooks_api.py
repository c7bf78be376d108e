"""`/api/webhooks` of running instances: from an event on the broker to a post at the receiver, and who may do what."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest

from realtime.settings import Settings
from realtime.webhooks.build import reach_of
from shared.access.gate import Principal, sign
from shared.outgoing.reach import LOOPBACK
from testkit.eventually import eventually
from webhook_world import receiving

T = "ten_1"
HERE = {"realtime_webhook_networks": "127.0.0.0/8"}


class Client:
    def __init__(self, installation: Any, at: Any, role: str = "admin", tenant_id: str = T) -> None:
        who = Principal(tenant_id, role, f"key_{role}", None, installation.clock.now(), None)  # type: ignore[arg-type]
        self._headers = {"authorization": f"Bearer {sign(installation.keyring, who)}"}
        self._url = f"{at.url}/api/webhooks"

    async def ask(self, method: str, path: str = "", body: Any = None, key: str = "", status: int = 200) -> Any:
        headers = self._headers | ({"idempotency-key": key} if key else {})
        async with httpx2.AsyncClient(trust_env=False, verify=False, timeout=30) as http:
            answer = await http.request(method, self._url + path, json=body, headers=headers)
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else None


async def test_an_event_reaches_the_receiver_and_the_list_shows_it(installation, conversation_event) -> None:
    at, other = await installation.instance(**HERE), await installation.instance(**HERE)
    client = Client(installation, at)
    async with receiving() as receiver, receiving() as foreign:
        made = await client.ask("POST", body={"url": receiver.url, "events": ["message.status"]}, status=201)
        theirs = Client(installation, other, tenant_id="ten_2")
        await theirs.ask("POST", body={"url": foreign.url, "events": ["message.status"]}, status=201)
        await installation.publish(conversation_event(T, 1, "for you"))
        await eventually(lambda: receiver.posts)
        [post] = receiver.posts
        assert post.signed_with(made["secret"])
        assert post.data["message"]["text"] == "for you"

        async def listed() -> Any:
            page = await client.ask("GET", f"/{made['id']}/deliveries")
            return [item for item in page["items"] if item["state"] == "delivered"]

        [delivery] = await eventually(listed)
        assert delivery["event_id"] == post.id
        assert (delivery["last"]["status"], delivery["attempts"]) == (200, 1)
        assert foreign.posts == []


async def test_a_webhook_made_at_one_instance_gets_what_another_numbers(installation, conversation_event) -> None:
    one, two = await installation.instance(**HERE), await installation.instance(**HERE)
    async with receiving() as receiver:
        await Client(installation, one).ask(
            "POST", body={"url": receiver.url, "events": ["message.status"]}, status=201
        )
        for revision in range(1, 21):
            await installation.publish(conversation_event(T, revision, id=f"cnv_{revision}"))
        await eventually(lambda: len(set(receiver.ids)) == 20, within=20)
        assert two.hub


async def test_a_secret_is_shown_once_and_repeats_make_one_webhook(installation) -> None:
    client = Client(installation, await installation.instance())
    body = {"url": "https://example.com/hook", "events": ["message.received"], "active": False}
    made = await client.ask("POST", body=body, key="k1", status=201)
    assert made["secret"].startswith("whsec_")
    again = await client.ask("POST", body=body, key="k1", status=201)
    assert again == made | {"secret": None}
    reused = await client.ask("POST", body=body | {"active": True}, key="k1", status=422)
    assert reused["code"] == "idempotency_key_reused"
    path = f"/{made['id']}"
    for shown in (await client.ask("GET", path), (await client.ask("GET"))["items"][0]):
        assert shown == {name: value for name, value in made.items() if name != "secret"}
    rotated = await client.ask("POST", f"{path}/rotate-secret")
    assert rotated["secret"] not in (None, made["secret"])
    assert rotated["old_secret_signs_until"] is not None
    await client.ask("DELETE", path, status=204)
    await client.ask("GET", path, status=404)
    assert (await client.ask("GET"))["items"] == []


async def test_what_cannot_work_is_refused_with_its_reason(installation) -> None:
    client = Client(installation, await installation.instance())
    good = {"url": "https://example.com/", "events": ["message.received"]}
    for wrong, code in (
        ({"url": "http://example.com/"}, "https_only"),
        ({"url": "https://127.0.0.1/"}, "forbidden_address"),
        ({"url": "https://example.com:25/"}, "forbidden_port"),
        ({"url": "nonsense"}, "bad_url"),
        ({"events": []}, "invalid_request"),
        ({"events": ["tenant.changed"]}, "invalid_request"),
        ({"secret": "x"}, "invalid_request"),
    ):
        problem = await client.ask("POST", body=good | wrong, status=422)
        assert problem["code"] == code or code == "invalid_request", problem
    made = await client.ask("POST", body=good, status=201)
    refused = await client.ask("PATCH", f"/{made['id']}", {"url": "https://10.0.0.1/"}, status=422)
    assert refused["code"] == "forbidden_address"
    assert (await client.ask("PATCH", f"/{made['id']}", {"url": None}, status=422))["code"] == "cannot_be_null"
    for n in range(9):
        await client.ask("POST", body=good, key=f"webhook {n}", status=201)
    assert (await client.ask("POST", body=good, status=409))["code"] == "too_many_webhooks"
    again = await client.ask("POST", body=good, key="webhook 8", status=201)
    assert again["url"] == good["url"], "a repeat at the limit gets its first answer"


async def test_open_streams_hear_how_a_webhook_stands(installation) -> None:
    at = await installation.instance(**HERE)
    client = Client(installation, at)
    async with receiving(410) as receiver, installation.sse(at, installation.key(T)) as stream:
        made = await client.ask("POST", body={"url": receiver.url, "events": ["message.status"]}, status=201)
        tested = await client.ask("POST", f"/{made['id']}/test")
        assert tested["last"]["problem"] == "gone"

        def heard() -> Any:
            return [frame["data"]["webhook"] for frame in stream.frames if frame["type"] == "webhook.updated"]

        await eventually(lambda: len(heard()) == 2)
        assert [shown["active"] for shown in heard()] == [True, False]
        assert heard()[-1]["disabled"]["reason"] == "gone"
        assert made["secret"] not in str(stream.frames)
        on = await client.ask("PATCH", f"/{made['id']}", {"active": True})
        assert (on["active"], on["disabled"]) == (True, None)


@pytest.mark.parametrize(
    ("settings", "here"),
    [
        ({"sandbox": "on"}, True),
        ({}, True),  # auto, on this machine's own address, nothing real set
        ({"sandbox": "off"}, False),
        ({"sandbox": "on", "host": "0.0.0.0"}, False),
        ({"public_url": "https://parley.example"}, False),
        ({"sandbox": "off", "realtime_webhook_networks": "127.0.0.1"}, True),
    ],
)
def test_this_machine_is_reached_in_a_sandbox_of_its_own_or_by_the_operators_word(settings: Any, here: bool) -> None:
    reach = reach_of(Settings(_env_file=None, **settings))
    assert reach.allows("127.0.0.1", 3000, secure=False) is here
    assert (set(LOOPBACK) <= set(reach.permitted)) is (here and "realtime_webhook_networks" not in settings)
