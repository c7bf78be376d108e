from __future__ import annotations

import asyncio
import json
from datetime import timedelta

import pytest

from accounts.housekeeping import Sweeping
from accounts.people.domain.lockout import PER_VISITOR
from accounts.store import REQUESTS_SPEC, REVOCATIONS_SPEC
from shared.access.gate import SESSION_COOKIE, read
from testkit.eventually import eventually

PASSWORD = "correct horse battery"


async def _user(world, tenant_id: str, email: str = "ann@example.com", role: str = "admin", **more) -> dict:
    body = {"email": email, "name": "Ann", "role": role, "password": PASSWORD, **more}
    return await world.made(f"/tenants/{tenant_id}/users", body)


async def _login(world, email: str = "ann@example.com", password: str = PASSWORD):
    world.http.cookies.clear()
    return await world.http.post("/api/accounts/login", json={"email": email, "password": password})


async def _token(world, email: str = "ann@example.com", password: str = PASSWORD) -> str:
    response = await _login(world, email, password)
    assert response.status_code == 200, response.text
    world.http.cookies.clear()
    return response.json()["token"]


async def _void(world, token: str) -> None:
    async def refused() -> bool:
        return (await world.ask("GET", "/me", by=token)).status_code == 401

    await eventually(refused, within=2)


async def test_a_person_signs_in_and_is_somebody_of_the_tenant(world):
    tenant_id = await world.tenant()
    made = await _user(world, tenant_id, "  Ann@Example.COM ", "agent")
    assert (made["email"], made["role"], made["status"], made["has_password"]) == (
        "ann@example.com",
        "agent",
        "active",
        True,
    )
    response = await _login(world, "ANN@example.com")
    assert response.status_code == 200
    cookie = response.headers["set-cookie"]
    assert cookie.startswith(f"{SESSION_COOKIE}=")
    assert all(word in cookie for word in ("HttpOnly", "SameSite=lax", "Secure", "Path=/"))
    me = (await world.ask("GET", "/me", by=response.json()["token"])).json()
    assert (me["tenant_id"], me["role"], me["user_id"], me["email"]) == (
        tenant_id,
        "agent",
        made["id"],
        "ann@example.com",
    )
    shown = (await world.ask("GET", f"/tenants/{tenant_id}/users/{made['id']}")).json()
    assert shown["last_login_at"] == "2100-01-01T00:00:00Z"
    # All that other services learn of a person.
    told = {"id": made["id"], "tenant_id": tenant_id, "active": True}
    assert await world.internal(f"users/{made['id']}") == told


async def test_a_password_is_kept_as_argon2id_and_shown_nowhere(world):
    tenant_id = await world.tenant()
    made = await _user(world, tenant_id)
    stored = (await world.service.database._collections["users"].get(made["id"]))["state"]
    assert stored["profile"]["password_hash"].startswith("$argon2id$")
    audit = (await world.ask("GET", f"/tenants/{tenant_id}/audit")).text
    listed = (await world.ask("GET", f"/tenants/{tenant_id}/users")).text
    assert PASSWORD not in repr(stored) + audit + listed
    assert "$argon2" not in audit + listed


@pytest.mark.parametrize("email", ["nobody@example.com", "ann@example.com", "no address at all"])
async def test_whatever_is_wrong_the_answer_is_the_same(world, email):
    await _user(world, await world.tenant())
    response = await _login(world, email, "wrong password!")
    assert (response.status_code, response.json()["code"]) == (401, "wrong_credentials")
    assert "set-cookie" not in response.headers


async def test_an_address_has_one_account_in_the_installation(world):
    first, second = await world.tenant("A"), await world.tenant("B")
    await _user(world, first)
    body = {"email": "ANN@example.com", "name": "Another", "role": "agent", "password": PASSWORD}
    refused = await world.ask("POST", f"/tenants/{second}/users", body)
    assert (refused.status_code, refused.json()["code"]) == (409, "email_taken")
    assert first not in refused.text
    assert (await world.ask("GET", f"/tenants/{second}/users")).json()["items"] == []


async def test_of_many_who_want_one_address_at_once_one_gets_it(world):
    tenants = [await world.tenant(f"T{n}") for n in range(4)]
    body = {"email": "ann@example.com", "name": "Ann", "role": "agent", "password": PASSWORD}
    answers = await asyncio.gather(*(world.ask("POST", f"/tenants/{id}/users", body) for id in tenants))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]


