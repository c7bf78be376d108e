from __future__ import annotations

import asyncio
import json

import pytest

from accounts.idempotency import RequestKeys
from accounts.tenants.domain.api_keys import hash_of
from shared.access.gate import read
from testkit.eventually import eventually

NUMBER = "+13125550001"


async def test_a_tenant_is_opened_read_listed_and_changed(world):
    made = await world.made("/tenants", {"name": " Corner Bakery ", "timezone": "America/Chicago", "ai_mode": "auto"})
    assert made["name"] == "Corner Bakery"
    assert (made["ai_mode"], made["default_region"], made["resume_days"], made["revision"]) == ("auto", "US", 30, 1)
    assert (await world.ask("GET", f"/tenants/{made['id']}")).json() == made
    assert (await world.ask("GET", "/tenants")).json() == {"items": [made], "next_cursor": None}
    changed = await world.ask("PATCH", f"/tenants/{made['id']}", {"quiet_seconds": 0.5, "daily_cap": {"nano": 5}})
    assert changed.status_code == 200
    assert changed.json() == made | {
        "quiet_seconds": 0.5,
        "daily_cap": {"nano": 5, "currency": "USD"},
        "revision": 2,
    }
    row = await world.internal(f"tenants/{made['id']}")
    assert (row["quiet_seconds"], row["revision"]) == (0.5, 2)


async def test_a_new_tenant_only_gets_suggestions(world):
    assert (await world.made("/tenants", {"name": "x"}))["ai_mode"] == "suggest"


async def test_a_change_that_changes_nothing_tells_nobody(world):
    tenant_id = await world.tenant()
    await eventually(lambda: _depth(world, "realtime.tenant.changed.v1", 1))
    again = await world.ask("PATCH", f"/tenants/{tenant_id}", {"ai_mode": "suggest"})
    assert again.json()["revision"] == 1
    await world.ask("PATCH", f"/tenants/{tenant_id}", {"ai_mode": "off"})
    await eventually(lambda: _depth(world, "realtime.tenant.changed.v1", 2))


async def test_a_wrong_setting_is_refused_by_name(world):
    for body, field in [
        ({}, "name"),
        ({"name": "  "}, "name"),
        ({"name": "x", "timezone": "Mars/Olympus"}, "timezone"),
        ({"name": "x", "timezone": "../../etc/passwd"}, "timezone"),
        ({"name": "x", "timezone": None}, "timezone"),
        ({"name": "x", "default_region": "XX"}, "default_region"),
        ({"name": "x", "resume_days": 0}, "resume_days"),
        ({"name": "x", "quiet_seconds": -1}, "quiet_seconds"),
        ({"name": "x", "ai_mode": "sometimes"}, "ai_mode"),
        ({"name": "x", "quiet_hours": {"opens": 22, "closes": 8}}, "quiet_hours"),
        ({"name": "x", "quite_seconds": 3}, "quite_seconds"),
        ({"name": "x", "daily_cap": {"nano": -5}}, "daily_cap"),
        ({"name": "x", "monthly_cap": {"nano": 10**18 + 1}}, "monthly_cap"),
        ({"name": "x", "monthly_cap": {"nano": 99_999_999_999_999_999_999}}, "monthly_cap"),
    ]:
        response = await world.ask("POST", "/tenants", body)
        assert response.status_code == 422
        assert response.headers["content-type"] == "application/problem+json"
        assert response.json()["errors"][0]["field"].startswith(field)


async def test_a_cap_may_be_nothing_at_all_and_very_large(world):
    made = await world.made("/tenants", {"name": "x", "daily_cap": {"nano": 0}, "monthly_cap": {"nano": 10**18}})
    assert (made["daily_cap"]["nano"], made["monthly_cap"]["nano"]) == (0, 10**18)


