"""A day at Copper & Comb, so that no page is empty: a campaign with replies, and customers who text."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from all_in_one.demo.world import NUMBER
from testkit.demo import DemoInstallation
from testkit.eventually import eventually
from testkit.installation import ADMIN_TOKEN
from testkit.shop import Shop

_RUTH, _DANIEL, _MAYA = "+13125550141", "+13125550142", "+13125550143"
_PEOPLE = {
    _RUTH: {"name": "Ruth Becker", "labels": ["color"]},
    _DANIEL: {"name": "Daniel Kim", "company": "Kim Bicycles", "fields": {"stylist": "Tom", "birthday": "May 5"}},
    _MAYA: {"name": "Maya López", "email": "maya@lopez.example", "labels": ["new customer"]},
}
_FIRST_NAMES = ("Ana", "Noah", "Lucía", "Sam", "Priya", "Björn", "Chloé", "Jürgen", "Zoë", "Mikkel", "Ben", "Ines")
_RECIPIENTS = 36
_WORKFLOW: dict[str, Any] = {
    "trigger": {"type": "campaign"},
    "steps": [
        {
            "id": "answer",
            "type": "wait_for_reply",
            "timeout_seconds": 86400,
            "on_timeout": [{"id": "quiet", "type": "end"}],
        },
        {
            "id": "suits",
            "type": "save_response",
            "field": "suits",
            "as": "choice",
            "choices": ["Yes", "Another day"],
            "retry_text": "Please reply A for yes or B for another day.",
            "max_retries": 1,
        },
        {
            "id": "is_yes",
            "type": "condition",
            "if": "saved.suits == 'Yes'",
            "then": [{"id": "confirm", "type": "send_message", "text": "Thank you, see you on {day}."}],
            "else": [
                {"id": "other", "type": "send_message", "text": "No problem. A colleague finds you another day."},
                {"id": "over", "type": "hand_over", "to": "person", "note": "Wants another day than {day}."},
            ],
        },
    ],
}
_TEXT = (
    "Hi {name|there}, Copper & Comb here: your appointment is on {day}. Does that suit you? "
    "Reply A) yes B) another day. Reply STOP to opt out."
)
_NEXT_TEXT = "Hi {name|there}, our gift cards start at $25, at the counter of Copper & Comb. Reply STOP to opt out."
_PRICES: dict[str, Any] = {
    "currency": "USD",
    "sms_out": {"US": "0.0079", "*": "0.05"},
    "sms_in": {"*": "0.004"},
    "carrier_fee": {"mode": "pass_through"},
    "tokens": [
        {"model": "*", "kind": "prompt", "price": "0.15", "per": 1_000_000},
        {"model": "*", "kind": "cached", "price": "0.075", "per": 1_000_000},
        {"model": "*", "kind": "completion", "price": "0.60", "per": 1_000_000},
    ],
}


@dataclass(frozen=True)
class Day:
    """What was made, for the addresses of pages; `session` is the owner's."""

    session: str
    conversation: str
    draft: str
    contact: str
    campaign: str
    next_campaign: str
    workflow: str
    assistant: str


async def live(parley: DemoInstallation) -> Day:
    """Takes about a minute: the pretend number sends its campaign one text after the other."""
    shop = Shop(parley, NUMBER)
    shop.key = parley.key
    shop.tenant_id = (await shop.call("GET", "/api/accounts/me"))["tenant_id"]
    login = {"email": parley.email, "password": parley.password}
    session = (await shop.call("POST", "/api/accounts/login", login))["token"]
    # Campaigns go out at once: pictures are made at any hour.
    any_hour = {"quiet_hours": {"opens": 0, "closes": 24}}
    await shop.call("PATCH", f"/api/accounts/tenants/{shop.tenant_id}", any_hour)
    await shop.call("POST", f"/api/accounts/tenants/{shop.tenant_id}/rate-cards", _PRICES, token=ADMIN_TOKEN)
    workflow = await _workflow(shop)
    campaign = await _campaign(shop, workflow)
    next_campaign = (
        await shop.call("POST", "/api/campaigns", {"name": "Gift cards before the holidays", "text": _NEXT_TEXT})
    )["id"]
    await _import(shop, f"/api/campaigns/{next_campaign}")
    customers = {
        number: (await shop.call("POST", "/api/contacts", {"phone_number": number, **person}))["id"]
        for number, person in _PEOPLE.items()
    }
    await _complaint(shop, session)
    conversation = await _answered(shop)
    return Day(
        session=session,
        conversation=conversation,
        draft=await _draft(shop, session),
        contact=customers[_DANIEL],
        campaign=campaign,
        next_campaign=next_campaign,
        workflow=workflow,
        assistant=(await shop.call("GET", "/api/assistants"))["items"][0]["id"],
    )


