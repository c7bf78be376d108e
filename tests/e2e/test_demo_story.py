"""What a newcomer meets in the first minutes: a business that answers, whatever is texted first."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from all_in_one.demo import business
from all_in_one.demo.furnishing import furnish
from testkit.eventually import eventually
from testkit.shop import Shop

pytestmark = pytest.mark.asyncio(loop_scope="session")

FIRST_TEXTS = (
    ("Hi, are you open on Saturday?", "Saturday from 9 am to 4 pm"),
    ("how much is a haircut", "$28 for men"),
    ("where are you?", "418 Alder Court"),
    ("can I book tomorrow 3pm", "tell us the service, the day and the time"),
    ("do you take cards", "Visa"),
    ("¿Cuánto cuesta un corte de pelo?", "$28 para hombres"),
    ("Hola, quiero una cita para el viernes", "Una persona confirma la cita"),
    ("My daughter's wedding is in June. How much would bridal styling be?", "$150"),
    ("hey", "How can we help?"),
    ("what do highlights cost, and do you have parking?", "$120"),
)
FOR_A_PERSON = ("Do you repair bicycles?", "I want my money back", "can i talk to a real person please")


async def test_first_texts_get_a_useful_answer_or_a_person(shop: Shop, customer: Callable[[], str]):
    assert await furnish(shop.parley.http, shop.key)

    async def told(text: str) -> str:
        number = customer()
        await shop.text(number, text)
        return (await shop.answered(number))[0]["text"]

    async def handed_over(text: str) -> None:
        number = customer()
        await shop.text(number, text)

        async def waits() -> bool:
            assert (await shop.conversation_with(number))["needs_person"], text
            return True

        await eventually(waits, within=45)

    async def stopped() -> str:
        number = customer()
        await shop.text(number, "STOP")
        await told("is there parking?")
        return "".join(sms["text"] for sms in await shop.sent_to(number))

    *answers, after_stop = await asyncio.gather(*(told(text) for text, _ in FIRST_TEXTS), stopped())
    await asyncio.gather(*(handed_over(text) for text in FOR_A_PERSON))
    for (text, expected), said in zip(FIRST_TEXTS, answers, strict=True):
        assert expected in said, f"{text}: {said}"
        assert said.startswith("[sandbox] "), "nobody takes it for a real answer"
    assert "[sandbox]" not in after_stop


async def test_a_second_start_adds_nothing_and_keeps_what_the_user_changed(shop: Shop):
    assert await furnish(shop.parley.http, shop.key)
    [guide, *_] = (await shop.call("GET", "/api/guides"))["items"]
    await shop.call("DELETE", f"/api/guides/{guide['id']}")
    assert not await furnish(shop.parley.http, shop.key)
    assert len((await shop.call("GET", "/api/guides"))["items"]) == len(business.GUIDES) - 1


async def test_a_start_that_was_cut_off_is_finished_by_the_next(shop: Shop):
    for path, body in (("/api/labels", business.LABELS[0]), ("/api/guides", business.GUIDES[0])):
        await shop.call("POST", path, body, **{"idempotency-key": "demo-1"})
    assert await furnish(shop.parley.http, shop.key)
    for path, bodies in (("/api/labels", business.LABELS), ("/api/guides", business.GUIDES)):
        assert len((await shop.call("GET", path))["items"]) == len(bodies)
    [assistant] = (await shop.call("GET", "/api/assistants"))["items"]
    assert (assistant["live_version"], assistant["documents"]) == (2, len(business.KNOWLEDGE))


async def test_a_tenant_whose_assistant_was_edited_is_left_alone(shop: Shop):
    [assistant] = (await shop.call("GET", "/api/assistants"))["items"]
    await shop.call("PATCH", f"/api/assistants/{assistant['id']}", {"prompt": "You answer for Ann's Bakery."})
    assert not await furnish(shop.parley.http, shop.key)
    assert (await shop.call("GET", "/api/guides"))["items"] == []