async def test_both_caps_are_in_one_currency_whenever_each_was_set(world):
    euros, dollars = {"nano": 5, "currency": "EUR"}, {"nano": 9, "currency": "USD"}
    both = {"daily_cap": euros, "monthly_cap": dollars}
    refused = await world.ask("POST", "/tenants", {"name": "x", **both})
    assert (refused.status_code, refused.json()["code"]) == (422, "caps_in_two_currencies")
    tenant_id = await world.tenant(daily_cap=euros)
    for change in (both, {"monthly_cap": dollars}):
        refused = await world.ask("PATCH", f"/tenants/{tenant_id}", change)
        assert (refused.status_code, refused.json()["code"]) == (422, "caps_in_two_currencies")
    changed = await world.ask("PATCH", f"/tenants/{tenant_id}", {"monthly_cap": dollars, "daily_cap": dollars})
    assert (changed.status_code, changed.json()["daily_cap"]) == (200, dollars)
    changed = await world.ask("PATCH", f"/tenants/{tenant_id}", {"monthly_cap": euros, "daily_cap": None})
    assert (changed.status_code, changed.json()["monthly_cap"]) == (200, euros)


async def test_a_region_in_small_letters_is_the_same_region(world):
    assert (await world.made("/tenants", {"name": "x", "default_region": "gb"}))["default_region"] == "GB"


async def test_a_connection_never_shows_its_api_key_again(world):
    tenant_id = await world.tenant()
    body = {
        "kind": "telnyx",
        "api_key": "KEY-very-secret-123",
        "public_key": "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=",
    }
    response = await world.ask("POST", f"/tenants/{tenant_id}/connections", body)
    made = response.json()
    assert made["webhook_url"] == f"https://parley.example/webhooks/telnyx/{made['id']}"
    listed = await world.ask("GET", f"/tenants/{tenant_id}/connections")
    assert listed.json()["items"] == [made]
    row = await world.internal(f"connections/{made['id']}")
    everything = response.text + listed.text + json.dumps(row) + await _everything(world)
    assert "KEY-very-secret-123" not in everything
    assert world.platform.keyring.unseal(row["encrypted_api_key"]) == "KEY-very-secret-123"


async def test_a_public_key_is_32_bytes_of_base64(world):
    for key in ["", "abc", "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMb", "-----BEGIN PUBLIC KEY-----"]:
        tenant_id = await world.tenant()
        body = {"kind": "telnyx", "api_key": "KEY1", "public_key": key}
        response = await world.ask("POST", f"/tenants/{tenant_id}/connections", body)
        assert response.status_code == 422
        assert response.json()["errors"][0]["field"] == "public_key"


async def test_an_api_key_that_no_header_can_carry_is_refused_with_the_reason(world):
    for key in ["KEY…", "KEY\u200b123", "KEY\n123"]:
        tenant_id = await world.tenant()
        path = f"/tenants/{tenant_id}/connections"
        body = {"kind": "telnyx", "api_key": key, "public_key": "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg="}
        added = await world.ask("POST", path, body)
        changed = await world.ask("PATCH", f"{path}/{await world.connection(tenant_id)}", {"api_key": key})
        for response in (added, changed):
            assert response.status_code == 422
            assert response.json()["errors"][0]["field"] == "api_key"
            assert "printable ASCII" in response.text
            assert key not in response.text


async def test_two_public_keys_may_sign_while_one_is_replaced(world):
    tenant_id = await world.tenant()
    id = await world.connection(tenant_id)
    other = "iojj3XQJ8ZX9UtstPLpdcspnCb8dlBIb83SIAbQPb1w="
    keys = ["A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=", other]
    changed = await world.ask("PATCH", f"/tenants/{tenant_id}/connections/{id}", {"public_keys": keys})
    assert (changed.json()["public_keys"], changed.json()["revision"]) == (keys, 2)
    same = await world.ask("PATCH", f"/tenants/{tenant_id}/connections/{id}", {"api_key": "KEY-very-secret-123"})
    assert same.json()["revision"] == 2


async def test_a_national_number_is_read_in_the_tenants_region(world):
    tenant_id = await world.tenant()
    body = {"phone_number": "(312) 555-0001", "connection_id": await world.connection(tenant_id)}
    made = await world.made(f"/tenants/{tenant_id}/numbers", body)
    assert made["phone_number"] == NUMBER
    row = await world.internal(f"numbers/{NUMBER}")
    assert (row["tenant_id"], row["assigned_at"]) == (tenant_id, "2100-01-01T00:00:00Z")


