"""What a tenant's settings, connections and numbers may be, by the API."""

from __future__ import annotations


async def test_only_the_operator_points_a_connection_elsewhere(world):
    tenant_id = await world.tenant()
    admin = (await world.key(tenant_id))["key"]
    path = f"/tenants/{tenant_id}/connections"
    body = {"api_key": "KEY1", "public_key": "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg="}
    elsewhere = body | {"api_base": "https://carrier.example/v2"}
    assert (await world.ask("POST", path, elsewhere, by=admin)).status_code == 403
    assert (await world.ask("POST", path, elsewhere)).status_code == 201
    own = (await world.made(path, body, by=admin))["id"]
    change = {"api_base": "http://127.0.0.1:1/v2"}
    assert (await world.ask("PATCH", f"{path}/{own}", change, by=admin)).status_code == 403
    assert (await world.ask("PATCH", f"{path}/{own}", change)).status_code == 200
    not_ours = ("http://carrier.example/v2", "http://169.254.169.254/", "https://u:p@x.example/")
    for address in (*not_ours, "ftp://x", "https://x.example:99999", "https://[::1"):
        assert (await world.ask("PATCH", f"{path}/{own}", {"api_base": address})).status_code == 422


async def test_caps_cover_everything_unless_the_tenant_says_campaigns_only(world):
    tenant_id = await world.tenant()
    path = f"/tenants/{tenant_id}"
    assert (await world.ask("GET", path)).json()["cap_covers"] == "all"
    changed = await world.ask("PATCH", path, {"cap_covers": "bulk", "retention_days": 365})
    assert (changed.json()["cap_covers"], changed.json()["retention_days"]) == ("bulk", 365)
    assert (await world.internal(f"tenants/{tenant_id}"))["cap_covers"] == "bulk"


async def test_a_tenant_limits_how_often_and_where_its_campaigns_text(world):
    tenant_id = await world.tenant()
    path = f"/tenants/{tenant_id}"
    fresh = (await world.ask("GET", path)).json()
    assert (fresh["campaign_frequency"], fresh["allowed_regions"]) == (None, [])
    often = {"texts": 4, "days": 30}
    changed = await world.ask("PATCH", path, {"campaign_frequency": often, "allowed_regions": ["us", "CA", "US"]})
    assert (changed.json()["campaign_frequency"], changed.json()["allowed_regions"]) == (often, ["CA", "US"])
    told = await world.internal(f"tenants/{tenant_id}")
    assert (told["campaign_frequency"], told["allowed_regions"]) == (often, ["CA", "US"])
    again = await world.ask("PATCH", path, {"campaign_frequency": None, "allowed_regions": []})
    assert (again.json()["campaign_frequency"], again.json()["allowed_regions"]) == (None, [])
    for wrong in (
        {"campaign_frequency": {"texts": 0, "days": 30}},
        {"campaign_frequency": {"texts": 1}},
        {"allowed_regions": ["XX"]},
        {"allowed_regions": "US"},
    ):
        assert (await world.ask("PATCH", path, wrong)).status_code == 422


async def test_a_number_sends_as_fast_as_its_class_may(world):
    tenant_id = await world.tenant()
    body = {"phone_number": "+18885550001", "connection_id": await world.connection(tenant_id)}
    body |= {"number_class": "toll_free", "daily_parts": 5000, "capabilities": ["sms"]}
    made = await world.made(f"/tenants/{tenant_id}/numbers", body)
    assert (made["parts_per_second"], made["daily_parts"], made["capabilities"]) == (20.0, 5000, ["sms"])


async def test_another_class_brings_its_pace_unless_one_is_given_or_it_was_that_class_before(world):
    tenant_id = await world.tenant()
    body = {"phone_number": "+18885550001", "connection_id": await world.connection(tenant_id)}
    path = f"/tenants/{tenant_id}/numbers/{(await world.made(f'/tenants/{tenant_id}/numbers', body))['id']}"

    async def pace_after(**change: object) -> float:
        return (await world.ask("PATCH", path, change)).json()["parts_per_second"]

    assert await pace_after(number_class="toll_free") == 20.0
    assert (await world.internal("numbers/+18885550001"))["parts_per_second"] == 20.0
    assert await pace_after(parts_per_second=5) == 5.0
    assert await pace_after(number_class="toll_free", label="Orders") == 5.0
    assert await pace_after(number_class="long_code", parts_per_second=3) == 3.0


async def test_short_codes_of_ones_own_are_not_offered(world):
    tenant_id = await world.tenant()
    body = {"phone_number": "24273", "connection_id": await world.connection(tenant_id), "number_class": "short_code"}
    refused = await world.ask("POST", f"/tenants/{tenant_id}/numbers", body)
    assert refused.status_code == 422
    assert [error["field"] for error in refused.json()["errors"]] == ["number_class"]


async def test_a_daily_cap_is_one_or_more_null_clears_it_and_0_is_told_what_to_do_instead(world):
    tenant_id = await world.tenant()
    path = f"/tenants/{tenant_id}/numbers"
    body = {"phone_number": "+18885550001", "connection_id": await world.connection(tenant_id)}
    for wrong in (0, -5, 10_000_001, 2.5, "many"):
        refused = await world.ask("POST", path, {**body, "daily_parts": wrong})
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "daily_parts")
    await world.made(path, {**body, "daily_parts": 1})
    refused = await world.ask("PATCH", f"{path}/+18885550001", {"daily_parts": 0})
    assert refused.status_code == 422
    assert "to stop sending from the number set `active`: false" in refused.json()["detail"]
    assert (await world.internal("numbers/+18885550001"))["daily_parts"] == 1
    cleared = await world.ask("PATCH", f"{path}/+18885550001", {"daily_parts": None})
    assert cleared.json()["daily_parts"] is None


async def test_what_a_number_can_carry_is_sms_or_mms_or_both(world):
    tenant_id = await world.tenant()
    path = f"/tenants/{tenant_id}/numbers"
    body = {"phone_number": "+18885550001", "connection_id": await world.connection(tenant_id)}
    assert (await world.made(path, body))["capabilities"] == ["sms", "mms"]
    for wrong in ([], ["fax"], "sms", ["sms", "mms", "sms"], None):
        refused = await world.ask("PATCH", f"{path}/+18885550001", {"capabilities": wrong})
        assert refused.status_code == 422, wrong
    changed = await world.ask("PATCH", f"{path}/+18885550001", {"capabilities": ["mms"]})
    assert changed.json()["capabilities"] == ["mms"]
    assert (await world.internal("numbers/+18885550001"))["capabilities"] == ["mms"]
