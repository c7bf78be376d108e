"""What an admin may do with users, and that one admin always stays."""

from __future__ import annotations

import asyncio


async def test_the_last_admin_stays(world):
    tenant_id = await world.tenant()
    ann = await world.user(tenant_id)
    path = f"/tenants/{tenant_id}/users"
    for change in ({"role": "agent"}, {"status": "inactive"}):
        refused = await world.ask("PATCH", f"{path}/{ann['id']}", change)
        assert (refused.status_code, refused.json()["code"]) == (409, "last_admin")
    assert (await world.ask("GET", f"{path}/{ann['id']}")).json()["role"] == "admin"
    await world.user(tenant_id, "boss@example.com")
    assert (await world.ask("PATCH", f"{path}/{ann['id']}", {"role": "agent"})).status_code == 200


async def test_taking_rights_away_lists_the_keys_the_user_made_and_can_revoke_them(world):
    """Also those made with a key of theirs: a key opens the tenant without its maker."""
    tenant_id = await world.tenant()
    await world.user(tenant_id, "boss@example.com")
    ann = await world.user(tenant_id)
    keys = f"/tenants/{tenant_id}/api-keys"
    mine = await world.made(keys, {"label": "mine", "role": "admin"}, by=await world.token())
    hidden = await world.made(keys, {"label": "hidden", "role": "admin"}, by=mine["key"])
    other = await world.key(tenant_id)
    await world.ask("DELETE", f"{keys}/{mine['id']}")
    path = f"/tenants/{tenant_id}/users/{ann['id']}"
    demoted = (await world.ask("PATCH", path, {"role": "agent"})).json()
    assert [(key["id"], key["label"], key["role"]) for key in demoted["api_keys"]] == [
        (hidden["id"], "hidden", "admin")
    ]
    assert (await world.ask("GET", "/me", by=hidden["key"])).status_code == 200
    closed = (await world.ask("PATCH", path, {"status": "inactive", "revoke_keys": True})).json()
    assert (closed["status"], closed["api_keys"]) == ("inactive", [])
    await world.becomes_void(hidden["key"])
    assert (await world.ask("GET", "/me", by=other["key"])).status_code == 200
    [revoked] = [key for key in (await world.ask("GET", keys)).json()["items"] if key["id"] == hidden["id"]]
    assert revoked["revoked_at"] is not None


async def test_two_admins_who_demote_each_other_leave_one(world):
    tenant_id = await world.tenant()
    users = [await world.user(tenant_id, f"{name}@example.com") for name in ("a", "b")]
    path = f"/tenants/{tenant_id}/users"
    answers = await asyncio.gather(*(world.ask("PATCH", f"{path}/{u['id']}", {"role": "viewer"}) for u in users))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    roles = [user["role"] for user in (await world.ask("GET", path)).json()["items"]]
    assert sorted(roles) == ["admin", "viewer"]


async def test_users_of_another_tenant_are_not_there(world):
    own, other = await world.tenant("A"), await world.tenant("B")
    theirs = await world.user(other)
    admin = (await world.key(own))["key"]
    for path in (f"/tenants/{other}/users", f"/tenants/{other}/users/{theirs['id']}", f"/tenants/{other}/audit"):
        assert (await world.ask("GET", path, by=admin)).status_code == 404
    mine = f"/tenants/{own}/users/{theirs['id']}"
    for method, path in (("GET", mine), ("POST", f"{mine}/reset-link"), ("GET", f"{mine}/sessions")):
        assert (await world.ask(method, path, by=admin)).status_code == 404
    assert (await world.ask("PATCH", mine, {"name": "x"}, by=admin)).status_code == 404
    assert (await world.ask("GET", "/colleagues", by=admin)).json()["items"] == []