async def test_a_number_has_one_owner_and_nobody_learns_who(world):
    first, second = await world.tenant("A"), await world.tenant("B")
    mine = {"phone_number": NUMBER, "connection_id": await world.connection(first)}
    theirs = {"phone_number": NUMBER, "connection_id": await world.connection(second)}
    await world.made(f"/tenants/{first}/numbers", mine)
    refused = await world.ask("POST", f"/tenants/{second}/numbers", theirs)
    assert (refused.status_code, refused.json()["code"]) == (409, "number_taken")
    assert first not in refused.text
    twice = await world.ask("POST", f"/tenants/{first}/numbers", mine)
    assert (twice.status_code, twice.json()["code"]) == (409, "number_exists")
    for method in ("GET", "DELETE"):
        assert (await world.ask(method, f"/tenants/{second}/numbers/{NUMBER}")).status_code == 404
    assert (await world.ask("PATCH", f"/tenants/{second}/numbers/{NUMBER}", {"label": "x"})).status_code == 404


async def test_of_many_who_want_one_number_at_once_one_gets_it(world):
    bodies = {}
    for n in range(6):
        tenant_id = await world.tenant(f"T{n}")
        bodies[tenant_id] = {"phone_number": NUMBER, "connection_id": await world.connection(tenant_id)}
    asked = (world.ask("POST", f"/tenants/{tenant_id}/numbers", body) for tenant_id, body in bodies.items())
    statuses = [response.status_code for response in await asyncio.gather(*asked)]
    assert sorted(statuses) == [201] + [409] * 5
    owner = list(bodies)[statuses.index(201)]
    assert (await world.internal(f"numbers/{NUMBER}"))["tenant_id"] == owner


async def test_a_released_number_can_have_a_new_owner_from_that_moment(world):
    first, second = await world.tenant("A"), await world.tenant("B")
    await world.made(
        f"/tenants/{first}/numbers", {"phone_number": NUMBER, "connection_id": await world.connection(first)}
    )
    assert (await world.ask("DELETE", f"/tenants/{first}/numbers/{NUMBER}")).status_code == 204
    row = await world.internal(f"numbers/{NUMBER}")
    assert (row["tenant_id"], row["connection_id"], row["revision"]) == (None, None, 2)
    assert (await world.ask("GET", f"/tenants/{first}/numbers")).json()["items"] == []
    world.clock.advance(60)
    theirs = {"phone_number": NUMBER, "connection_id": await world.connection(second)}
    made = await world.made(f"/tenants/{second}/numbers", theirs)
    assert (made["assigned_at"], made["revision"]) == ("2100-01-01T00:01:00Z", 3)
    assert len((await world.ask("GET", f"/tenants/{second}/numbers")).json()["items"]) == 1


async def test_a_number_cannot_use_another_tenants_connection(world):
    first, second = await world.tenant("A"), await world.tenant("B")
    foreign = {"phone_number": NUMBER, "connection_id": await world.connection(first)}
    refused = await world.ask("POST", f"/tenants/{second}/numbers", foreign)
    assert (refused.status_code, refused.json()["code"]) == (422, "unknown_connection")


async def test_an_api_key_is_shown_once_and_kept_as_a_hash(world):
    tenant_id = await world.tenant()
    made = await world.key(tenant_id, "agent")
    assert made["key"].startswith("pk_")
    who = read(world.platform.keyring, made["key"])
    assert (who.tenant_id, who.role, who.subject_id) == (tenant_id, "agent", made["id"])
    listed = await world.ask("GET", f"/tenants/{tenant_id}/api-keys")
    stored = await _everything(world)
    assert made["key"] not in listed.text + stored
    assert hash_of(made["key"]) in stored


