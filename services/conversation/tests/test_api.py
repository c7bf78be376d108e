"""The HTTP API as other people's programs use it."""

from __future__ import annotations

from typing import Any

import pytest

from shared.events import ConsentChanged, ConversationUpdated, SmsWithdrawn, standing_opt_outs
from shared.events.conversation import ConsentEntry

TENANT, OTHER = "ten_one", "ten_two"
OURS, OUR_SECOND, THEIRS = "+12025550100", "+12025550101", "+12025550123"
START = {"to": "(202) 555-0123", "text": "Your bread is ready", "name": "Ada Lovelace", "company": "Engines"}


async def started(world: Any, **more: Any) -> dict[str, Any]:
    async with world.client() as client:
        response = await client.post("/api/conversations", json={**START, **more})
        assert response.status_code == 201, response.text
        return response.json()


async def test_starting_sends_and_shows_the_whole_conversation(world: Any) -> None:
    conversation = await started(world)
    assert conversation["contact"]["phone_number"] == THEIRS
    assert conversation["contact"]["name"] == "Ada Lovelace"
    assert conversation["phone_number"] == OURS
    assert conversation["last_message"]["text"] == "Your bread is ready"
    assert conversation["ai_mode"] == "auto"
    [sent] = world.sent()
    assert (sent.number, sent.contact, sent.author, sent.seq) == (OURS, THEIRS, "api", 1)
    [message] = await world.messages(conversation["id"])
    assert (message["from"], message["to"], message["status"], message["parts"]) == (OURS, THEIRS, "queued", 1)


async def test_the_same_key_starts_once(world: Any) -> None:
    async with world.client() as client:
        key = {"idempotency-key": "order-7"}
        answers = [await client.post("/api/conversations", json=START, headers=key) for _ in range(3)]
        assert {(one.status_code, one.json()["id"]) for one in answers} == {(201, answers[0].json()["id"])}
        assert len(world.sent()) == 1
        other = await client.post("/api/conversations", json={**START, "text": "else"}, headers=key)
        assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


async def test_an_answer_by_a_person_takes_over_and_is_sent_once_per_key(world: Any) -> None:
    await world.text("Hello?")
    id = (await world.conversation())["id"]
    async with world.client(user="usr_1") as client:
        key = {"idempotency-key": "k"}
        first = await client.post(f"/api/conversations/{id}/messages", json={"text": "Hi, Bo here"}, headers=key)
        again = await client.post(f"/api/conversations/{id}/messages", json={"text": "Hi, Bo here"}, headers=key)
        other = await client.post(f"/api/conversations/{id}/messages", json={"text": "Other"}, headers=key)
    assert (first.status_code, first.json()["author"]) == (201, "agent")
    assert again.json() == first.json()
    assert other.status_code == 422
    assert len(world.sent()) == 1
    conversation = await world.conversation()
    assert (conversation["ai_mode"], conversation["unread"]) == ("off", 0)
    await world.pass_time(10)
    assert world.requested() == []


async def test_a_takeover_withdraws_the_assistants_answer_and_can_be_given_back(world: Any) -> None:
    await world.text("Hello?")
    await world.pass_time(2)
    await world.drafted("Hi")
    id = (await world.conversation())["id"]
    async with world.client() as client:
        taken = (await client.patch(f"/api/conversations/{id}", json={"assignee": "usr_1"})).json()
        assert (taken["assignee"], taken["ai_mode"]) == ("usr_1", "off")
        assert world.broker.data(SmsWithdrawn)[0].turn == 1
        await world.text("Anybody?")
        await world.pass_time(5)
        assert len(world.requested()) == 1
        back = (await client.patch(f"/api/conversations/{id}", json={"ai_mode": "auto"})).json()
        assert back["ai_mode"] == "auto"
    await world.text("Hello??")
    await world.pass_time(31)
    assert len(world.requested()) == 2


