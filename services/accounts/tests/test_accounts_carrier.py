"""Against the sandbox carrier: real adapter, real HTTP shapes, no network."""

from __future__ import annotations

import httpx2
import pytest
from fastapi.responses import JSONResponse
from pydantic import SecretStr

import sandbox
from accounts.carrier.adapters.telnyx import Telnyx
from accounts.carrier.adapters.telnyx_account import CarrierAccount
from sandbox.settings import SandboxSettings
from shared.errors import Refused, Unavailable

CARRIER_KEY = "KEYcarrier-of-this-test"


@pytest.fixture
def carrier(world):
    pretend = sandbox.build(SandboxSettings(secret=SecretStr("s")), world.clock)
    world.app.include_router(pretend.router)
    yield pretend.state
    pretend.close()


class Setup:
    def __init__(self, world, carrier, tenant_id: str, id: str) -> None:
        self.world, self.carrier, self.tenant_id, self.id = world, carrier, tenant_id, id
        self.path = f"/tenants/{tenant_id}/connections/{id}"
        self.profile_id = carrier.registry.account(CARRIER_KEY).messaging_profile_id

    def own(self, *numbers: str, profile_id: str | None = None, key: str = CARRIER_KEY, **more: object) -> None:
        for number in numbers:
            hook = f"https://parley.example/webhooks/telnyx/{self.id}"
            self.carrier.register_number(number, key, webhook_url=hook, messaging_profile_id=profile_id, **more)

    async def findings(self) -> dict[str, dict]:
        checked = await self.world.ask("POST", f"{self.path}/check")
        assert checked.status_code == 200, checked.text
        findings = {finding["subject"]: finding for finding in checked.json()["findings"]}
        assert checked.json()["ok"] == all(finding["ok"] for finding in findings.values())
        return findings

    async def wrong(self) -> list[str]:
        findings = await self.findings()
        for finding in findings.values():
            assert bool(finding["problem"]) == bool(finding["remedy"]) == (not finding["ok"])
        return [subject for subject, finding in findings.items() if not finding["ok"]]


@pytest.fixture
async def setup(world, carrier) -> Setup:
    tenant_id = await world.tenant()
    profile_id = carrier.registry.account(CARRIER_KEY).messaging_profile_id
    body = {"api_key": CARRIER_KEY, "public_key": carrier.public_key(CARRIER_KEY), "messaging_profile_id": profile_id}
    made = await world.made(f"/tenants/{tenant_id}/connections", body)
    return Setup(world, carrier, tenant_id, made["id"])


async def test_the_account_shows_its_numbers_page_by_page_and_how_they_stand_here(world, setup):
    setup.own("+13125550001", "+13125550002", "+13125550003")
    setup.own("+13125550004", profile_id="another-profile")
    setup.own("+13125559999", key="KEYsomebody-else")
    other = await world.tenant("B")
    theirs = {"phone_number": "+13125550002", "connection_id": await world.connection(other)}
    await world.made(f"/tenants/{other}/numbers", theirs)
    await world.made(f"/tenants/{setup.tenant_id}/numbers", {"phone_number": "+13125550001", "connection_id": setup.id})
    seen, cursor = {}, ""
    while cursor is not None:
        query = f"?limit=3&cursor={cursor}" if cursor else "?limit=3"
        page = (await world.ask("GET", f"{setup.path}/available-numbers{query}")).json()
        seen |= {item["phone_number"]: (item["here"], item["fits_profile"]) for item in page["items"]}
        cursor = page["next_cursor"]
    assert seen == {
        "+13125550001": ("yours", True),
        "+13125550002": ("taken", True),
        "+13125550003": ("available", True),
        "+13125550004": ("available", False),
    }
    bad = await world.ask("GET", f"{setup.path}/available-numbers?cursor=%C2%B2")
    assert (bad.status_code, bad.json()["code"]) == (422, "bad_cursor")


