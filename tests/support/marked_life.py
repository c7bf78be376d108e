"""A customer who leaves a word of their own in every place where Parley keeps something of people.

Each word stands in no other place, so that a search for it says whether that place was forgotten.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import partial
from typing import Any

import aio_pika

from testkit.eventually import eventually
from testkit.shop import Shop

JPEG = b"\xff\xd8\xff\xe0 "
MARKS = {
    "picture of the customer": "quincewombat",
    "picture to the customer": "saffronlemur",
    "caption of a picture": "tamarindgecko",
    "internal note": "nutmegheron",
    "guide of the conversation": "cardamomvole",
    "field of the contact": "juniperstoat",
    "activity by number": "fennelibis",
    "activity by e-mail": "chicorymarten",
    "activity by external id": "sorrelgannet",
    "merged contact": "medlarcurlew",
    "activity of the merged contact": "lovagebittern",
    "field that the assistant noted": "damsonplover",
    "follow-up that was planned": "rhubarbshrike",
    "answer with acts": "mulberrydunnock",
    "draft with acts": "elderwhimbrel",
    "field of a draft": "bilberryauk",
    "draft that waits": "gooseberrytern",
    "field of the draft that waits": "cloudberrygrebe",
    "follow-up of the draft that waits": "mugwortpuffin",
    "follow-up of a draft": "costmarysiskin",
    "preview of a file": "borageserin",
    "rejected row": "chervilpipit",
    "imported row": "angelicaruff",
    "case of a replay": "purslanecrake",
    "text to a number without an owner": "tansygodwit",
}
ON_SERVERS = {"dead letter": "hyssopdotterel"}
"""The embedded broker takes no events from outside."""
EMAIL, OTHER_EMAIL = "w.quastenberg@fjord.example", "wilma@medlarcurlew.example"
SYSTEM, EXTERNAL_ID = "crm", "crm-person-904417"
OTHER_SYSTEM_ID = "helpdesk-77120934"
TOOLS = {"follow_up": True, "fields": [{"name": "wish", "about": "What the customer wishes."}]}


def words_of(shop: Shop) -> list[str]:
    on_servers = ON_SERVERS if shop.parley.servers else {}
    return [*MARKS.values(), *on_servers.values(), EMAIL, OTHER_EMAIL, EXTERNAL_ID, OTHER_SYSTEM_ID]


async def leave_marks(shop: Shop, number: str) -> None:
    """The customer has a conversation already. The tenant's assistant suggests."""
    await in_notes_and_contacts(shop, number)
    await in_pictures(shop, number)
    await in_answers(shop, number)
    await in_a_draft_that_waits(shop, number)
    await in_files(shop, number)
    await in_replays(shop, number)
    await in_a_text_to_nobody(shop, number)
    if shop.parley.servers:
        await in_a_dead_letter(shop, number)


async def in_notes_and_contacts(shop: Shop, number: str) -> None:
    conversation = await shop.conversation_with(number)
    path, contact = f"/api/conversations/{conversation['id']}", conversation["contact"]["id"]
    key = {"Idempotency-Key": f"note for {number}"}
    await shop.call("POST", f"{path}/notes", {"text": f"A {MARKS['internal note']}"}, **key)
    await shop.call("PATCH", path, {"guide": f"Mention the {MARKS['guide of the conversation']}"})
    known = {"email": EMAIL, "external_ids": {SYSTEM: EXTERNAL_ID}}
    await shop.call("PATCH", f"/api/contacts/{contact}", {**known, "fields": {"pet": MARKS["field of the contact"]}})
    other = {
        "email": OTHER_EMAIL,
        "external_ids": {"helpdesk": OTHER_SYSTEM_ID},
        "fields": {"nickname": MARKS["merged contact"]},
    }
    made = await shop.call("POST", "/api/contacts", other)
    identifiers: list[tuple[str, dict[str, Any]]] = [
        ("activity by number", {"phone_number": number}),
        ("activity by e-mail", {"email": EMAIL}),
        ("activity by external id", {"external_id": {"system": SYSTEM, "id": EXTERNAL_ID}}),
        ("activity of the merged contact", {"email": OTHER_EMAIL}),
    ]
    for name, who in identifiers:
        await active_elsewhere(shop, name, who)
    await shop.call("POST", f"/api/contacts/{contact}/merge", {"other_id": made["id"]})


async def active_elsewhere(shop: Shop, name: str, who: dict[str, Any]) -> None:
    told = {"activity_id": name, "channel": "email", "at": datetime.now(UTC).isoformat(), "summary": MARKS[name]}
    await shop.call("POST", "/api/contacts/activities", {**told, "who": who})


async def in_pictures(shop: Shop, number: str) -> None:
    """Both ways: what came is fetched from the carrier, what goes is uploaded first."""
    content = JPEG + MARKS["picture of the customer"].encode()
    control = shop.parley.world.http
    kept = (await control.post("/media", content=content, headers={"content-type": "image/jpeg"})).json()
    await shop.text(number, MARKS["caption of a picture"], media=[{"url": kept["url"], "content_type": "image/jpeg"}])
    await eventually(partial(picture_kept, shop, number), within=30)
    form = {"file": ("a.jpg", JPEG + MARKS["picture to the customer"].encode(), "image/jpeg")}
    headers = {"authorization": f"Bearer {shop.key}"}
    uploaded = (await shop.parley.http.post("/api/media", files=form, headers=headers)).json()
    conversation = await shop.conversation_with(number)
    body = {"text": "Look", "media_ids": [uploaded["id"]]}
    await shop.call("POST", f"/api/conversations/{conversation['id']}/messages", body)


async def picture_kept(shop: Shop, number: str) -> bool:
    media = [one for message in await shop.messages_with(number) for one in message["media"]]
    assert [one["state"] for one in media] == ["stored"], media
    return True