async def test_a_draft_waits_and_is_approved_once(suggesting: Any) -> None:
    await suggesting.text("Hello?")
    await suggesting.pass_time(2)
    await suggesting.drafted("Hi there")
    assert suggesting.sent() == []
    conversation = await suggesting.conversation()
    draft, path = conversation["draft"], f"/api/conversations/{conversation['id']}/drafts"
    assert draft["text"] == "Hi there"
    async with suggesting.client(user="usr_1") as client:
        first = await client.post(f"{path}/{draft['id']}/approve", json={"text": "Hi there!"})
        assert (first.status_code, first.json()["author"], first.json()["text"]) == (201, "agent", "Hi there!")
        again = await client.post(f"{path}/{draft['id']}/approve")
        assert again.json()["id"] == first.json()["id"]
        other = await client.post(f"{path}/{draft['id']}/approve", json={"text": "no"})
        assert other.json()["code"] == "draft_approved"
        rejected = await client.post(f"{path}/{draft['id']}/reject")
        assert (rejected.status_code, rejected.json()["code"]) == (409, "draft_approved")
    [sent] = suggesting.sent()
    assert sent.turn is None, "what comes next must not withdraw the agent's own message"
    assert (await suggesting.conversation())["draft"] is None
    assert (await suggesting.conversation())["ai_mode"] == "suggest"


async def test_approving_a_superseded_draft_is_refused(suggesting: Any) -> None:
    await suggesting.text("Hello?")
    await suggesting.pass_time(2)
    await suggesting.drafted("Hi there")
    conversation = await suggesting.conversation()
    path = f"/api/conversations/{conversation['id']}/drafts/{conversation['draft']['id']}"
    await suggesting.text("Never mind")
    async with suggesting.client() as client:
        response = await client.post(f"{path}/approve")
        assert (response.status_code, response.json()["code"]) == (409, "draft_superseded")
        unknown = await client.post(f"{path}x/approve")
        assert unknown.status_code == 404
    assert suggesting.sent() == []


async def test_a_rejected_draft_is_gone(suggesting: Any) -> None:
    await suggesting.text("Hello?")
    await suggesting.pass_time(2)
    await suggesting.drafted("Hi there")
    conversation = await suggesting.conversation()
    path = f"/api/conversations/{conversation['id']}/drafts/{conversation['draft']['id']}"
    async with suggesting.client() as client:
        assert (await client.post(f"{path}/reject")).json()["draft"] is None
        assert (await client.post(f"{path}/reject")).status_code == 200
        assert (await client.post(f"{path}/approve")).json()["code"] == "draft_rejected"


async def test_nothing_is_sent_to_who_opted_out_until_they_say_otherwise(world: Any) -> None:
    await world.text("STOP", keyword="stop")
    [event] = world.broker.events(ConsentChanged)
    await world.handle[ConsentChanged](event)
    conversation = await world.conversation()
    assert conversation["opted_out"] is True
    contact = conversation["contact"]["id"]
    async with world.client(user="usr_1") as client:
        sent = await client.post(f"/api/conversations/{conversation['id']}/messages", json={"text": "but"})
        assert (sent.status_code, sent.json()["code"]) == (409, "opted_out")
        assert (await client.post("/api/conversations", json=START)).status_code == 409
        world.clock.advance(60)
        told = await client.post(f"/api/contacts/{contact}/consent", json={"state": "in", "note": "asked by phone"})
        assert told.status_code == 201
        assert told.json()["contact"]["opted_out"] is False
        assert [entry["state"] for entry in told.json()["entries"]] == ["in", "out"]
        sent = await client.post(f"/api/conversations/{conversation['id']}/messages", json={"text": "welcome back"})
        assert sent.status_code == 201
    opt_in = world.broker.data(ConsentChanged)[-1]
    assert opt_in.overrides == (event.data.entry_id,)
    entries = tuple(ConsentEntry.of(change) for change in world.broker.data(ConsentChanged))
    assert standing_opt_outs(entries) == ()


async def test_another_word_on_consent_under_the_same_key_is_refused(world: Any) -> None:
    contact = (await started(world))["contact"]["id"]
    path, key, out = f"/api/contacts/{contact}/consent", {"idempotency-key": "k"}, {"state": "out", "note": "by phone"}
    async with world.client(user="usr_1") as client:
        first = await client.post(path, json=out, headers=key)
        assert (await client.post(path, json=out, headers=key)).json() == first.json()
        for other in ({"state": "in", "note": "by phone"}, {"state": "out", "note": "by letter"}):
            refused = await client.post(path, json=other, headers=key)
            assert (refused.status_code, refused.json()["code"]) == (422, "idempotency_key_reused")
        world.clock.advance(60 * 60 * 24 * 40)  # absorbed causes are long forgotten
        assert (await client.post(path, json=out, headers=key)).status_code == 201
        assert [entry["state"] for entry in (await client.get(path)).json()["entries"]] == ["out"]
        lifted = await client.post(path, json={"state": "in", "note": "by phone"})
        assert lifted.json()["contact"]["opted_out"] is False