async def test_a_changed_address_signs_in_and_the_old_one_is_free_again(world):
    tenant_id = await world.tenant()
    ann = await _user(world, tenant_id)
    path = f"/tenants/{tenant_id}/users/{ann['id']}"
    assert (await world.ask("PATCH", path, {"email": "ann@new.example.com"})).status_code == 200
    assert (await _login(world)).status_code == 401
    await _token(world, "ann@new.example.com")
    await _user(world, tenant_id, "ann@example.com", "viewer")


@pytest.mark.parametrize(
    "password",
    ["short", "ann@example.com", "ANN@example.com!", "password123", "aaaaaaaaaaaaaa", "x" * 201],
)
async def test_a_weak_password_is_refused_with_the_reason(world, password):
    tenant_id = await world.tenant()
    body = {"email": "ann@example.com", "name": "Ann", "role": "agent", "password": password}
    refused = await world.ask("POST", f"/tenants/{tenant_id}/users", body)
    assert (refused.status_code, refused.json()["code"]) == (422, "weak_password")
    assert (await world.ask("GET", f"/tenants/{tenant_id}/users")).json()["items"] == []


async def test_spaces_belong_to_a_password_but_not_to_an_address(world):
    spaced = "  a password with spaces  "
    await _user(world, await world.tenant(), " ann@example.com ", password=spaced)
    await _token(world, password=spaced)
    assert (await _login(world, password=spaced.strip())).status_code == 401


@pytest.mark.parametrize("email", ["ann", "ann@", "@example.com", "ann example.com", "a@b@c.com", ""])
async def test_what_is_no_address_is_refused(world, email):
    tenant_id = await world.tenant()
    refused = await world.ask("POST", f"/tenants/{tenant_id}/users", {"email": email, "name": "A", "role": "agent"})
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == "email"


async def test_signing_out_voids_this_session_only(world):
    await _user(world, await world.tenant())
    one, other = await _token(world), await _token(world)
    assert len((await world.ask("GET", "/me/sessions", by=one)).json()["items"]) == 2
    out = await world.ask("POST", "/logout", by=one)
    assert out.status_code == 204
    assert f'{SESSION_COOKIE}=""' in out.headers["set-cookie"]
    await _void(world, one)
    assert (await world.ask("GET", "/me", by=other)).status_code == 200
    [left] = (await world.ask("GET", "/me/sessions", by=other)).json()["items"]
    assert left["current"] is True


async def test_a_user_and_an_admin_can_end_a_session(world):
    tenant_id = await world.tenant()
    ann = await _user(world, tenant_id, role="agent")
    mine, lost, stolen = [await _token(world) for _ in range(3)]
    sessions = {sign: read(world.platform.keyring, sign).subject_id for sign in (lost, stolen)}
    assert (await world.ask("DELETE", f"/me/sessions/{sessions[lost]}", by=mine)).status_code == 204
    path = f"/tenants/{tenant_id}/users/{ann['id']}/sessions"
    assert len((await world.ask("GET", path)).json()["items"]) == 2
    assert (await world.ask("DELETE", f"{path}/{sessions[stolen]}")).status_code == 204
    assert (await world.ask("DELETE", f"{path}/{sessions[stolen]}")).status_code == 404
    await _void(world, lost)
    await _void(world, stolen)
    assert (await world.ask("GET", "/me", by=mine)).status_code == 200


@pytest.mark.parametrize(
    "change", [{"role": "agent"}, {"status": "inactive"}, {"password": "another long password"}], ids=str
)
async def test_what_takes_rights_away_voids_everything_issued_before(world, change):
    tenant_id = await world.tenant()
    await _user(world, tenant_id, "boss@example.com")
    ann = await _user(world, tenant_id)
    tokens = [await _token(world) for _ in range(2)]
    path = f"/tenants/{tenant_id}/users/{ann['id']}"
    assert (await world.ask("PATCH", path, change)).status_code == 200
    for token in tokens:
        await _void(world, token)
    if change != {"status": "inactive"}:  # in the same millisecond: the clock of this test stands still
        fresh = await _token(world, password=change.get("password", PASSWORD))
        assert (await world.ask("GET", "/me", by=fresh)).json()["role"] == change.get("role", "admin")
    else:
        assert (await _login(world)).status_code == 401


