"""Passwords: what they must be, and how a user or a link of an admin sets one."""

from __future__ import annotations

PASSWORD = "correct horse battery"


async def test_a_weak_password_is_refused_with_the_reason(world):
    for password in ["short", "ann@example.com", "ANN@example.com!", "password123", "aaaaaaaaaaaaaa", "x" * 201]:
        tenant_id = await world.tenant()
        body = {"email": "ann@example.com", "name": "Ann", "role": "agent", "password": password}
        refused = await world.ask("POST", f"/tenants/{tenant_id}/users", body)
        assert (refused.status_code, refused.json()["code"]) == (422, "weak_password")
        assert (await world.ask("GET", f"/tenants/{tenant_id}/users")).json()["items"] == [], password


async def test_spaces_belong_to_a_password_but_not_to_an_address(world):
    spaced = "  a password with spaces  "
    await world.user(await world.tenant(), " ann@example.com ", password=spaced)
    await world.token(password=spaced)
    assert (await world.login(password=spaced.strip())).status_code == 401


async def test_ones_own_password_needs_the_present_one_and_gives_a_new_session(world):
    await world.user(await world.tenant(), role="viewer")
    here, there = await world.token(), await world.token()
    wrong = {"current": "not my password", "new": "another long password"}
    assert (await world.ask("POST", "/me/password", wrong, by=here)).status_code == 401
    right = wrong | {"current": PASSWORD}
    changed = await world.ask("POST", "/me/password", right, by=here)
    assert changed.status_code == 200
    await world.becomes_void(here)
    await world.becomes_void(there)
    assert (await world.ask("GET", "/me", by=changed.json()["token"])).status_code == 200
    await world.token(password="another long password")


async def test_an_invited_user_sets_the_password_by_a_link_that_works_once(world):
    tenant_id = await world.tenant()
    ann = await world.user(tenant_id, password=None)
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
    await world.token()


async def test_a_link_runs_out_and_ends_the_sessions_there_were(world):
    tenant_id = await world.tenant()
    ann = await world.user(tenant_id)
    path = f"/tenants/{tenant_id}/users/{ann['id']}/reset-link"
    late = (await world.ask("POST", path)).json()["token"]
    world.clock.advance(24 * 3600)
    body = {"token": late, "password": "another long password"}
    assert (await world.http.post("/api/accounts/password", json=body)).status_code == 401
    token = await world.token()
    body["token"] = (await world.ask("POST", path)).json()["token"]
    assert (await world.http.post("/api/accounts/password", json=body)).status_code == 204
    await world.becomes_void(token)


async def test_a_link_leads_to_a_page_that_sets_the_password(world):
    ann = await world.user(tenant_id := await world.tenant(), password=None)
    url = (await world.ask("POST", f"/tenants/{tenant_id}/users/{ann['id']}/reset-link")).json()["url"]
    page = await world.http.get(url.removeprefix("https://parley.example").partition("#")[0])
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert (page.headers["cache-control"], page.headers["referrer-policy"]) == ("no-store", "no-referrer")
    assert "'unsafe" not in page.headers["content-security-policy"].split("script-src")[1].split(";")[0]
    assert 'fetch("/api/accounts/password"' in page.text


async def test_a_closed_account_gets_no_link(world):
    tenant_id = await world.tenant()
    await world.user(tenant_id, "boss@example.com")
    ann = await world.user(tenant_id)
    path = f"/tenants/{tenant_id}/users/{ann['id']}"
    before = (await world.ask("POST", f"{path}/reset-link")).json()["token"]
    await world.ask("PATCH", path, {"status": "inactive"})
    refused = await world.ask("POST", f"{path}/reset-link")
    assert (refused.status_code, refused.json()["code"]) == (409, "account_closed")
    body = {"token": before, "password": "another long password"}
    assert (await world.http.post("/api/accounts/password", json=body)).status_code == 401


async def test_a_link_is_void_once_the_address_it_went_to_is_not_the_users_any_more(world):
    tenant_id = await world.tenant()
    ann = await world.user(tenant_id)
    path = f"/tenants/{tenant_id}/users/{ann['id']}"
    link = (await world.ask("POST", f"{path}/reset-link")).json()["token"]
    await world.ask("PATCH", path, {"email": "ann@new.example.com"})
    body = {"token": link, "password": "another long password"}
    used = await world.http.post("/api/accounts/password", json=body)
    assert (used.status_code, used.json()["code"]) == (401, "link_used")
