"""Rate cards: who may write them, what is refused, and that a card in force stays as it is."""

from __future__ import annotations

CARD = {"valid_from": "2100-02-01T00:00:00Z", "currency": "EUR", "sms_out": {"de": "0.07", "*": "0.10"}}


async def test_a_card_is_written_by_the_operator_and_read_by_the_tenants_admin(world):
    tenant_id = await world.tenant()
    path = f"/tenants/{tenant_id}/rate-cards"
    admin = (await world.key(tenant_id))["key"]
    made = await world.made(path, CARD)
    assert (made["sms_out"], made["currency"], made["in_force"]) == ({"DE": "0.07", "*": "0.10"}, "EUR", False)
    assert (await world.ask("GET", path, by=admin)).json() == {"items": [made], "next_cursor": None}
    assert (await world.ask("GET", f"{path}/{made['id']}", by=admin)).json() == made
    assert (await world.ask("POST", path, CARD, by=admin)).status_code == 403
    assert (await world.ask("DELETE", f"{path}/{made['id']}", by=admin)).status_code == 403
    viewer = (await world.key(tenant_id, "viewer"))["key"]
    assert (await world.ask("GET", path, by=viewer)).status_code == 403
    other = (await world.key(await world.tenant("B")))["key"]
    assert (await world.ask("GET", path, by=other)).status_code == 404


async def test_a_card_in_force_can_only_be_followed_by_another(world):
    path = f"/tenants/{await world.tenant()}/rate-cards"
    now = await world.made(path, {"sms_out": {"*": "0.01"}})
    assert now["valid_from"] == "2100-01-01T00:00:00Z"
    assert now["in_force"]
    later = await world.made(path, CARD)
    refused = await world.ask("DELETE", f"{path}/{now['id']}")
    assert (refused.status_code, refused.json()["code"]) == (409, "rate_card_in_force")
    twice = await world.ask("POST", path, CARD)
    assert (twice.status_code, twice.json()["code"]) == (409, "rate_card_exists")
    assert (await world.ask("DELETE", f"{path}/{later['id']}")).status_code == 204
    assert (await world.ask("DELETE", f"{path}/{later['id']}")).status_code == 404
    assert [card["id"] for card in (await world.ask("GET", path)).json()["items"]] == [now["id"]]


async def test_a_repeat_under_the_same_key_is_the_same_card(world):
    path = f"/tenants/{await world.tenant()}/rate-cards"
    first = await world.ask("POST", path, CARD, key="k")
    again = await world.ask("POST", path, CARD, key="k")
    assert (again.status_code, again.json()) == (201, first.json())
    assert (await world.ask("POST", path, CARD | {"currency": "USD"}, key="k")).status_code == 422


async def test_unknown_tenants_have_no_cards(world):
    assert (await world.ask("POST", "/tenants/ten_unknown/rate-cards", CARD)).status_code == 404
    assert (await world.ask("GET", "/tenants/ten_unknown/rate-cards")).status_code == 404


async def test_a_wrong_card_is_refused(world):
    for wrong in [
        {"sms_out": {"US": "0.01"}},
        {"sms_out": {"*": 0.01}},
        {"sms_out": {"*": "-1"}},
        {"sms_out": {"*": "1e3"}},
        {"sms_out": {"*": "NaN"}},
        {"sms_out": {"*": "0.0000000000001"}},
        {"sms_out": {"USA": "1", "*": "1"}},
        {"sms_out": {"$x": "1", "*": "1"}},
        {"currency": "usd"},
        {"carrier_fee": {"mode": "sometimes"}},
        {"carrier_fee": {"mode": "none", "markup_percent": "-5"}},
        {"tokens": [{"model": "*", "kind": "prompt", "price": "1", "per": 10}]},
        {"tokens": [{"model": "(a+)+$", "kind": "prompt", "price": "1"}]},
        {"tokens": [{"model": "*a*b*c*d", "kind": "prompt", "price": "1"}]},
        {"valid_from": "2100-01-01"},
        {"valid_form": "2100-01-01T00:00:00Z"},
    ]:
        response = await world.ask("POST", f"/tenants/{await world.tenant()}/rate-cards", CARD | wrong)
        assert response.status_code == 422, response.text