async def test_approving_with_another_text_under_the_same_key_is_refused(suggesting: Any) -> None:
    await suggesting.text("Hello?")
    await suggesting.pass_time(2)
    await suggesting.drafted("Hi there")
    conversation = await suggesting.conversation()
    path = f"/api/conversations/{conversation['id']}/drafts/{conversation['draft']['id']}/approve"
    key = {"idempotency-key": "k"}
    async with suggesting.client(user="usr_1") as client:
        first = await client.post(path, json={"text": "Hi Ann"}, headers=key)
        assert first.status_code == 201
        assert (await client.post(path, json={"text": "Hi Ann"}, headers=key)).json() == first.json()
        for other in ({"text": "Hi Bob"}, None):
            refused = await client.post(path, json=other, headers=key)
            assert (refused.status_code, refused.json()["code"]) == (422, "idempotency_key_reused")
        elsewhere = await client.post(path, json={"text": "Hi Bob"}, headers={"idempotency-key": "other"})
        assert (elsewhere.status_code, elsewhere.json()["code"]) == (409, "draft_approved")
        assert (await client.post(path)).json() == first.json()
    assert len(suggesting.sent()) == 1


async def test_sender_reads_consent_page_by_page(world: Any) -> None:
    await world.text("STOP", keyword="stop")
    [event] = world.broker.events(ConsentChanged)
    await world.handle[ConsentChanged](event)
    token = world.keyring.token({"kind": "internal", "exp": int(world.clock.now().timestamp()) + 10**9})
    async with world.client() as client:
        headers = {"authorization": f"Bearer {token}"}
        [row] = (await client.get("/internal/conversation/consents", headers=headers)).json()["items"]
        assert (row["id"], row["tenant_id"], row["contact"]) == (f"{TENANT}|{THEIRS}", TENANT, THEIRS)
        assert ConsentEntry.model_validate(row["entries"][0]).state == "out"
        one = await client.get(f"/internal/conversation/consents/{TENANT}|{THEIRS}", headers=headers)
        assert one.json() == row
        assert (await client.get("/internal/conversation/consents")).status_code == 401


async def test_another_tenant_sees_and_changes_nothing(world: Any) -> None:
    conversation = await started(world)
    id, contact = conversation["id"], conversation["contact"]["id"]
    async with world.client(OTHER) as client:
        assert (await client.get("/api/conversations")).json()["items"] == []
        assert (await client.get("/api/contacts")).json()["items"] == []
        answers = [
            await client.get(f"/api/conversations/{id}"),
            await client.get(f"/api/conversations/{id}/messages"),
            await client.post(f"/api/conversations/{id}/messages", json={"text": "x"}),
            await client.patch(f"/api/conversations/{id}", json={"state": "closed"}),
            await client.post(f"/api/conversations/{id}/read"),
            await client.post(f"/api/conversations/{id}/drafts/drf_1/approve"),
            await client.post(f"/api/conversations/{id}/drafts/drf_1/reject"),
            await client.get(f"/api/contacts/{contact}"),
            await client.patch(f"/api/contacts/{contact}", json={"name": "x"}),
            await client.post(f"/api/contacts/{contact}/consent", json={"state": "out", "note": "x"}),
        ]
        assert {answer.status_code for answer in answers} == {404}
        stolen = await client.post("/api/conversations", json={**START, "from": OURS})
        assert (stolen.status_code, stolen.json()["code"]) == (422, "unknown_number")


async def test_a_viewer_reads_only(world: Any) -> None:
    conversation = await started(world)
    async with world.client(role="viewer") as client:
        assert (await client.get(f"/api/conversations/{conversation['id']}")).status_code == 200
        sent = await client.post(f"/api/conversations/{conversation['id']}/messages", json={"text": "x"})
        assert sent.status_code == 403