async def in_answers(shop: Shop, number: str) -> None:
    """An answer with acts that a person approves, and a draft with acts that waits."""
    [assistant] = (await shop.call("GET", "/api/assistants"))["items"]
    path = f"/api/assistants/{assistant['id']}"
    await shop.call("PATCH", path, {"tools": TOOLS})
    await shop.call("POST", f"{path}/publish", {"note": "with tools"})
    conversation = await shop.conversation_with(number)
    await shop.call("PATCH", f"/api/conversations/{conversation['id']}", {"ai_mode": "suggest"})
    approved = ("answer with acts", "field that the assistant noted", "follow-up that was planned")
    draft = await drafted(shop, number, "A wish", approved)
    await shop.call("POST", f"/api/conversations/{conversation['id']}/drafts/{draft['id']}/approve", {})
    await drafted(shop, number, "Another wish", ("draft with acts", "field of a draft", "follow-up of a draft"))


def second_number_of(number: str) -> str:
    """The customer's other number, from which no STOP comes."""
    return f"+1313{number[5:]}"


async def in_a_draft_that_waits(shop: Shop, number: str) -> None:
    """A STOP drops drafts. So this one answers a text from another number of the same person."""
    names = ("draft that waits", "field of the draft that waits", "follow-up of the draft that waits")
    await drafted(shop, second_number_of(number), "A third wish", names)
    contacts = [(await shop.conversation_with(each))["contact"]["id"] for each in (number, second_number_of(number))]
    await shop.call("POST", f"/api/contacts/{contacts[0]}/merge", {"other_id": contacts[1]})


async def drafted(shop: Shop, number: str, asked: str, names: tuple[str, str, str]) -> dict[str, Any]:
    answer, noted, planned = (MARKS[name] for name in names)
    calls = [
        called("set_field", field="wish", value=noted),
        called("follow_up", text=f"Any news of the {planned}?", in_hours=24),
    ]
    said = json.dumps({"reply": f"Gladly, {answer}", "hand_over": False, "reason": ""})
    message = {"role": "assistant", "content": said, "tool_calls": calls}
    completion = {
        "id": "x", "object": "chat.completion", "created": 1, "model": "sandbox-1",
        "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
    }  # fmt: skip
    await shop.parley.world.fault(on="model", do="raw", text=f"{asked} {number}", answer=json.dumps(completion))
    await shop.text(number, f"{asked} {number}")

    async def waiting() -> dict[str, Any]:
        conversation = await shop.conversation_with(number)
        draft = conversation["draft"]
        assert draft, conversation
        assert answer in draft["text"], draft
        return draft

    return await eventually(waiting, within=25)


def called(name: str, **arguments: Any) -> dict[str, Any]:
    return {"id": name, "type": "function", "function": {"name": name, "arguments": json.dumps(arguments)}}


async def in_files(shop: Shop, number: str) -> None:
    """One file is previewed and not committed. Another is imported, and one of its rows is refused."""
    campaign = (await shop.call("POST", "/api/campaigns", {"name": "Draft", "text": "Hello {first_name}"}))["id"]
    row = f"Number,Name,Pet\n{number},Wilma,"
    await uploaded_table(shop, campaign, f"{row}{MARKS['preview of a file']}\n")
    refused = f"not a number,Wilma,{MARKS['rejected row']} of {number}\n"
    id = await uploaded_table(shop, campaign, f"{row}{MARKS['imported row']}\n{refused}")
    await shop.call("POST", f"/api/campaigns/{campaign}/imports/{id}/commit", expect=202)
    await eventually(partial(is_imported, shop, f"/api/campaigns/{campaign}/imports/{id}"), within=30)


async def uploaded_table(shop: Shop, campaign_id: str, content: str) -> str:
    answer = await shop.parley.http.post(
        f"/api/campaigns/{campaign_id}/imports",
        files={"file": ("people.csv", content.encode(), "text/csv")},
        headers={"authorization": f"Bearer {shop.key}"},
    )
    assert answer.is_success, answer.text
    return answer.json()["id"]


async def is_imported(shop: Shop, path: str) -> bool:
    known = await shop.call("GET", path)
    assert known["state"] == "done", known
    return True


async def in_replays(shop: Shop, number: str) -> None:
    """An uploaded case that names the customer."""
    [assistant] = (await shop.call("GET", "/api/assistants"))["items"]
    case = {"messages": [{"author": "customer", "text": f"{MARKS['case of a replay']}? I am {number}"}]}
    await shop.call("POST", f"/api/assistants/{assistant['id']}/replays", {"version": 1, "against": 2, "set": [case]})


async def in_a_text_to_nobody(shop: Shop, number: str) -> None:
    """To a number of the carrier account that is not a number of the tenant."""
    unknown = f"+1779{shop.number[-7:]}"
    await shop.at_carrier(unknown)
    await shop.parley.world.text(number, unknown, MARKS["text to a number without an owner"])


async def in_a_dead_letter(shop: Shop, number: str) -> None:
    """An event of another system that conversation cannot read."""
    assert shop.parley.servers
    told = {"activity_id": "", "channel": "", "phone_number": number, "summary": ON_SERVERS["dead letter"]}
    event = {
        "specversion": "1.0", "id": f"evt-{number[1:]}", "source": "chat", "type": "contact.activity",
        "time": datetime.now(UTC).isoformat(), "tenantid": shop.tenant_id, "partitionkey": number, "data": told,
    }  # fmt: skip
    async with await aio_pika.connect(shop.parley.servers[0]) as connection:
        exchange = await (await connection.channel()).get_exchange("parley", ensure=False)
        await exchange.publish(aio_pika.Message(json.dumps(event).encode()), "contact.activity")