async def test_all_numbers_that_fit_are_taken_in_and_a_repeat_changes_nothing(world, setup):
    setup.own(*(f"+1312555{n:04}" for n in range(230)))
    setup.own("+13125559999", profile_id="another-profile")
    done = (await world.ask("POST", f"{setup.path}/import", {"phone_numbers": "all"})).json()
    assert len(done["imported"]) == 230
    assert [(left["phone_number"], left["code"]) for left in done["left_out"]] == [("+13125559999", "other_profile")]
    assert {number["connection_id"] for number in done["imported"]} == {setup.id}
    again = (await world.ask("POST", f"{setup.path}/import", {"phone_numbers": "all"})).json()
    assert again["imported"] == []
    assert {left["code"] for left in again["left_out"]} == {"number_exists", "other_profile"}
    assert (await world.internal("numbers/+13125550000"))["revision"] == 1
    assert "number.added" in (await world.ask("GET", f"/tenants/{setup.tenant_id}/audit")).text


async def test_chosen_numbers_are_taken_in_only_if_the_account_owns_them(world, setup):
    setup.own("+13125550001")
    wanted = {"phone_numbers": ["(312) 555-0001", "+13125550002", "123"]}
    done = (await world.ask("POST", f"{setup.path}/import", wanted)).json()
    assert [number["phone_number"] for number in done["imported"]] == ["+13125550001"]
    assert [left["phone_number"] for left in done["left_out"]] == ["+13125550002", "123"]
    assert done["left_out"][0]["code"] == "not_at_carrier"
    for body in ({"phone_numbers": []}, {"phone_numbers": "some"}, {}):
        assert (await world.ask("POST", f"{setup.path}/import", body)).status_code == 422


async def test_an_import_takes_over_what_each_number_can_carry_at_the_carrier(world, setup):
    setup.own(*(f"+1312555{n:04}" for n in range(120)))
    setup.own("+13125559001", capabilities=("sms",))
    setup.own("+13125559002", capabilities=("mms",))
    setup.own("+13125559003", capabilities=())
    done = (await world.ask("POST", f"{setup.path}/import", {"phone_numbers": "all"})).json()
    can = {number["phone_number"]: number["capabilities"] for number in done["imported"]}
    assert (can["+13125550000"], can["+13125550119"]) == (["sms", "mms"], ["sms", "mms"])
    assert (can["+13125559001"], can["+13125559002"]) == (["sms"], ["mms"])
    assert [(left["phone_number"], left["code"]) for left in done["left_out"]] == [("+13125559003", "no_messaging")]
    assert (await world.internal("numbers/+13125559001"))["capabilities"] == ["sms"]


async def test_an_import_leaves_short_codes_and_says_why(world, setup):
    setup.own("+13125550001", "24273")
    for wanted in ("all", ["24273"]):
        done = (await world.ask("POST", f"{setup.path}/import", {"phone_numbers": wanted})).json()
        assert [(left["phone_number"], left["code"]) for left in done["left_out"]] == [("24273", "short_code")]


async def test_a_connection_that_is_set_up_right_has_nothing_to_mend(world, setup):
    setup.own("+13125550001")
    await world.ask("POST", f"{setup.path}/import", {"phone_numbers": "all"})
    assert await setup.wrong() == []


@pytest.mark.parametrize(
    ("settings", "subject"),
    [
        ({"webhook_url": "https://elsewhere.example/hook"}, "webhook_url"),
        ({"webhook_url": ""}, "webhook_url"),
        ({"webhook_api_version": "1"}, "webhook_api_version"),
        ({"enabled": False}, "profile_enabled"),
        ({"redaction_level": 2}, "redaction"),
    ],
    ids=str,
)
async def test_the_check_names_the_setting_that_is_wrong(world, setup, settings, subject):
    setup.own("+13125550001")
    changed = await world.http.patch(f"http://127.0.0.1/sandbox/control/profiles/{setup.profile_id}", json=settings)
    assert changed.status_code == 200, changed.text
    assert await setup.wrong() == [subject]


async def test_the_check_says_which_webhook_address_to_enter(world, setup):
    setup.own("+13125550001")
    await world.http.patch(f"http://127.0.0.1/sandbox/control/profiles/{setup.profile_id}", json={"webhook_url": ""})
    remedy = (await setup.findings())["webhook_url"]["remedy"]
    assert f"https://parley.example/webhooks/telnyx/{setup.id}" in remedy


