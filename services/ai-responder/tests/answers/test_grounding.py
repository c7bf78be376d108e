"""What an answer states must stand in a source: the labelled set, the marks, and the way to a person."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from grounding_set import SETS, score
from hypothesis import given
from hypothesis import strategies as st
from responder_world import PretendModel, World, answered, requested, says

from ai_responder.domain.grounding.judgement import Sources, ungrounded_claims
from shared.events import TranscriptLine
from testkit.eventually import eventually

SHOP = "Haircut $30, colour 90. Open Mon-Fri 9-17, Sat until 2 pm. Party on March 6. Delivery takes 2 weeks."


def marked(answer: str, *ours: str, customer: str = "") -> list[tuple[str, str]]:
    sources = Sources(ours or (SHOP,), (customer,), date(2026, 1, 1))
    return [(claim.words, claim.kind) for claim in ungrounded_claims(answer, sources)]


def test_of_the_labelled_answers_at_least_95_in_100_are_caught_and_at_most_5_in_100_held_for_nothing() -> None:
    scores = [score(name) for name in SETS]
    caught = sum(len(each.caught) for each in scores)
    missed = [case.answer for each in scores for case in each.missed]
    sent = sum(len(each.sent) for each in scores)
    held = [case.answer for each in scores for case in each.false_alarms]
    assert caught + len(missed) + sent + len(held) >= 150
    assert caught >= 0.95 * (caught + len(missed)), missed
    assert len(held) <= 0.05 * (sent + len(held)), held


@pytest.mark.parametrize(
    ("answer", "claims"),
    [
        ("A haircut is $35, OK?", [("$35", "price")]),
        ("Cut: $30. Colour: €80, in 3 weeks.", [("€80", "price"), ("3 weeks", "duration")]),
        ("On Sunday from 9:15 am.", [("Sunday", "day"), ("9:15 am", "time")]),
        ("Take 20% off on March 7", [("20%", "percentage"), ("March 7", "date")]),
        ("We guarantee it.", [("guarantee", "promise")]),
        ("Le cuesta treinta y cinco dólares", [("treinta y cinco dólares", "price")]),
    ],
)
def test_a_claim_is_marked_with_its_own_words(answer: str, claims: list[tuple[str, str]]) -> None:
    assert marked(answer) == claims


@pytest.mark.parametrize(
    "answer",
    [
        "thirty dollars",
        "30 USD",
        "US$30.00",
        "until 14:00 on Saturdays",
        "five o'clock",
        "Friday, 6 March",
        "14 days",
    ],
)
def test_one_value_has_many_spellings(answer: str) -> None:
    assert marked(answer) == []


def test_the_customers_words_bear_out_a_fact_but_no_promise() -> None:
    assert marked("For $45, yes.", customer="is it 45 bucks? do you guarantee it?") == []
    assert marked("We guarantee it.", customer="do you guarantee it?") == [("guarantee", "promise")]


def test_a_denied_promise_of_the_business_bears_none_out() -> None:
    assert marked("We will refund you.", "Never promise a refund.") != []
    assert marked("We will refund you.", "We refund within a month.") == []


@given(st.text(), st.text())
def test_no_text_breaks_the_reading(answer: str, source: str) -> None:
    for words, _ in marked(answer, source):
        assert len(words) <= 100


async def _answered(world: World, **more: Any) -> dict[str, Any]:
    await world.start()
    try:
        async with world.client() as api:
            (default,) = (await api.get("/api/assistants")).json()["items"]
            await api.patch(f"/api/assistants/{default['id']}", json={"grounding": "strict"})
            await api.post(f"/api/assistants/{default['id']}/publish", json={})
        history = (TranscriptLine(author="customer", text="How much is a cut?", at=world.clock.now()),)
        await world.handle(requested(now=world.clock.now(), history=history, guide=SHOP, **more))
        await eventually(lambda: world.drafted)
        return world.drafted[0]
    finally:
        await world.stop()


async def test_an_invented_price_is_pointed_out_once_and_then_marked() -> None:
    model = PretendModel([answered(says("A cut is $35."))])
    drafted = await _answered(World(model))
    assert (drafted["outcome"], drafted["text"]) == ("reply", "A cut is $35.")
    assert drafted["ungrounded"] == [{"words": "$35", "kind": "price"}]
    assert len(model.asked) == 2
    assert '"$35"' in model.asked[1]["messages"][0]["content"]


async def test_a_model_that_takes_the_invention_back_is_sent() -> None:
    model = PretendModel([answered(says("A cut is $35.")), answered(says("A cut is $30."))])
    drafted = await _answered(World(model))
    assert (drafted["text"], drafted.get("ungrounded", [])) == ("A cut is $30.", [])


async def test_a_grounded_price_is_sent_without_a_second_call() -> None:
    model = PretendModel([answered(says("A cut is thirty dollars."))])
    drafted = await _answered(World(model))
    assert (drafted["text"], drafted.get("ungrounded", []), len(model.asked)) == ("A cut is thirty dollars.", [], 1)


async def test_grounding_is_a_setting_of_the_assistant() -> None:
    world = World(PretendModel([answered(says("A cut is $35."))]))
    await world.start()
    async with world.client() as api:
        (default,) = (await api.get("/api/assistants")).json()["items"]
        assert default["grounding"] == "off"
        path = f"/api/assistants/{default['id']}"
        asked = {"messages": [{"text": "How much is a cut?"}]}
        assert (await api.post(f"{path}/try", json=asked)).json()["ungrounded"] == []
        assert (await api.patch(path, json={"grounding": "strict"})).json()["grounding"] == "strict"
        tried = (await api.post(f"{path}/try", json={**asked, "version": 2})).json()
        assert tried["ungrounded"] == [{"words": "$35", "kind": "price"}]
        assert (await api.patch(path, json={"grounding": "loose"})).status_code == 422
        by_default = await api.patch(path, json={"grounding": None, "knowledge": "A cut is $30."})
        assert (by_default.json()["grounding"], by_default.json()["grounding_set"]) == ("strict", None)
    await world.stop()
