"""Marks, fields, calls and data of a model: they never reach the customer, and the answer beside them does."""

from __future__ import annotations

import json
from typing import Any

import pytest
from responder_world import says

from ai_responder.adapters.openai_body import read_body
from ai_responder.domain.checks import Known
from ai_responder.domain.judging import Completion, Correction, Expected, judge
from ai_responder.domain.outcome import ReplyOutcome

EXPECTED = Expected(2, "You are the front desk.", "mark-77", Known(["We are at ok.no"]), "off")


def verdict(content: str, form: Any = "text", **more: Any) -> ReplyOutcome | Correction:
    return judge(Completion(content, model="m", form=form, **more), EXPECTED, frozenset())


def in_json(reply: str) -> ReplyOutcome | Correction:
    return verdict(json.dumps(says(reply)), "json_schema")


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("Reply: We are open\nReason: asked", "We are open"),
        ("Reply: We are open\nReason: asked\nHand over: no", "We are open"),
        ("We are open.\nReason: asked", "We are open."),
        ("We are open\n\n[hand over: false]", "We are open"),
        ("Thought: they ask for hours\nReply: We are open", "We are open"),
        ("We are open.\nNote: I kept it short.", "We are open."),
        ('["We are open"]', "We are open"),
        ('[{"type":"text","text":"We are open"}]', "We are open"),
        ("<analysis>x</analysis>We are open", "We are open"),
        ("<assistant>We are open</assistant>", "We are open"),
        ("Thanks.it is ready", "Thanks. it is ready"),
        ("Time: 3 pm\nReason: checkup", "Time: 3 pm\nReason: checkup"),
        ("Return the car (handover at 3 pm)", "Return the car (handover at 3 pm)"),
        ("Hours(Mon-Fri): 9-5 (Sat closed)", "Hours(Mon-Fri): 9-5 (Sat closed)"),
        ("The old coupon is null and void", "The old coupon is null and void"),
    ],
)
def test_the_answer_is_sent_without_what_stands_around_it(written: str, sent: str) -> None:
    for found in (verdict(written), in_json(written)):
        assert isinstance(found, ReplyOutcome), found
        assert (found.kind, found.text) == ("reply", sent)


@pytest.mark.parametrize(
    "written",
    ["(hand over) One moment", "HAND OVER: One moment", "[handover to human] One moment", "HANDOVER\nOne moment",
     "hand_over: true\nOne moment"],
)  # fmt: skip
def test_a_mark_in_any_form_asks_for_a_person(written: str) -> None:
    found = verdict(written)
    assert isinstance(found, ReplyOutcome)
    assert (found.kind, found.text) == ("hand_over", "One moment")


@pytest.mark.parametrize("written", ["(no more texts)", "No more texts.", "[no more texts]"])
def test_a_mark_for_no_more_texts_is_a_possible_opt_out(written: str) -> None:
    found = verdict(written)
    assert isinstance(found, ReplyOutcome)
    assert (found.kind, found.reason) == ("hand_over", "possible_opt_out")


@pytest.mark.parametrize(
    "written",
    ['[get_weather(city="x")]', "send_sms(to='+1', text='x')", "get_hours()", "print(get_hours())",
     "functions.send({})", "<tool>x</tool>", "<tool_response>x", "<execute>x", "✿FUNCTION✿: x", "to=weather json",
     "[]", '""', "<unused94>thought\nx", "<foo>x</foo>", "[YOUR REPLY HERE]", "[reply]", "Come in the [time slot]",
     "See [Doctor]", "Hi «name»", "Hi ___", "[no response needed]", "Your balance is null", "Total: NaN"],
)  # fmt: skip
def test_what_is_meant_for_a_machine_is_pointed_out(written: str) -> None:
    assert isinstance(verdict(written), Correction)
    assert isinstance(in_json(written), Correction)


def test_an_answer_that_was_cut_off_ends_with_a_whole_sentence_or_is_none() -> None:
    kept = verdict("We do not accept cards. Your total is $1", truncated=True)
    assert isinstance(kept, ReplyOutcome)
    assert kept.text == "We do not accept cards."
    assert isinstance(verdict("Yes. You can bring your dog but not", truncated=True), Correction)
    assert isinstance(verdict("You can bring your", truncated=True), Correction)


@pytest.mark.parametrize("name", ["response", "message", "text", "answer"])
def test_a_reply_by_another_name_is_read(name: str) -> None:
    found = verdict(f'{{"{name}": "We are open", "hand_over": false}}', "json_schema")
    assert isinstance(found, ReplyOutcome)
    assert found.text == "We are open"


def test_a_warning_beside_a_good_content_costs_nothing() -> None:
    said = read_body('{"choices": [{"message": {"content": "We are open"}}], "error": "warning x"}')
    assert said is not None
    assert (said.content, said.error) == ("We are open", None)