async def test_bad_requests_say_what_is_wrong(world: Any) -> None:
    conversation = await started(world)
    path = f"/api/conversations/{conversation['id']}"
    async with world.client() as client:
        long = await client.post(f"{path}/messages", json={"text": "x" * 1600})
        assert (long.status_code, long.json()["code"]) == (422, "too_long")
        empty = await client.post(f"{path}/messages", json={"text": "  "})
        assert empty.json()["code"] == "empty_message"
        for send, more in ((f"{path}/messages", {}), ("/api/conversations", {"to": THEIRS})):
            torn = await client.post(send, json={"text": "Hel\0lo", **more})
            assert (torn.status_code, torn.json()["code"]) == (422, "control_character")
            assert "character 4 of the text is U+0000" in torn.json()["detail"]
        number = await client.post("/api/conversations", json={**START, "to": "12"})
        assert number.json()["code"] == "invalid_phone_number"
        url = await client.post(f"{path}/messages", json={"media_urls": ["nonsense"]})
        assert url.status_code == 422
        mode = await client.patch(path, json={"ai_mode": "loud"})
        assert mode.status_code == 422
        cursor = await client.get("/api/conversations", params={"cursor": "nonsense"})
        assert cursor.json()["code"] == "bad_cursor"


async def test_from_is_asked_for_when_there_are_several_numbers(world: Any) -> None:
    world.numbers = (OURS, OUR_SECOND)
    for model in world.service.read_models:
        await model.fill()
    async with world.client() as client:
        response = await client.post("/api/conversations", json=START)
        assert response.json()["code"] == "choose_number"
        assert OUR_SECOND in response.json()["detail"]
        chosen = await client.post("/api/conversations", json={**START, "from": OUR_SECOND})
        assert chosen.json()["phone_number"] == OUR_SECOND


async def test_the_list_filters_searches_and_pages(world: Any) -> None:
    for n in range(5):
        await world.text(f"order number{n}", contact=f"+1202555015{n}")
        world.clock.advance(60)
    await world.due()
    async with world.client() as client:

        async def found(**params: Any) -> list[str]:
            items = (await client.get("/api/conversations", params=params)).json()["items"]
            return [one["contact"]["phone_number"] for one in items]

        assert await found() == [f"+1202555015{n}" for n in (4, 3, 2, 1, 0)]
        assert await found(q="number3") == ["+12025550153"]
        assert await found(q="(202) 555-0152") == ["+12025550152"]
        assert await found(q="0151") == ["+12025550151"]
        assert await found(q="number") == []
        id = (await client.get("/api/conversations", params={"q": "0151"})).json()["items"][0]["id"]
        await client.patch(f"/api/conversations/{id}", json={"state": "closed", "assignee": "usr_1"})
        await client.post(f"/api/conversations/{id}/read")
        assert await found(state="closed") == ["+12025550151"]
        assert await found(assignee="usr_1") == ["+12025550151"]
        assert len(await found(assignee="none")) == 4
        assert await found(unread=False) == ["+12025550151"]
        page = (await client.get("/api/conversations", params={"limit": 3})).json()
        rest = (await client.get("/api/conversations", params={"limit": 3, "cursor": page["next_cursor"]})).json()
        assert (len(page["items"]), len(rest["items"]), rest["next_cursor"]) == (3, 2, None)


async def test_messages_page_newest_last_or_first(world: Any) -> None:
    for n in range(5):
        await world.text(f"m{n}")
        world.clock.advance(1)
    id = (await world.conversation())["id"]
    async with world.client() as client:
        path = f"/api/conversations/{id}/messages"
        up = (await client.get(path, params={"limit": 3})).json()
        down = (await client.get(path, params={"limit": 3, "order": "desc"})).json()
    assert [one["text"] for one in up["items"]] == ["m0", "m1", "m2"]
    assert [one["text"] for one in down["items"]] == ["m4", "m3", "m2"]