async def test_a_key_that_the_carrier_refuses_is_the_finding(world, setup):
    await world.ask("PATCH", setup.path, {"api_key": "not a key of theirs"})
    assert await setup.wrong() == ["api_key"]
    refused = await world.ask("GET", f"{setup.path}/available-numbers")
    assert (refused.status_code, refused.json()["code"]) == (409, "carrier_key_refused")
    assert "not a key of theirs" not in refused.text


async def test_a_key_that_no_header_can_carry_counts_as_refused():
    telnyx = Telnyx("https://api.test/v2", httpx2.MockTransport(lambda _: httpx2.Response(200, json={"data": []})))
    with pytest.raises(Refused, match="carrier_key_refused"):
        await telnyx.numbers(CarrierAccount("KEY…", None))
    await telnyx.close()


async def test_numbers_that_left_the_account_or_its_profile_are_named(world, setup):
    setup.own("+13125550001", "+13125550002")
    await world.ask("POST", f"{setup.path}/import", {"phone_numbers": "all"})
    setup.own("+13125550001", profile_id="another-profile")
    finding = (await setup.findings())["numbers"]
    assert "+13125550001" in finding["problem"]
    assert "+13125550002" not in finding["problem"]
    await world.made(f"/tenants/{setup.tenant_id}/numbers", {"phone_number": "+13125557777", "connection_id": setup.id})
    assert "+13125557777" in (await setup.findings())["numbers"]["problem"]


async def test_a_connection_without_profile_is_told_the_only_one_there_is(world, setup):
    setup.own("+13125550001")
    await world.ask("PATCH", setup.path, {"messaging_profile_id": None})
    finding = (await setup.findings())["messaging_profile"]
    assert setup.profile_id in finding["remedy"]
    setup.own("+13125550002", profile_id="another-profile")
    assert "2 messaging profiles" in (await setup.findings())["messaging_profile"]["problem"]
    await world.ask("PATCH", setup.path, {"messaging_profile_id": "no-such-profile"})
    assert "no-such-profile" in (await setup.findings())["messaging_profile"]["problem"]


async def test_an_account_without_profiles_is_told_to_make_one(world, setup):
    assert await setup.wrong() == ["messaging_profile"]


async def test_another_tenants_connection_is_not_there(world, setup):
    other = await world.tenant("B")
    admin = (await world.key(other))["key"]
    for method, path in (("GET", "available-numbers"), ("POST", "import"), ("POST", "check")):
        for tenant_id in (setup.tenant_id, other):
            url = f"/tenants/{tenant_id}/connections/{setup.id}/{path}"
            body = {"phone_numbers": "all"} if path == "import" else None
            assert (await world.ask(method, url, body, by=admin)).status_code == 404


def _answering(status: int, **more) -> Telnyx:
    return Telnyx("https://carrier.example/v2", httpx2.MockTransport(lambda _: httpx2.Response(status, **more)))


def _error(code: str) -> dict:
    return {"errors": [{"code": code, "title": "What went wrong", "detail": "…"}]}


@pytest.mark.parametrize(
    ("telnyx", "raised", "code"),
    [
        (_answering(401, json=_error("10009")), Refused, "carrier_key_refused"),
        (_answering(404, json=_error("10005")), Refused, "carrier_refused"),
        (_answering(403, json=_error("20012")), Refused, "carrier_refused"),
        (_answering(302, headers={"location": "http://169.254.169.254/"}), Refused, "carrier_refused"),
        (_answering(429, json=_error("10011")), Unavailable, "carrier_away"),
        (_answering(500, content=b"<html>"), Unavailable, "carrier_away"),
        (_answering(400, json=["not", "an", "object"]), Refused, "carrier_refused"),
    ],
)
async def test_what_the_carrier_says_becomes_a_word_of_ours(telnyx, raised, code):
    with pytest.raises(raised) as error:
        await telnyx.numbers(CarrierAccount("KEY1", None))
    assert error.value.code == code