async def _workflow(shop: Shop) -> str:
    body = {"name": "Reminder of an appointment", "definition": _WORKFLOW}
    id = (await shop.call("POST", "/api/workflows", body))["id"]
    await shop.call("POST", f"/api/workflows/{id}/activate")
    return id


async def _campaign(shop: Shop, workflow: str) -> str:
    body = {"name": "Appointments of next week", "text": _TEXT, "workflow_id": workflow}
    id = (await shop.call("POST", "/api/campaigns", body))["id"]
    path = f"/api/campaigns/{id}"
    await _import(shop, path)
    await shop.call("POST", f"{path}/forecast")
    await shop.call("POST", f"{path}/start")
    answers = {_recipient(n): ("A", "B", "STOP", "yes")[n // 3 % 4] for n in range(0, _RECIPIENTS, 3)}
    for number, answer in answers.items():
        await shop.answered(number, within=120)
        await shop.text(number, answer)
    await _until(lambda: shop.call("GET", path), lambda now: now["state"] == "finished")
    return id


async def _import(shop: Shop, path: str) -> None:
    days = ("Tuesday", "Wednesday", "Thursday")
    rows = [f"{_FIRST_NAMES[n % 12]},{_recipient(n)},{days[n % 3]}" for n in range(_RECIPIENTS)]
    content = "\n".join(["Name,Phone,Day", *rows]).encode()
    made = await shop.parley.http.post(
        f"{path}/imports",
        files={"file": ("customers.csv", content, "text/csv")},
        headers={"authorization": f"Bearer {shop.key}"},
    )
    one = f"{path}/imports/{made.raise_for_status().json()['id']}"
    await shop.call("POST", f"{one}/commit")
    await _until(lambda: shop.call("GET", one), lambda now: now["state"] in ("done", "failed"))


def _recipient(n: int) -> str:
    return f"+1312555{2000 + n}"


async def _complaint(shop: Shop, session: str) -> None:
    """A person is wanted, and the owner has left a note."""
    await shop.text(_RUTH, "The color you gave me yesterday is ruined. I want my money back!")
    await _until(lambda: shop.conversation_with(_RUTH), lambda now: now["needs_person"])
    path = f"/api/conversations/{(await shop.conversation_with(_RUTH))['id']}"
    await shop.call("PATCH", path, {"add_labels": ["complaint"]}, token=session)
    note = {"text": "I call her today. She came on Friday, Tom did the color."}
    await shop.call("POST", f"{path}/notes", note, token=session)


async def _answered(shop: Shop) -> str:
    await shop.text(_MAYA, "Hi, are you open on Saturday?")
    await shop.answered(_MAYA, 1)
    await shop.text(_MAYA, "Great! How much is a haircut?")
    await shop.answered(_MAYA, 2)
    await shop.status_of(_MAYA, "delivered")
    return (await shop.conversation_with(_MAYA))["id"]


async def _draft(shop: Shop, session: str) -> str:
    """The second answer waits for a person."""
    await shop.text(_DANIEL, "How much is a beard trim?")
    await shop.answered(_DANIEL)
    await shop.status_of(_DANIEL, "delivered")
    path = f"/api/conversations/{(await shop.conversation_with(_DANIEL))['id']}"
    await shop.call("PATCH", path, {"ai_mode": "suggest", "add_labels": ["appointment"]}, token=session)
    await shop.call("POST", f"{path}/notes", {"text": "A regular of Tom's: keep Saturdays free."}, token=session)
    await shop.text(_DANIEL, "And can I book one for Saturday at 10?")
    now = await _until(lambda: shop.conversation_with(_DANIEL), lambda now: now["draft"])
    return now["id"]


async def _until(read: Callable[[], Awaitable[Any]], reached: Callable[[Any], Any]) -> Any:
    async def look() -> Any:
        now = await read()
        assert reached(now), now
        return now

    return await eventually(look, within=120, every=0.2)