async def test_a_renamed_contact_is_found_by_the_new_name_everywhere(world: Any) -> None:
    conversation = await started(world)
    async with world.client() as client:
        path = f"/api/contacts/{conversation['contact']['id']}"
        facts = {"favourite": "rye"}
        changed = (await client.patch(path, json={"name": "Grace Hopper", "facts": facts})).json()
        assert (changed["name"], changed["company"], changed["facts"]) == ("Grace Hopper", "Engines", facts)
        await world.due()
        [found] = (await client.get("/api/conversations", params={"q": "grac"})).json()["items"]
        assert found["contact"]["name"] == "Grace Hopper"
        assert (await client.get("/api/contacts", params={"q": "hop"})).json()["items"][0]["name"] == "Grace Hopper"
    await world.text("Hello")
    await world.pass_time(2)
    assert ("favourite", "rye") in world.requested()[-1].contact_facts
    assert world.broker.data(ConversationUpdated)[-1].conversation["contact"]["name"] == "Grace Hopper"


@pytest.mark.parametrize(
    ("field", "id", "code"),
    [
        ("assignee", "usr_mistyped", "unknown_assignee"),
        ("assignee", "usr_theirs", "unknown_assignee"),
        ("assignee", "usr_gone", "unknown_assignee"),
        ("assignee", "../users/usr_1", "unknown_assignee"),
        ("assignee", ".", "unknown_assignee"),
        ("assignee", "..", "unknown_assignee"),
        ("assistant_id", ".", "unknown_assistant"),
        ("assistant_id", "ast_mistyped", "unknown_assistant"),
    ],
)
async def test_who_is_named_must_exist(world: Any, field: str, id: str, code: str) -> None:
    conversation = await started(world)
    async with world.client() as client:
        path = f"/api/conversations/{conversation['id']}"
        refused = await client.patch(path, json={field: id, "guide": "Sell the rye"})
        assert (refused.status_code, refused.json()["code"]) == (422, code)
        assert "GET /api/a" in refused.json()["detail"]
        shown = (await client.get(path)).json()
    assert (shown[field], shown["guide"]) == (None, "")


async def test_nobody_new_can_be_named_while_the_owner_is_away(world: Any) -> None:
    conversation = await started(world)
    async with world.client() as client:
        path = f"/api/conversations/{conversation['id']}"
        await client.patch(path, json={"assignee": "usr_1"})
        world.owners_are_away = True
        same = await client.patch(path, json={"assignee": "usr_1", "guide": "Sell the rye"})
        assert (same.status_code, same.json()["guide"]) == (200, "Sell the rye")
        assert (await client.patch(path, json={"assignee": None})).status_code == 200
        refused = await client.patch(path, json={"assistant_id": "ast_9"})
        assert (refused.status_code, refused.json()["code"]) == (503, "owner_away")


async def test_the_guide_reaches_the_assistant(world: Any) -> None:
    conversation = await started(world)
    async with world.client() as client:
        path = f"/api/conversations/{conversation['id']}"
        await client.patch(path, json={"guide": "Sell the rye", "assistant_id": "ast_9"})
    await world.text("Hello")
    await world.pass_time(2)
    assert (world.requested()[-1].guide, world.requested()[-1].assistant_id) == ("Sell the rye", "ast_9")


async def test_a_closed_conversation_reopens_with_the_next_text_and_is_left_after_thirty_days(world: Any) -> None:
    await world.text("Hello")
    first = await world.conversation()
    async with world.client() as client:
        await client.patch(f"/api/conversations/{first['id']}", json={"state": "closed"})
        world.clock.advance(29 * 86400)
        await world.text("Me again")
        again = await world.conversation()
        assert (again["id"], again["state"], again["unread"]) == (first["id"], "open", 2)
        world.clock.advance(31 * 86400)
        await world.text("Long time")
        second = await world.conversation()
        assert second["id"] != first["id"]
        old = await client.post(f"/api/conversations/{first['id']}/messages", json={"text": "x"})
        assert (old.status_code, old.json()["code"]) == (409, "conversation_superseded")


async def test_a_stop_to_one_number_silences_the_others(world: Any) -> None:
    await world.text("Hello", number=OUR_SECOND)
    await world.pass_time(2)
    await world.text("STOP", keyword="stop")
    [event] = world.broker.events(ConsentChanged)
    await world.handle[ConsentChanged](event)
    await world.due()
    await world.drafted("Hi")
    assert world.sent() == []
    async with world.client() as client:
        items = (await client.get("/api/conversations")).json()["items"]
    assert [one["opted_out"] for one in items] == [True, True]
    told = {one.conversation_id: one.conversation for one in world.broker.data(ConversationUpdated)}
    assert [one["opted_out"] for one in told.values()] == [True, True]