async def test_a_revoked_key_is_void(world):
    tenant_id = await world.tenant()
    made = await world.key(tenant_id)
    path = f"/tenants/{tenant_id}"
    assert (await world.ask("GET", path, by=made["key"])).status_code == 200
    for _ in range(2):
        assert (await world.ask("DELETE", f"{path}/api-keys/{made['id']}")).status_code == 204

    async def refused() -> bool:
        return (await world.ask("GET", path, by=made["key"])).status_code == 401

    await eventually(refused)
    assert (await world.internal(f"revocations/{made['id']}"))["subject_id"] == made["id"]
    [shown] = (await world.ask("GET", f"{path}/api-keys")).json()["items"]
    assert shown["revoked_at"] == "2100-01-01T00:00:00Z"


async def test_a_tenants_admin_reaches_its_own_tenant_only(world):
    own, other = await world.tenant("A"), await world.tenant("B")
    admin = (await world.key(own))["key"]
    await world.connection(other)
    for path in ("", "/connections", "/numbers", "/api-keys"):
        assert (await world.ask("GET", f"/tenants/{own}{path}", by=admin)).status_code == 200
        assert (await world.ask("GET", f"/tenants/{other}{path}", by=admin)).status_code == 404
    body = {"label": "x", "role": "admin"}
    assert (await world.ask("POST", f"/tenants/{other}/api-keys", body, by=admin)).status_code == 404
    assert (await world.ask("POST", f"/tenants/{own}/api-keys", body, by=admin)).status_code == 201
    assert (await world.ask("PATCH", f"/tenants/{own}", {"ai_mode": "off"}, by=admin)).status_code == 200
    assert (await world.ask("PATCH", f"/tenants/{own}", {"status": "suspended"}, by=admin)).status_code == 403
    theirs = (await world.key(other))["id"]
    assert (await world.ask("DELETE", f"/tenants/{own}/api-keys/{theirs}", by=admin)).status_code == 404


async def test_a_tenants_admin_neither_sets_nor_lifts_the_carriers_address(world):
    tenant_id = await world.tenant()
    admin, connection = (await world.key(tenant_id))["key"], await world.connection(tenant_id)
    path = f"/tenants/{tenant_id}/connections/{connection}"
    elsewhere = {"api_base": "https://carrier.example/v2"}
    assert (await world.ask("PATCH", path, elsewhere, by=admin)).json()["code"] == "admin_token_needed"
    assert (await world.ask("PATCH", path, elsewhere)).status_code == 200
    assert (await world.ask("PATCH", path, {"api_base": None}, by=admin)).json()["code"] == "admin_token_needed"
    assert (await world.ask("PATCH", path, elsewhere | {"active": True}, by=admin)).status_code == 200, "unchanged"


async def test_a_time_zone_is_a_place_everybody_knows(world):
    for zone in ["localtime", "Factory", "Mars/Phobos", ""]:
        answer = await world.ask("POST", "/tenants", {"name": "A", "timezone": zone})
        assert answer.status_code == 422
        assert "IANA" in answer.json()["detail"]


async def test_only_the_admin_token_opens_and_lists_tenants(world):
    admin = (await world.key(await world.tenant()))["key"]
    assert (await world.ask("GET", "/tenants", by=admin)).status_code == 403
    assert (await world.ask("POST", "/tenants", {"name": "x"}, by=admin)).status_code == 403
    assert (await world.ask("GET", "/tenants", by="nonsense")).status_code == 401
    assert (await world.http.get("/api/accounts/tenants")).status_code == 401
    assert (await world.ask("GET", "/tenants/ten_unknown")).status_code == 404


@pytest.mark.parametrize("role", ["viewer", "agent"])
async def test_smaller_roles_see_themselves_but_not_the_settings(world, role):
    tenant_id = await world.tenant()
    key = (await world.key(tenant_id, role))["key"]
    me = await world.ask("GET", "/me", by=key)
    assert (me.json()["tenant_id"], me.json()["role"], me.json()["tenant_name"]) == (tenant_id, role, "Corner Bakery")
    assert (await world.ask("GET", f"/tenants/{tenant_id}", by=key)).status_code == 403
    assert (await world.ask("GET", "/usage", by=key)).status_code == 200
    assert (await world.ask("GET", f"/tenants/{tenant_id}/numbers", by=key)).status_code == 200, "they choose senders"
    assert (await world.ask("GET", f"/tenants/{await world.tenant()}/numbers", by=key)).status_code == 404