async def test_a_revocation_is_kept_as_long_as_what_it_voids_could_be_used(world):
    tenant_id = await world.tenant()
    ann = await _user(world, tenant_id, role="agent")
    key = await world.key(tenant_id, "viewer")
    assert (await world.ask("DELETE", f"/tenants/{tenant_id}/api-keys/{key['id']}")).status_code == 204
    left = await _token(world)
    session = read(world.platform.keyring, left).subject_id
    assert (await world.ask("POST", "/logout", by=left)).status_code == 204
    await world.ask("PATCH", f"/tenants/{tenant_id}/users/{ann['id']}", {"role": "viewer"})
    collections = map(world.service.database.collection, (REQUESTS_SPEC, REVOCATIONS_SPEC))
    sweeping = Sweeping(*collections, world.clock)

    async def left_after(days: int) -> set[str]:
        world.clock.advance(timedelta(days=days).total_seconds())
        await sweeping.spent_revocations()
        return {row["subject_id"] for row in (await world.internal("revocations"))["items"]}

    assert await left_after(7) == {key["id"], session, ann["id"]}
    assert await left_after(2) == {key["id"], ann["id"]}, "the session would have run out"
    assert await left_after(365) == {key["id"]}, "a key never runs out"


async def test_request_keys_are_kept_for_thirty_days(world):
    await world.ask("POST", "/tenants", {"name": "A"}, key="k1")
    requests, revocations = map(world.service.database.collection, (REQUESTS_SPEC, REVOCATIONS_SPEC))
    sweeping = Sweeping(requests, revocations, world.clock)
    world.clock.advance(29 * 86_400)
    assert await sweeping.old_requests() == 0
    world.clock.advance(2 * 86_400)
    assert await sweeping.old_requests() == 1
    again = await world.ask("POST", "/tenants", {"name": "A"}, key="k1")
    assert again.status_code == 201
    assert len((await world.ask("GET", "/tenants")).json()["items"]) == 1, "nothing is made twice"


async def test_another_name_leaves_sessions_alone(world):
    tenant_id = await world.tenant()
    ann = await _user(world, tenant_id)
    token = await _token(world)
    await world.ask("PATCH", f"/tenants/{tenant_id}/users/{ann['id']}", {"name": "Anne"})
    assert (await world.ask("GET", "/me", by=token)).json()["name"] == "Anne"


async def test_ones_own_password_needs_the_present_one_and_gives_a_new_session(world):
    await _user(world, await world.tenant(), role="viewer")
    here, there = await _token(world), await _token(world)
    wrong = {"current": "not my password", "new": "another long password"}
    assert (await world.ask("POST", "/me/password", wrong, by=here)).status_code == 401
    right = wrong | {"current": PASSWORD}
    changed = await world.ask("POST", "/me/password", right, by=here)
    assert changed.status_code == 200
    await _void(world, here)
    await _void(world, there)
    assert (await world.ask("GET", "/me", by=changed.json()["token"])).status_code == 200
    await _token(world, password="another long password")


async def test_an_invited_user_sets_the_password_by_a_link_that_works_once(world):
    tenant_id = await world.tenant()
    ann = await _user(world, tenant_id, password=None)
    assert ann["has_password"] is False
    path = f"/tenants/{tenant_id}/users/{ann['id']}/reset-link"
    older = (await world.ask("POST", path)).json()
    link = (await world.ask("POST", path)).json()
    assert link["url"] == f"https://parley.example/set-password#token={link['token']}"
    new = {"token": link["token"], "password": PASSWORD}
    for token, password, status in (
        (older["token"], PASSWORD, 401),
        ("nonsense", PASSWORD, 401),
        (link["token"], "short", 422),
    ):
        body = {"token": token, "password": password}
        assert (await world.http.post("/api/accounts/password", json=body)).status_code == status
    assert (await world.http.post("/api/accounts/password", json=new)).status_code == 204
    again = await world.http.post("/api/accounts/password", json=new | {"password": "a thief's password"})
    assert (again.status_code, again.json()["code"]) == (401, "link_used")
    await _token(world)


async def test_a_link_runs_out_and_ends_the_sessions_there_were(world):
    tenant_id = await world.tenant()
    ann = await _user(world, tenant_id)
    path = f"/tenants/{tenant_id}/users/{ann['id']}/reset-link"
    late = (await world.ask("POST", path)).json()["token"]
    world.clock.advance(24 * 3600)
    body = {"token": late, "password": "another long password"}
    assert (await world.http.post("/api/accounts/password", json=body)).status_code == 401
    token = await _token(world)
    body["token"] = (await world.ask("POST", path)).json()["token"]
    assert (await world.http.post("/api/accounts/password", json=body)).status_code == 204
    await _void(world, token)


