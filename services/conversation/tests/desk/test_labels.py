"""Labels: one meaning for conversations and contacts, however they are spelled."""

from __future__ import annotations

from typing import Any

import pytest

from conversation.commands import Commands
from conversation.labels.domain.label_list import renamed, with_labels
from conversation.people.requests import ContactRequests
from conversation_world import OTHER, World


def test_a_list_has_each_label_once_in_its_first_spelling() -> None:
    assert with_labels(["VIP", "new  lead"], ["vip", "New Lead", " ", "late"]) == ("VIP", "new lead", "late")
    assert with_labels(["VIP", "late"], removed=["vip"]) == ("late",)
    assert renamed(["VIP", "late"], "vip", "Gold") == ("Gold", "late")
    assert renamed(["VIP", "Gold"], "vip", "gold") == ("gold",)
    assert renamed(["VIP"], "vip", None) == ()


async def _labels(world: World, tenant: str = "ten_one") -> dict[str, str]:
    async with world.client(tenant, role="viewer") as client:
        return {one["name"]: one["id"] for one in (await client.get("/api/labels")).json()["items"]}


async def test_a_label_is_unique_in_its_tenant_and_made_once_per_key(world: World) -> None:
    async with world.client() as client:
        key = {"idempotency-key": "k"}
        made = [await client.post("/api/labels", json={"name": " VIP "}, headers=key) for _ in range(2)]
        assert {(one.status_code, one.json()["id"], one.json()["name"]) for one in made} == {
            (201, made[0].json()["id"], "VIP")
        }
        other = await client.post("/api/labels", json={"name": "late"}, headers=key)
        assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
        twin = await client.post("/api/labels", json={"name": "vip"})
        assert (twin.status_code, twin.json()["code"]) == (409, "label_exists")
        for name in ("\u200b", "x" * 51, "a\0b"):
            assert (await client.post("/api/labels", json={"name": name})).status_code == 422
    async with world.client(OTHER) as client:
        assert (await client.post("/api/labels", json={"name": "vip"})).status_code == 201


async def test_a_new_name_makes_a_label_and_an_id_stands_for_its_name(world: World) -> None:
    await world.text("Hello")
    id = (await world.conversation())["id"]
    async with world.client() as client:
        path = f"/api/conversations/{id}"
        assert (await client.patch(path, json={"labels": ["VIP"]})).json()["labels"] == ["VIP"]
        for label in ("vip", (await _labels(world))["VIP"]):
            listed = (await client.get("/api/conversations", params={"label": label})).json()["items"]
            assert [one["id"] for one in listed] == [id]
        vip = (await _labels(world))["VIP"]
        assert (await client.patch(path, json={"labels": [vip, "late"]})).json()["labels"] == ["VIP", "late"]
        added = {"add_labels": ["vip", "new"], "remove_labels": ["LATE"]}
        assert (await client.patch(path, json=added)).json()["labels"] == ["VIP", "new"]
        contact = f"/api/contacts/{(await client.get(path)).json()['contact']['id']}"
        assert (await client.get(contact)).status_code == 200
        assert (await client.patch(contact, json={"labels": ["vip"]})).json()["labels"] == ["VIP"]
    assert set(await _labels(world)) == {"VIP", "late", "new"}


async def test_a_contacts_new_label_is_in_the_catalogue(world: World) -> None:
    async with world.client() as client:
        made = await client.post("/api/contacts", json={"phone_number": "+12025550177", "labels": ["Wedding"]})
        assert (made.status_code, made.json()["labels"]) == (201, ["Wedding"])
        path = f"/api/contacts/{made.json()['id']}"
        for wanted in (["wedding", "late"], ["LATE", "Wedding"]):
            patched = (await client.patch(path, json={"labels": wanted})).json()
            assert set(patched["labels"]) == {"Wedding", "late"}
    assert set(await _labels(world)) == {"Wedding", "late"}