async def test_a_carrier_that_does_not_answer_is_away():
    def cut(request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ConnectTimeout("no answer", request=request)

    with pytest.raises(Unavailable):
        await Telnyx("https://carrier.example/v2", httpx2.MockTransport(cut)).profiles(CarrierAccount("KEY1", None))


async def test_what_sends_abroad_only_can_carry_too_and_what_the_carrier_does_not_say_is_not_known():
    abroad = {"domestic_two_way": False, "international_outbound": True}
    rows = [
        {"phone_number": "+13125550001", "features": {"sms": abroad, "mms": {"domestic_two_way": False}}},
        {"phone_number": "+13125550002", "features": None},
        {"phone_number": "+13125550003"},
    ]
    known = await _answering(200, json={"data": rows}).capabilities(CarrierAccount("KEY1", None))
    assert known == {"+13125550001": ("sms",)}


async def test_odd_rows_are_passed_over():
    body = {"data": [{"phone_number": None}, "text", {"phone_number": "+13125550001"}], "meta": None}
    page = await _answering(200, json=body).numbers(CarrierAccount("KEY1", None))
    assert [(n.phone_number, n.status, n.messaging_profile_id) for n in page.items] == [("+13125550001", "", None)]


async def test_a_tenant_adds_only_numbers_that_its_own_carrier_account_has(world, setup):
    setup.own("+13125550001")
    setup.own("+13125550002", profile_id="another-profile")
    setup.own("+13125550003", key="KEYsomebody-else")
    admin = (await world.key(setup.tenant_id))["key"]

    async def added(number: str, by: str = admin) -> tuple[int, str | None]:
        body = {"phone_number": number, "connection_id": setup.id}
        answer = await world.ask("POST", f"/tenants/{setup.tenant_id}/numbers", body, by=by)
        return answer.status_code, answer.json().get("code")

    assert await added("+13125550003") == (409, "not_at_carrier")
    assert await added("+13125550002") == (409, "other_profile")
    assert await added("+13125550001") == (201, None)
    operator = {"phone_number": "+13125550003", "connection_id": setup.id}
    assert (await world.ask("POST", f"/tenants/{setup.tenant_id}/numbers", operator)).status_code == 201


async def test_while_the_carrier_is_away_a_tenant_adds_no_number_and_may_ask_again(world):
    tenant_id = await world.tenant()
    admin = (await world.key(tenant_id))["key"]
    away = [True]

    @world.app.get("/sandbox/telnyx/v2/phone_numbers")
    async def numbers() -> JSONResponse:
        row = {"phone_number": "+13125550001", "status": "active"}
        return JSONResponse({"data": [row]}, 503 if away[0] else 200)

    body = {"phone_number": "+13125550001", "connection_id": await world.connection(tenant_id)}
    refused = await world.ask("POST", f"/tenants/{tenant_id}/numbers", body, by=admin, key="k")
    assert (refused.status_code, refused.json()["code"]) == (503, "carrier_away")
    assert (await world.ask("GET", f"/tenants/{tenant_id}/numbers")).json()["items"] == []
    away[0] = False
    assert (await world.ask("POST", f"/tenants/{tenant_id}/numbers", body, by=admin, key="k")).status_code == 201
    away[0] = True
    repeated = await world.ask("POST", f"/tenants/{tenant_id}/numbers", body, by=admin, key="k")
    assert (repeated.status_code, repeated.json()["id"]) == (201, "+13125550001"), "an answer that was lost"


async def test_all_of_a_shared_account_is_the_operators_to_import(world, setup):
    setup.own("+13125550001")
    admin = (await world.key(setup.tenant_id))["key"]
    all_of_it = {"phone_numbers": "all"}
    await world.ask("PATCH", setup.path, {"messaging_profile_id": None})
    refused = await world.ask("POST", f"{setup.path}/import", all_of_it, by=admin)
    assert (refused.status_code, refused.json()["code"]) == (409, "profile_needed")
    assert len((await world.ask("POST", f"{setup.path}/import", all_of_it)).json()["imported"]) == 1
    await world.ask("PATCH", setup.path, {"messaging_profile_id": setup.profile_id})
    assert (await world.ask("POST", f"{setup.path}/import", all_of_it, by=admin)).status_code == 200
