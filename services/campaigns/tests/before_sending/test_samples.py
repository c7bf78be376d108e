"""A test text goes to oneself only, once per request, and no figure of the campaign knows of it."""

from __future__ import annotations

from typing import Any

from shared.events import TenantChanged

ME = {"phone_number": "(312) 555-0199"}


async def test_one_real_text_leaves_with_the_first_recipients_values(stage: Any, people: Any) -> None:
    id = await stage.campaign("Hi {name}", people(1))
    sent = await stage.post(f"/api/campaigns/{id}/test", ME)
    [text] = stage.texts
    assert (text["message_id"], text["contact"], text["text"]) == (sent["message_id"], "+13125550199", "Hi Ana Ruiz")
    assert (text["priority"], text["author"], text["campaign_id"]) == ("one", "api", None)
    assert (sent["parts"], sent["encoding"], sent["number"]) == (1, "GSM-7", "+13125550100")
    shown = (await stage.call("GET", f"/api/campaigns/{id}")).json()
    assert shown["counts"]["total"] == 1


async def test_without_recipients_defaults_are_used_and_variables_show_their_names(stage: Any) -> None:
    id = await stage.campaign("Hi {name|there}, {thing}")
    await stage.post(f"/api/campaigns/{id}/test", ME)
    assert stage.texts[0]["text"] == "Hi there, {thing}"


async def test_a_repeated_request_sends_nothing_more(stage: Any) -> None:
    id = await stage.campaign()
    first, again = [await stage.post(f"/api/campaigns/{id}/test", ME, key="k1") for _ in range(2)]
    assert first == again
    assert len(stage.texts) == 1
    other = await stage.call("POST", f"/api/campaigns/{id}/test", {"phone_number": "+13125550198"}, key="k1")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert len(stage.texts) == 1


async def test_what_cannot_be_sent_is_refused(stage: Any, people: Any) -> None:
    long, none = await stage.campaign("{a}{a}", [people.one(1, a="x" * 800)]), await stage.campaign("")
    for id, body, code in (
        (long, ME, "too_long"),
        (none, ME, "nothing_to_send"),
        (long, {"phone_number": "12"}, "invalid_phone_number"),
    ):
        refused = await stage.call("POST", f"/api/campaigns/{id}/test", body)
        assert refused.json()["code"] == code
    await stage.tell(people.number("+13125550100", revision=2, active=False))
    id = await stage.campaign()
    assert (await stage.call("POST", f"/api/campaigns/{id}/test", ME)).json()["code"] == "no_numbers"
    await stage.tell(TenantChanged(tenant_id="ten_a", revision=2, name="Blue Door", status="suspended"))
    stage.world.clock.advance(2)
    assert (await stage.call("POST", f"/api/campaigns/{id}/test", ME)).json()["code"] == "tenant_inactive"
    assert stage.texts == []
