"""Sessions: listed, ended, and void at once when rights are taken away."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.housekeeping import forget_spent_revocations
from shared.access.gate import SESSION_COOKIE, read

PASSWORD = "correct horse battery"


async def test_signing_out_voids_this_session_only(world):
    await world.user(await world.tenant())
    one, other = await world.token(), await world.token()
    assert len((await world.ask("GET", "/me/sessions", by=one)).json()["items"]) == 2
    out = await world.ask("POST", "/logout", by=one)
    assert out.status_code == 204
    assert f'{SESSION_COOKIE}=""' in out.headers["set-cookie"]
    await world.becomes_void(one)
    assert (await world.ask("GET", "/me", by=other)).status_code == 200
    [left] = (await world.ask("GET", "/me/sessions", by=other)).json()["items"]
    assert left["current"] is True


async def test_a_user_and_an_admin_can_end_a_session(world):
    tenant_id = await world.tenant()
    ann = await world.user(tenant_id, role="agent")
    mine, lost, stolen = [await world.token() for _ in range(3)]
    sessions = {sign: read(world.platform.keyring, sign).subject_id for sign in (lost, stolen)}
    assert (await world.ask("DELETE", f"/me/sessions/{sessions[lost]}", by=mine)).status_code == 204
    path = f"/tenants/{tenant_id}/users/{ann['id']}/sessions"
    assert len((await world.ask("GET", path)).json()["items"]) == 2
    assert (await world.ask("DELETE", f"{path}/{sessions[stolen]}")).status_code == 204
    assert (await world.ask("DELETE", f"{path}/{sessions[stolen]}")).status_code == 404
    await world.becomes_void(lost)
    await world.becomes_void(stolen)
    assert (await world.ask("GET", "/me", by=mine)).status_code == 200


@pytest.mark.parametrize(
    "change", [{"role": "agent"}, {"status": "inactive"}, {"password": "another long password"}], ids=str
)
async def test_what_takes_rights_away_voids_everything_issued_before(world, change):
    tenant_id = await world.tenant()
    await world.user(tenant_id, "boss@example.com")
    ann = await world.user(tenant_id)
    tokens = [await world.token() for _ in range(2)]
    path = f"/tenants/{tenant_id}/users/{ann['id']}"
    assert (await world.ask("PATCH", path, change)).status_code == 200
    for token in tokens:
        await world.becomes_void(token)
    if change != {"status": "inactive"}:  # in the same millisecond: the clock of this test stands still
        fresh = await world.token(password=change.get("password", PASSWORD))
        assert (await world.ask("GET", "/me", by=fresh)).json()["role"] == change.get("role", "admin")
    else:
        assert (await world.login()).status_code == 401


async def test_a_revocation_is_kept_as_long_as_what_it_voids_could_be_used(world):
    tenant_id = await world.tenant()
    ann = await world.user(tenant_id, role="agent")
    key = await world.key(tenant_id, "viewer")
    assert (await world.ask("DELETE", f"/tenants/{tenant_id}/api-keys/{key['id']}")).status_code == 204
    left = await world.token()
    session = read(world.platform.keyring, left).subject_id
    assert (await world.ask("POST", "/logout", by=left)).status_code == 204
    await world.ask("PATCH", f"/tenants/{tenant_id}/users/{ann['id']}", {"role": "viewer"})
    storage = world.storage()

    async def left_after(days: int) -> set[str]:
        world.clock.advance(timedelta(days=days).total_seconds())
        await forget_spent_revocations(storage)
        return {row["subject_id"] for row in (await world.internal("revocations"))["items"]}

    assert await left_after(7) == {key["id"], session, ann["id"]}
    assert await left_after(2) == {key["id"], ann["id"]}, "the session would have run out"
    assert await left_after(365) == {key["id"]}, "a key never runs out"


async def test_another_name_leaves_sessions_alone(world):
    tenant_id = await world.tenant()
    ann = await world.user(tenant_id)
    token = await world.token()
    await world.ask("PATCH", f"/tenants/{tenant_id}/users/{ann['id']}", {"name": "Anne"})
    assert (await world.ask("GET", "/me", by=token)).json()["name"] == "Anne"