async def test_what_is_told_live_equals_what_is_read(world: Any) -> None:
    await world.text("Hello")
    await world.pass_time(2)
    await world.drafted("Hi")
    await world.status(world.sent()[0], "delivered", 4, parts=1)
    id = (await world.conversation())["id"]
    async with world.client() as client:
        await client.patch(f"/api/conversations/{id}", json={"guide": "x", "assignee": "usr_1"})
        read = (await client.get(f"/api/conversations/{id}")).json()
        messages = (await client.get(f"/api/conversations/{id}/messages")).json()["items"]
    assert world.broker.data(ConversationUpdated)[-1].conversation == read
    told = {one["id"]: one for update in world.broker.data(ConversationUpdated) for one in update.messages}
    assert list(told.values()) == messages


async def test_the_documented_interface_can_be_read(world: Any) -> None:
    paths = world.app.openapi()["paths"]
    assert {"/api/conversations", "/api/conversations/{conversation_id}/messages", "/api/contacts"} <= paths.keys()
    assert not any(path.startswith("/internal") for path in paths)
    message = world.app.openapi()["components"]["schemas"]["MessageOut"]["properties"]
    assert {"from", "to"} <= message.keys()


async def test_every_reason_to_ask_for_a_person_is_documented(world: Any) -> None:
    reason = world.app.openapi()["components"]["schemas"]["NeedsPersonOut"]["properties"]["reason"]
    assert {"possible_opt_out", "opted_out_writes", "asked_for_person", "group_text", "loop"} <= set(reason["enum"])
    assert [value for value in reason["enum"] if f"- `{value}`: " not in reason["description"]] == []


async def test_changing_nothing_changes_nothing(world: Any) -> None:
    conversation = await started(world)
    async with world.client() as client:
        patched = (await client.patch(f"/api/conversations/{conversation['id']}", json={})).json()
    assert patched["revision"] == conversation["revision"]


async def test_a_program_that_begins_a_conversation_leaves_the_assistant_in_charge(world: Any) -> None:
    await started(world)
    await world.text("Thanks! When do you close?")
    await world.pass_time(2)
    assert [line.author for line in world.requested()[-1].history] == ["api", "customer"]
    await started(world, text="Another notice")
    await world.drafted("At six.")
    assert [sent.author for sent in world.sent()] == ["api", "api", "assistant"]
    assert (await world.conversation())["ai_mode"] == "auto"


async def test_a_number_just_added_can_be_sent_from_at_once(world: Any) -> None:
    fresh = type(world)(numbers=())
    await fresh.start()
    async with fresh.client() as client:
        assert (await client.post("/api/conversations", json=START)).json()["code"] == "no_number"
        fresh.numbers = (OURS,)
        assert (await client.post("/api/conversations", json=START)).status_code == 201


async def test_a_suspended_tenant_reads_everything_and_sends_nothing(world: Any) -> None:
    id = (await started(world))["id"]
    await world.text("Are you there?")
    before = len(world.sent())
    suspended = world.tenant().but(revision=2, status="suspended")
    await world.feed(suspended)
    async with world.client(user="usr_1") as client:
        for method, path, body in (
            ("POST", "", START),
            ("POST", f"/{id}/messages", {"text": "Hi"}),
            ("PATCH", f"/{id}", {"ai_mode": "auto"}),
            ("POST", f"/{id}/drafts/drf_1/approve", {}),
            ("POST", f"/{id}/drafts/drf_1/reject", None),
        ):
            refused = await client.request(method, f"/api/conversations{path}", json=body)
            assert (refused.status_code, refused.json()["code"]) == (409, "tenant_suspended"), path
        assert (await client.get(f"/api/conversations/{id}/messages")).status_code == 200
        assert (await client.post(f"/api/conversations/{id}/read")).status_code == 200
        await world.pass_time(10)
        assert (len(world.sent()), world.requested()) == (before, [])
        await world.feed(suspended.but(revision=3, status="active"))
        assert (await client.post(f"/api/conversations/{id}/messages", json={"text": "Hi"})).status_code == 201