async def test_a_link_leads_to_a_page_that_sets_the_password(world):
    ann = await _user(world, tenant_id := await world.tenant(), password=None)
    url = (await world.ask("POST", f"/tenants/{tenant_id}/users/{ann['id']}/reset-link")).json()["url"]
    page = await world.http.get(url.removeprefix("https://parley.example").partition("#")[0])
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert (page.headers["cache-control"], page.headers["referrer-policy"]) == ("no-store", "no-referrer")
    assert "'unsafe" not in page.headers["content-security-policy"].split("script-src")[1].split(";")[0]
    assert 'fetch("/api/accounts/password"' in page.text


async def test_a_closed_account_gets_no_link(world):
    tenant_id = await world.tenant()
    await _user(world, tenant_id, "boss@example.com")
    ann = await _user(world, tenant_id)
    path = f"/tenants/{tenant_id}/users/{ann['id']}"
    before = (await world.ask("POST", f"{path}/reset-link")).json()["token"]
    await world.ask("PATCH", path, {"status": "inactive"})
    refused = await world.ask("POST", f"{path}/reset-link")
    assert (refused.status_code, refused.json()["code"]) == (409, "account_closed")
    body = {"token": before, "password": "another long password"}
    assert (await world.http.post("/api/accounts/password", json=body)).status_code == 401


async def test_a_link_is_void_once_the_address_it_went_to_is_not_the_users_any_more(world):
    tenant_id = await world.tenant()
    ann = await _user(world, tenant_id)
    path = f"/tenants/{tenant_id}/users/{ann['id']}"
    link = (await world.ask("POST", f"{path}/reset-link")).json()["token"]
    await world.ask("PATCH", path, {"email": "ann@new.example.com"})
    body = {"token": link, "password": "another long password"}
    used = await world.http.post("/api/accounts/password", json=body)
    assert (used.status_code, used.json()["code"]) == (401, "link_used")


async def test_credentials_of_one_kind_are_none_of_another(world):
    """A session is no link, a link is no session, an API key signs nobody out."""
    tenant_id = await world.tenant()
    ann = await _user(world, tenant_id)
    link = (await world.ask("POST", f"/tenants/{tenant_id}/users/{ann['id']}/reset-link")).json()["token"]
    assert (await world.ask("GET", "/me", by=link)).status_code == 401
    body = {"token": await _token(world), "password": "another long password"}
    assert (await world.http.post("/api/accounts/password", json=body)).status_code == 401
    key = (await world.key(tenant_id))["key"]
    for method, path in (("POST", "/logout"), ("GET", "/me/sessions")):
        refused = await world.ask(method, path, by=key)
        assert (refused.status_code, refused.json()["code"]) == (409, "not_a_person")


async def test_the_last_admin_stays(world):
    tenant_id = await world.tenant()
    ann = await _user(world, tenant_id)
    path = f"/tenants/{tenant_id}/users"
    for change in ({"role": "agent"}, {"status": "inactive"}):
        refused = await world.ask("PATCH", f"{path}/{ann['id']}", change)
        assert (refused.status_code, refused.json()["code"]) == (409, "last_admin")
    assert (await world.ask("GET", f"{path}/{ann['id']}")).json()["role"] == "admin"
    await _user(world, tenant_id, "boss@example.com")
    assert (await world.ask("PATCH", f"{path}/{ann['id']}", {"role": "agent"})).status_code == 200


async def test_whoever_loses_rights_shows_the_keys_they_made_and_they_can_go_too(world):
    """Also those made with a key of theirs: a key opens the tenant without its maker."""
    tenant_id = await world.tenant()
    await _user(world, tenant_id, "boss@example.com")
    ann = await _user(world, tenant_id)
    keys = f"/tenants/{tenant_id}/api-keys"
    mine = await world.made(keys, {"label": "mine", "role": "admin"}, by=await _token(world))
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
    await _void(world, hidden["key"])
    assert (await world.ask("GET", "/me", by=other["key"])).status_code == 200
    [revoked] = [key for key in (await world.ask("GET", keys)).json()["items"] if key["id"] == hidden["id"]]
    assert revoked["revoked_at"] is not None


