"""Signing in: one answer for every mistake, and cookies that only our own pages may use."""

from __future__ import annotations

from shared.access.gate import SESSION_COOKIE

PASSWORD = "correct horse battery"


async def test_a_person_signs_in_and_is_somebody_of_the_tenant(world):
    tenant_id = await world.tenant()
    made = await world.user(tenant_id, "  Ann@Example.COM ", "agent")
    assert (made["email"], made["role"], made["status"], made["has_password"]) == (
        "ann@example.com",
        "agent",
        "active",
        True,
    )
    response = await world.login("ANN@example.com")
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
    # All that other services learn about a user.
    expected = {"id": made["id"], "tenant_id": tenant_id, "name": made["name"], "active": True}
    assert await world.internal(f"users/{made['id']}") == expected


async def test_a_password_is_kept_as_argon2id_and_shown_nowhere(world):
    tenant_id = await world.tenant()
    made = await world.user(tenant_id)
    stored = (await world.service.database._collections["users"].get(made["id"]))["state"]
    assert stored["profile"]["password_hash"].startswith("$argon2id$")
    audit = (await world.ask("GET", f"/tenants/{tenant_id}/audit")).text
    listed = (await world.ask("GET", f"/tenants/{tenant_id}/users")).text
    assert PASSWORD not in repr(stored) + audit + listed
    assert "$argon2" not in audit + listed


async def test_whatever_is_wrong_the_answer_is_the_same(world):
    await world.user(await world.tenant())
    for email in ["nobody@example.com", "ann@example.com", "no address at all"]:
        response = await world.login(email, "wrong password!")
        assert (response.status_code, response.json()["code"]) == (401, "wrong_credentials")
        assert "set-cookie" not in response.headers


async def test_credentials_of_one_kind_are_none_of_another(world):
    """A session is no link, a link is no session, an API key signs nobody out."""
    tenant_id = await world.tenant()
    ann = await world.user(tenant_id)
    link = (await world.ask("POST", f"/tenants/{tenant_id}/users/{ann['id']}/reset-link")).json()["token"]
    assert (await world.ask("GET", "/me", by=link)).status_code == 401
    body = {"token": await world.token(), "password": "another long password"}
    assert (await world.http.post("/api/accounts/password", json=body)).status_code == 401
    key = (await world.key(tenant_id))["key"]
    for method, path in (("POST", "/logout"), ("GET", "/me/sessions")):
        refused = await world.ask(method, path, by=key)
        assert (refused.status_code, refused.json()["code"]) == (409, "not_a_person")


async def test_a_cookie_changes_something_only_from_our_own_pages(world):
    tenant_id = await world.tenant()
    await world.user(tenant_id)
    token = await world.token()
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
    await world.user(await world.tenant())
    body = {"email": "ann@example.com", "password": PASSWORD}
    response = await world.http.post("/api/accounts/login", json=body, headers={"origin": "https://evil.example"})
    assert response.status_code == 403