async def test_a_conversation_outlives_its_number_but_nothing_is_sent_from_it(world: Any) -> None:
    id = (await started(world))["id"]
    before = len(world.sent())
    await world.feed(world._number(OURS).but(revision=2, tenant_id=OTHER, connection_id="con_y"))
    async with world.client(user="usr_1") as client:
        assert (await client.get(f"/api/conversations/{id}/messages")).status_code == 200
        refused = await client.post(f"/api/conversations/{id}/messages", json={"text": "Hi"})
    assert (refused.status_code, refused.json()["code"]) == (409, "number_released")
    assert len(world.sent()) == before


PICTURE = {"text": "Look", "media_urls": ["https://example.com/cake.png"]}


async def able_to(world: Any, *capabilities: str, revision: int = 2) -> None:
    await world.feed(world._number(OURS).but(revision=revision, capabilities=capabilities))


async def test_media_from_a_number_without_mms_are_refused_at_once_with_what_to_do(world: Any) -> None:
    id = (await started(world))["id"]
    before = len(world.sent())
    await able_to(world, "sms")
    async with world.client(user="usr_1") as client:
        for path, body in (("", {**START, **PICTURE}), (f"/{id}/messages", PICTURE)):
            refused = await client.post(f"/api/conversations{path}", json=body)
            assert (refused.status_code, refused.json()["code"]) == (409, "number_without_mms"), path
            assert "add `mms` to the number" in refused.json()["detail"]
        assert len(world.sent()) == before
        assert (await client.post(f"/api/conversations/{id}/messages", json={"text": "Hi"})).status_code == 201


async def test_a_number_for_pictures_only_sends_no_texts_until_it_can_again(world: Any) -> None:
    id = (await started(world))["id"]
    await able_to(world, "mms")
    path = f"/api/conversations/{id}/messages"
    async with world.client(user="usr_1") as client:
        refused = await client.post(path, json={"text": "Hi"})
        assert (refused.status_code, refused.json()["code"]) == (409, "number_without_sms")
        assert (await client.post(path, json=PICTURE)).status_code == 201
        await able_to(world, "sms", "mms", revision=3)
        assert (await client.post(path, json={"text": "Hi"})).status_code == 201


async def test_a_repeat_of_what_was_accepted_is_no_new_message_whatever_the_number_lost(world: Any) -> None:
    async with world.client() as client:
        key = {"idempotency-key": "k"}
        first = await client.post("/api/conversations", json={**START, **PICTURE}, headers=key)
        await able_to(world, "sms")
        again = await client.post("/api/conversations", json={**START, **PICTURE}, headers=key)
    assert (again.status_code, again.json()["id"]) == (201, first.json()["id"])


async def test_a_draft_of_a_number_that_lost_sms_stays_until_it_can_be_sent(suggesting: Any) -> None:
    await suggesting.text("Hello?")
    await suggesting.pass_time(2)
    await suggesting.drafted("Hi there")
    conversation = await suggesting.conversation()
    path = f"/api/conversations/{conversation['id']}/drafts/{conversation['draft']['id']}/approve"
    await able_to(suggesting, "mms")
    async with suggesting.client(user="usr_1") as client:
        refused = await client.post(path)
        assert (refused.status_code, refused.json()["code"]) == (409, "number_without_sms")
        assert suggesting.sent() == []
        await able_to(suggesting, "sms", revision=3)
        made = await client.post(path)
        assert made.status_code == 201
        await able_to(suggesting, "mms", revision=4)
        assert (await client.post(path)).json()["id"] == made.json()["id"]


async def test_an_assistants_answer_that_its_number_cannot_carry_asks_for_a_person(world: Any) -> None:
    await able_to(world, "mms")
    await world.text("Hello?")
    await world.pass_time(2)
    await world.drafted("Hi there")
    [answer] = world.sent()
    detail = "+12025550100 cannot send texts: its capabilities lack `sms`"
    await world.status(answer, "refused", 2, reason="number_without_sms", detail=detail)
    needs = (await world.conversation())["needs_person"]
    assert (needs["reason"], needs["paused"]) == ("answer_not_sent", False)
    assert needs["detail"] == f"the assistant's answer was not sent: number_without_sms: {detail}"