async def test_two_admins_who_demote_each_other_leave_one(world):
    tenant_id = await world.tenant()
    users = [await _user(world, tenant_id, f"{name}@example.com") for name in ("a", "b")]
    path = f"/tenants/{tenant_id}/users"
    answers = await asyncio.gather(*(world.ask("PATCH", f"{path}/{u['id']}", {"role": "viewer"}) for u in users))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    roles = [user["role"] for user in (await world.ask("GET", path)).json()["items"]]
    assert sorted(roles) == ["admin", "viewer"]


async def test_guessing_gets_slower_and_the_rightful_owner_gets_in(world):
    await _user(world, await world.tenant())
    statuses = [(await _login(world, password=f"guess number {n}")).status_code for n in range(7)]
    assert statuses == [401] * 5 + [429] * 2
    waits = []
    for n in range(4):
        blocked = await _login(world, password=f"next guess {n}")
        assert blocked.status_code == 429
        waits.append(int(blocked.headers["retry-after"]))
        world.clock.advance(waits[-1])
        assert (await _login(world, password=f"yet another {n}")).status_code == 401
    assert waits == sorted(set(waits))
    assert (await _login(world)).status_code == 429
    world.clock.advance(300)
    await _token(world)
    assert (await _login(world, password="wrong again!")).status_code == 401


async def test_strangers_addresses_are_slowed_down_just_the_same(world):
    statuses = [(await _login(world, "nobody@example.com", "guessing along")).status_code for _ in range(7)]
    assert statuses == [401] * 5 + [429] * 2


async def test_many_guesses_at_once_are_not_many_free_ones(world):
    await _user(world, await world.tenant())
    answers = await asyncio.gather(*(_login(world, password=f"guess number {n}") for n in range(15)))
    assert [answer.status_code for answer in answers].count(401) <= PER_VISITOR.free


async def test_one_network_address_cannot_try_everybody(world):
    bodies = [{"email": f"user{n}@example.com", "password": "summer of 2100"} for n in range(45)]
    statuses = [(await world.http.post("/api/accounts/login", json=body)).status_code for body in bodies]
    assert statuses[:40] == [401] * 40
    assert 429 in statuses[40:]


async def test_a_cookie_changes_something_only_from_our_own_pages(world):
    tenant_id = await world.tenant()
    await _user(world, tenant_id)
    token = await _token(world)
    path, body = f"/api/accounts/tenants/{tenant_id}", {"ai_mode": "off"}

    async def status(method: str = "PATCH", **headers: str) -> int:
        sent = {"cookie": f"{SESSION_COOKIE}={token}", **{k.replace("_", "-"): v for k, v in headers.items()}}
        return (await world.http.request(method, path, json=body, headers=sent)).status_code

    assert await status() == 403
    assert await status(origin="https://evil.example") == 403
    assert await status(origin="null") == 403
    assert await status(origin="http://test.evil.example") == 403
    assert await status(sec_fetch_site="cross-site", origin="http://test") == 403
    assert await status(sec_fetch_site="same-site", origin="http://test") == 403
    assert await status(origin="http://test") == 200
    assert await status(sec_fetch_site="same-origin") == 200
    assert await status("GET", origin="https://evil.example") == 200
    bearer = {"authorization": f"Bearer {token}", "origin": "https://evil.example"}
    assert (await world.http.patch(path, json=body, headers=bearer)).status_code == 200


async def test_no_other_page_can_sign_a_visitor_in(world):
    await _user(world, await world.tenant())
    body = {"email": "ann@example.com", "password": PASSWORD}
    response = await world.http.post("/api/accounts/login", json=body, headers={"origin": "https://evil.example"})
    assert response.status_code == 403


async def test_users_of_another_tenant_are_not_there(world):
    own, other = await world.tenant("A"), await world.tenant("B")
    theirs = await _user(world, other)
    admin = (await world.key(own))["key"]
    for path in (f"/tenants/{other}/users", f"/tenants/{other}/users/{theirs['id']}", f"/tenants/{other}/audit"):
        assert (await world.ask("GET", path, by=admin)).status_code == 404
    mine = f"/tenants/{own}/users/{theirs['id']}"
    for method, path in (("GET", mine), ("POST", f"{mine}/reset-link"), ("GET", f"{mine}/sessions")):
        assert (await world.ask(method, path, by=admin)).status_code == 404
    assert (await world.ask("PATCH", mine, {"name": "x"}, by=admin)).status_code == 404
    assert (await world.ask("GET", "/colleagues", by=admin)).json()["items"] == []


