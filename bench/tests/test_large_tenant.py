"""The large tenant of the bench is made of copies: each has to be a whole customer of its own."""

from __future__ import annotations

from fastapi import FastAPI

from all_in_one.platform import platform_for
from bench.ground import SECRET, scratch
from bench.large.filling import TEXTS, Customer, Place, fill
from conversation.domain.thread.model import Thread
from conversation.store import CONVERSATION_SPEC, MESSAGE_SPEC, THREADS
from shared.database.protocol import HasTerms
from shared.settings import PlatformSettings

PLACE = Place("ten_large", "+17735550002")


async def test_each_filled_customer_has_a_thread_and_is_found_by_a_word_that_only_he_wrote():
    with scratch() as folder:
        settings = PlatformSettings(_env_file=None, secret_key=SECRET, openai_api_key="k", sandbox="off")
        await fill(settings, folder, PLACE, 30)
        database = platform_for(settings, folder, FastAPI()).open_database("conversation")
        threads, conversations = database.collection(THREADS.spec()), database.collection(CONVERSATION_SPEC)
        messages = database.collection(MESSAGE_SPEC)
        await database.start()

        states = [Thread.read(row["state"]) for row in (await threads.find({})).items]
        words = {"tenant_id": PLACE.tenant_id, "terms": HasTerms([Customer(7).order])}
        hits = (await messages.find(words)).items
        found = [await conversations.get(one["conversation_id"]) for one in hits]
        texts = await messages.count({"tenant_id": PLACE.tenant_id})
        await database.close()

    assert {state.contact for state in states} == {Customer(n).phone_number for n in range(30)}
    assert {state.messages[0].text for state in states} == {Customer(n).text(0) for n in range(30)}
    assert texts == 30 * TEXTS
    assert [row["conversation"]["contact"]["name"] for row in found if row] == [Customer(7).name]
