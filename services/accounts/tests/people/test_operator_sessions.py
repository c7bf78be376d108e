"""The operator's browser: signs in with ADMIN_TOKEN, and then counts wherever that token does."""

from __future__ import annotations

import pytest

from accounts.operator_sessions import LIFETIME, OperatorSessions
from shared.access.security_schemes import OPERATOR_COOKIE

ADMIN = "admin-token-of-this-test-long-enough"
OURS, FOREIGN = {"origin": "http://test"}, {"origin": "https://evil.example"}


async def sign_in(world, token: str = ADMIN, **headers: str):
    return await world.http.post("/api/accounts/operator-login", json={"admin_token": token}, headers=headers)


async def browse(world, method: str, path: str, body: object = None, headers: dict[str, str] = OURS):
    """As a page does: with the cookies that the browser holds, no bearer."""
    return await world.http.request(method, f"/api/accounts{path}", json=body, headers=headers)


@pytest.fixture
async def signed_in(world):
    """Over http, as the test's client sends no cookie marked Secure."""
    answer = await sign_in(world)
    assert answer.status_code == 200, answer.text
    cookie = answer.headers["set-cookie"]
    assert all(word in cookie for word in ("HttpOnly", "SameSite=strict", "Secure"))
    world.http.cookies.clear()
    world.http.cookies.set(OPERATOR_COOKIE, cookie.partition("=")[2].partition(";")[0])
    return world


async def test_a_browser_does_the_whole_first_run(signed_in):
    world = signed_in
    assert (await world.http.get("/api/accounts/setup")).json() == {"needs_setup": True, "sandbox": False}
    opened = await browse(world, "POST", "/tenants", {"name": "Corner Bakery"})
    assert opened.status_code == 201
    path = f"/tenants/{opened.json()['id']}"
    ann = {"email": "ann@example.com", "name": "Ann", "role": "admin", "password": "correct horse battery"}
    assert (await browse(world, "POST", f"{path}/users", ann)).status_code == 201
    assert (await world.http.get("/api/accounts/setup")).json()["needs_setup"] is False
    login = {name: ann[name] for name in ("email", "password")}
    assert (await browse(world, "POST", "/login", login)).status_code == 200


async def test_it_says_who_it_is_and_ends_by_signing_out(signed_in):
    world = signed_in
    me = (await browse(world, "GET", "/me")).json()
    assert (me["operator"], me["expires_at"][:10]) == (True, "2100-01-01")
    cookie = world.http.cookies[OPERATOR_COOKIE]
    assert (await browse(world, "POST", "/operator-logout")).status_code == 204
    world.http.cookies.set(OPERATOR_COOKIE, cookie)
    assert (await browse(world, "GET", "/tenants")).status_code == 401


async def test_it_ends_after_twelve_hours_and_with_another_admin_token(signed_in):
    world = signed_in
    cookie, storage = world.http.cookies[OPERATOR_COOKIE], world.storage()
    assert await OperatorSessions(storage, ADMIN).until(cookie)
    assert await OperatorSessions(storage, "another admin token of 32 characters").until(cookie) is None
    world.clock.advance(LIFETIME.total_seconds())
    assert (await browse(world, "GET", "/tenants")).status_code == 401
    world.clock.advance(1)
    assert await OperatorSessions(storage, ADMIN).forget_old() == 1


async def test_a_page_of_another_site_uses_it_for_nothing(signed_in):
    world = signed_in
    refused = await browse(world, "POST", "/tenants", {"name": "x"}, FOREIGN)
    assert (refused.status_code, refused.json()["code"]) == (403, "foreign_origin")
    assert (await sign_in(world, **FOREIGN)).status_code == 403


async def test_beside_a_users_session_the_user_acts_at_home_and_the_operator_elsewhere(signed_in):
    world = signed_in
    own, other = await world.tenant("Own"), await world.tenant("Other")
    user = await world.user(own)
    cookie, token = world.http.cookies[OPERATOR_COOKIE], await world.token()
    world.http.cookies.set(OPERATOR_COOKIE, cookie)
    world.http.cookies.set("parley_session", token)
    me = (await browse(world, "GET", "/me")).json()
    assert (me["user_id"], me["operator"]) == (user["id"], True)
    for tenant_id in (own, other):
        assert (await browse(world, "PATCH", f"/tenants/{tenant_id}", {"ai_mode": "off"})).status_code == 200
        assert (await browse(world, "GET", f"/usage?tenant_id={tenant_id}")).status_code == 200
    audits = [(await world.ask("GET", f"/tenants/{id}/audit")).json()["items"] for id in (own, other)]
    who = [next(entry["who"] for entry in audit if entry["what"] == "tenant.changed") for audit in audits]
    assert who == [user["id"], "operator"]
    assert (await browse(world, "POST", "/logout")).status_code == 204
    world.http.cookies.set(OPERATOR_COOKIE, cookie)
    await world.becomes_void(token)
    assert (await browse(world, "GET", "/tenants")).status_code == 401, "signing out ends both"


async def test_wrong_admin_tokens_make_the_caller_wait(world):
    codes = [(await sign_in(world, "wrong")).json()["code"] for _ in range(7)]
    assert codes[0] == "wrong_admin_token"
    assert codes[-1] == "too_many_attempts"
    assert (await sign_in(world)).status_code == 429