async def test_every_change_of_settings_tells_who_and_what_and_no_secret(world):
    tenant_id = await world.tenant()
    admin = await world.key(tenant_id)
    path = f"/tenants/{tenant_id}"
    await world.ask("PATCH", path, {"quiet_seconds": 5.0, "ai_mode": "suggest"}, by=admin["key"])
    connection = await world.connection(tenant_id)
    await world.ask("PATCH", f"{path}/connections/{connection}", {"api_key": "KEY-another-secret"}, by=admin["key"])
    number = {"phone_number": "+13125550001", "connection_id": connection}
    await world.ask("POST", f"{path}/numbers", number)
    await world.ask("DELETE", f"{path}/numbers/+13125550001")
    await world.ask("DELETE", f"{path}/api-keys/{admin['id']}")
    response = await world.ask("GET", f"{path}/audit")
    entries = response.json()["items"]
    by_what = {entry["what"]: entry for entry in entries}
    assert set(by_what) == {
        "tenant.opened",
        "tenant.changed",
        "api_key.made",
        "api_key.revoked",
        "connection.added",
        "connection.changed",
        "number.added",
        "number.released",
    }
    assert by_what["tenant.changed"]["changes"] == [{"field": "quiet_seconds", "old": 2.0, "new": 5.0}]
    assert by_what["tenant.changed"]["who"] == admin["id"]
    assert by_what["number.released"]["who"] == "operator"
    changed = {"field": "encrypted_api_key", "old": "(secret)", "new": "(secret)"}
    assert by_what["connection.changed"]["changes"] == [changed]
    sealed = (await world.internal(f"connections/{connection}"))["encrypted_api_key"]
    assert not {"KEY-another-secret", sealed, admin["key"]} & set(json.dumps(entries).split('"'))
    assert sealed not in response.text


async def test_the_trail_tells_who_signed_in_and_whose_session_an_admin_ended(world):
    tenant_id = await world.tenant()
    ann = await _user(world, tenant_id)
    first = read(world.platform.keyring, await _token(world)).subject_id
    second = await _token(world)
    admin = await world.key(tenant_id)
    await world.ask("DELETE", f"/tenants/{tenant_id}/users/{ann['id']}/sessions/{first}", by=admin["key"])
    await world.ask("POST", "/logout", by=second)
    trail = (await world.ask("GET", f"/tenants/{tenant_id}/audit")).json()["items"]
    told = [(row["what"], row["who"], row["changes"][0]) for row in trail if row["what"].startswith("user.s")]
    last = read(world.platform.keyring, second).subject_id
    assert sorted(told, key=str) == sorted(
        [
            ("user.signed_in", ann["id"], {"field": "session", "old": None, "new": first}),
            ("user.signed_in", ann["id"], {"field": "session", "old": None, "new": last}),
            ("user.session_ended", admin["id"], {"field": "session", "old": first, "new": None}),
            ("user.session_ended", ann["id"], {"field": "session", "old": last, "new": None}),
        ],
        key=str,
    )
    assert {row["subject"] for row in trail if row["what"].startswith("user.s")} == {ann["id"]}


async def test_the_trail_is_read_page_by_page_newest_first(world):
    tenant_id = await world.tenant()
    for seconds in range(1, 6):
        world.clock.advance(1)
        await world.ask("PATCH", f"/tenants/{tenant_id}", {"quiet_seconds": seconds + 10})
    seen, cursor = [], ""
    while cursor is not None:
        query = f"?limit=2&cursor={cursor}" if cursor else "?limit=2"
        page = (await world.ask("GET", f"/tenants/{tenant_id}/audit{query}")).json()
        seen += [entry["at"] for entry in page["items"]]
        cursor = page["next_cursor"]
    assert seen == sorted(seen, reverse=True)
    assert len(seen) == 6


async def test_a_released_numbers_past_stays_with_its_owner(world):
    first, second = await world.tenant("A"), await world.tenant("B")
    for tenant_id in (first, second):
        number = {"phone_number": "+13125550001", "connection_id": await world.connection(tenant_id)}
        await world.made(f"/tenants/{tenant_id}/numbers", number)
        if tenant_id == first:
            await world.ask("DELETE", f"/tenants/{first}/numbers/+13125550001")
    trail = (await world.ask("GET", f"/tenants/{second}/audit")).text
    assert "number.added" in trail
    assert first not in trail


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