async def test_the_admin_token_is_nobody_of_a_tenant(world):
    assert (await world.ask("GET", "/me")).json() == {"operator": True, "expires_at": None}
    assert (await world.ask("GET", "/colleagues")).status_code == 401


async def test_a_repeat_under_the_same_key_answers_with_the_same_thing(world):
    first = await world.ask("POST", "/tenants", {"name": "A"}, key="k1")
    again = await world.ask("POST", "/tenants", {"name": "A"}, key="k1")
    assert (again.status_code, again.json()) == (201, first.json())
    other = await world.ask("POST", "/tenants", {"name": "B"}, key="k1")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    path = f"/tenants/{first.json()['id']}"
    body = {"kind": "telnyx", "api_key": "KEY1", "public_key": "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg="}
    connection = await world.ask("POST", f"{path}/connections", body, key="k1")
    assert (await world.ask("POST", f"{path}/connections", body, key="k1")).json() == connection.json()
    another = await world.ask("POST", f"{path}/connections", body | {"api_key": "KEY2"}, key="k1")
    assert another.status_code == 422
    number = {"phone_number": NUMBER, "connection_id": connection.json()["id"]}
    added = await world.ask("POST", f"{path}/numbers", number, key="k1")
    assert added.status_code == 201
    assert (await world.ask("POST", f"{path}/numbers", number, key="k1")).json() == added.json()
    moved = number | {"phone_number": "+13125550002"}
    assert (await world.ask("POST", f"{path}/numbers", moved, key="k1")).status_code == 422


async def test_a_repeated_api_key_request_cannot_show_the_key_again(world):
    path = f"/tenants/{await world.tenant()}/api-keys"
    body = {"label": "x", "role": "agent"}
    assert (await world.ask("POST", path, body, key="k")).status_code == 201
    again = await world.ask("POST", path, body, key="k")
    assert (again.status_code, again.json()["code"]) == (409, "key_shown_already")
    assert len((await world.ask("GET", path)).json()["items"]) == 1


async def test_the_internal_pages_are_for_our_own_services_only(world):
    for path in ("tenants", "connections", "numbers", "revocations", "users"):
        assert (await world.http.get(f"/internal/accounts/{path}")).status_code == 401
        assert await world.internal(path) == {"items": [], "next_cursor": None}


async def _depth(world, queue: str, wanted: int) -> bool:
    return await world.published(queue) == wanted


async def _everything(world) -> str:
    """All that is stored, as text."""
    texts: list[str] = []
    for collection in world.service.database._collections.values():
        texts += [repr(document) for document in (await collection.find({}, limit=1000)).items]
    return "\n".join(texts)


async def test_request_keys_are_kept_for_thirty_days(world):
    await world.ask("POST", "/tenants", {"name": "A"}, key="k1")
    request_keys = RequestKeys(world.storage())
    world.clock.advance(29 * 86_400)
    assert await request_keys.forget_old() == 0
    world.clock.advance(2 * 86_400)
    assert await request_keys.forget_old() == 1
    again = await world.ask("POST", "/tenants", {"name": "A"}, key="k1")
    assert again.status_code == 201
    assert len((await world.ask("GET", "/tenants")).json()["items"]) == 1, "nothing is made twice"


async def test_a_key_says_when_it_was_last_used(world):
    tenant_id = await world.tenant()
    made = await world.key(tenant_id)

    async def used() -> str | None:
        [key] = (await world.ask("GET", f"/tenants/{tenant_id}/api-keys")).json()["items"]
        return key["last_used_at"]

    assert await used() is None
    await world.ask("GET", "/me", by=made["key"])

    async def shown() -> bool:
        return await used() == "2100-01-01T00:00:00Z"

    await eventually(shown)
    [key] = (await world.ask("GET", f"/tenants/{tenant_id}/api-keys")).json()["items"]
    assert key["of_first_secret"] is True