async def test_a_renamed_or_deleted_label_is_followed_everywhere_even_in_archived_conversations(world: World) -> None:
    await world.text("Hello")
    first = await world.conversation()
    async with world.client(role="admin") as admin:
        await admin.patch(f"/api/conversations/{first['id']}", json={"labels": ["VIP", "late"]})
        await admin.patch(f"/api/contacts/{first['contact']['id']}", json={"labels": ["VIP"]})
        for _ in range(11):  # the thread holds the latest ten conversations
            world.clock.advance(31 * 86400)
            await world.text("Me again")
        latest = await world.conversation()
        await admin.patch(f"/api/conversations/{latest['id']}", json={"labels": ["VIP"]})
        labels = await _labels(world)
        gold = await admin.patch(f"/api/labels/{labels['VIP']}", json={"name": "Gold"})
        assert (gold.json()["id"], gold.json()["name"]) == (labels["VIP"], "Gold")
        await admin.delete(f"/api/labels/{labels['late']}")
        await world.due()
        shown = [(await admin.get(f"/api/conversations/{one['id']}")).json()["labels"] for one in (first, latest)]
        assert shown == [["Gold"], ["Gold"]]
        assert (await admin.get(f"/api/contacts/{first['contact']['id']}")).json()["labels"] == ["Gold"]
    assert set(await _labels(world)) == {"Gold"}


async def test_a_contacts_new_labels_are_made_and_known_ones_keep_their_spelling(world: World) -> None:
    async with world.client(role="admin") as admin:
        vip = (await admin.post("/api/labels", json={"name": "VIP"})).json()["id"]
        asked = {"email": "ada@example.com", "labels": ["vip", "late", " Late ", vip]}
        key = {"idempotency-key": "k"}
        made = (await admin.post("/api/contacts", json=asked, headers=key)).json()
        assert made["labels"] == ["VIP", "late"]
        changed = await admin.patch(f"/api/contacts/{made['id']}", json={"labels": ["LATE", "new"]})
        assert changed.json()["labels"] == ["late", "new"]
        assert set(await _labels(world)) == {"VIP", "late", "new"}
        await admin.patch(f"/api/labels/{vip}", json={"name": "Gold"})
        again = await admin.post("/api/contacts", json=asked, headers=key)
        assert (again.status_code, again.json()["id"]) == (201, made["id"])
        for name in ("\u200b", "x" * 51):
            body = {"email": "bo@example.com", "labels": [name]}
            assert (await admin.post("/api/contacts", json=body)).status_code == 422
        assert [one["name"] for one in (await admin.get("/api/contacts", params={"q": "bo@"})).json()["items"]] == []


@pytest.mark.parametrize("method", ["patch", "delete"])
async def test_only_admins_change_labels_that_all_share(world: World, method: str) -> None:
    async with world.client() as agent:
        made = (await agent.post("/api/labels", json={"name": "VIP"})).json()
        more = {"json": {"color": "#0f766e"}} if method == "patch" else {}
        assert (await agent.request(method, f"/api/labels/{made['id']}", **more)).status_code == 403


async def test_a_conversation_has_fifty_labels_at_most(world: World) -> None:
    await world.text("Hello")
    id = (await world.conversation())["id"]
    async with world.client() as client:
        await client.patch(f"/api/conversations/{id}", json={"labels": [f"l{n}" for n in range(50)]})
        more = await client.patch(f"/api/conversations/{id}", json={"add_labels": ["one more"]})
        assert (more.status_code, more.json()["code"]) == (422, "too_many_labels")


@pytest.mark.parametrize("of", [Commands, ContactRequests])
async def test_a_label_deleted_while_it_is_given_is_in_the_catalogue_again(
    world: World, monkeypatch: pytest.MonkeyPatch, of: type
) -> None:
    await world.text("Hello")
    known = await world.conversation()
    name = "apply" if of is Commands else "change"
    late = getattr(of, name)

    async def after_the_deletion(*given: Any) -> Any:
        async with world.client(role="admin") as admin:
            await admin.delete(f"/api/labels/{(await _labels(world))['VIP']}")
        await world.due()
        return await late(*given)

    monkeypatch.setattr(of, name, after_the_deletion)
    path = f"conversations/{known['id']}" if of is Commands else f"contacts/{known['contact']['id']}"
    async with world.client() as client:
        assert (await client.patch(f"/api/{path}", json={"labels": ["VIP"]})).json()["labels"] == ["VIP"]
    assert set(await _labels(world)) == {"VIP"}
