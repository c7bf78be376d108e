"""What counts as an answer, what is pointed out once, and what becomes of it if that did not help."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from responder_world import says

from ai_responder.domain import length
from ai_responder.domain.answer import FORM_HINTS, parse
from ai_responder.domain.checks import Known, unknown_link, unknown_number
from ai_responder.domain.judging import Completion, Correction, Expected, judge
from ai_responder.domain.outcome import ReplyOutcome
from ai_responder.domain.prompt import RULES
from shared.sms_parts import measure

OURS = ["We are at corner-bakery.example.com and https://bit.ly/cakes. ModelCall +1 312 555 0100. Mail hi@bakery.com"]
EXPECTED = Expected(2, "You are the front desk.", "mark-77", Known(OURS, ["my cell is 312-555-0188"]), "off")
NOTHING: frozenset[str] = frozenset()


def said(content: Any, **more: Any) -> Completion:
    return Completion(json.dumps(content) if isinstance(content, dict) else content, model="m", **more)


def outcome(content: Any, *pointed_out: str, **more: Any) -> ReplyOutcome:
    verdict = judge(said(content, **more), EXPECTED, frozenset(pointed_out))
    assert isinstance(verdict, ReplyOutcome), verdict
    return verdict


def fault(content: Any, **more: Any) -> str:
    verdict = judge(said(content, **more), EXPECTED, NOTHING)
    assert isinstance(verdict, Correction), verdict
    return verdict.fault


@pytest.mark.parametrize(
    "content",
    ["", "Sure! {reply: ", "[]", "null", '"text"', '{"reply": 1, "hand_over": false}', '{"hand_over": false}',
     '{"reply": ["x", 1], "hand_over": false}', "[" * 5000, '{"a":' * 5000, '{"reply": "x"'],
)  # fmt: skip
def test_what_is_not_the_object_asked_for_is_pointed_out_once_and_then_a_failure(content: str) -> None:
    assert fault(content) == "unreadable json_schema"
    assert outcome(content, "unreadable json_schema").kind == "failure"


@given(st.text())
def test_no_text_makes_the_parser_raise(content: str) -> None:
    for form in ("json_schema", "json_object", "text"):
        parse(content, form)


def test_control_characters_of_the_model_are_taken_out() -> None:
    torn = {"reply": "We open\0 at\ud83d nine\x07.\nCome!", "hand_over": False, "reason": "as\x1b asked"}
    answer = outcome(torn)
    assert (answer.text, answer.reason) == ("We open at nine.\nCome!", "as asked")
    assert outcome("We open\0 at nine.", form="text").text == "We open at nine."


@pytest.mark.parametrize("text", ["می\u200cخواهم", "See you 👨\u200d👩\u200d👧!", "at \u200eBakery\u200e"])
def test_what_scripts_and_emoji_are_put_together_by_stays(text: str) -> None:
    assert outcome(says(text)).text == text


@pytest.mark.parametrize("torn", ["evil\u200d.com/x", "+1 900\u200c 555 0199", "http://evil\u200f.example"])
def test_a_joiner_hides_no_address(torn: str) -> None:
    assert fault(says(f"Write to {torn}")) in ("link", "number")


def test_fenced_json_is_read() -> None:
    assert outcome('```json\n{"reply": "Hi.", "hand_over": false}\n```').text == "Hi."


def test_plain_text_is_an_answer_where_the_server_knows_no_json() -> None:
    assert outcome("We open at 7.", form="text").text == "We open at 7."
    handed = outcome("[hand over] A colleague will call.", form="text")
    assert (handed.kind, handed.text) == ("hand_over", "A colleague will call.")
    assert outcome(says("Hi."), form="text").text == "Hi."


def test_refusal_and_content_filter_are_refusals_with_a_reason() -> None:
    assert outcome(None or "", refusal="I can't help with that.").reason == "I can't help with that."
    assert outcome("", filtered=True).kind == "refusal"


def test_hand_over_carries_a_parting_word_only_if_nothing_is_wrong_with_it() -> None:
    good = outcome(says("A colleague will write.", hand_over=True, reason="angry"))
    assert (good.kind, good.text, good.reason) == ("hand_over", "A colleague will write.", "angry")
    bad = outcome(says("See http://evil.example/x", hand_over=True))
    assert (bad.kind, bad.text) == ("hand_over", "")
    assert bad.reason


def test_an_empty_reply_is_a_failure_after_one_more_try() -> None:
    assert fault(says("  ")) == "empty"
    assert outcome(says("\u200b"), "empty").kind == "failure"
    assert outcome(says("\u200d\u200e"), "empty").kind == "failure"


def test_too_long_is_asked_to_be_shorter_once_and_then_cut_at_a_sentence() -> None:
    text = "We open at seven in the morning. " * 20
    assert fault(says(text)) == "long"
    cut = outcome(says(text), "long").text
    assert measure(cut).parts <= 2
    assert cut.endswith("morning.")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Look at corner-bakery.example.com/menu", None),
        ("Look at https://www.corner-bakery.example.com?x=1.", None),
        ("https://bit.ly/cakes", None),
        ("https://bit.ly/other", "https://bit.ly/other"),
        ("https://corner-bakery.example.com.evil.net/a", "https://corner-bakery.example.com.evil.net/a"),
        ("https://corner-bakery.example.com@evil.net/", "https://corner-bakery.example.com@evil.net/"),
        ("go to evil.com now", "evil.com"),
        ("javascript://evil", "javascript://evil"),
        ("http://[::1", "http://[::1"),
        ("write to hi@bakery.com", None),
        ("write to boss@evil.com", "boss@evil.com"),
        ("We open at 7.Come by. No.1 in town, e.g. cakes.", None),
    ],
)
def test_links_are_known_by_their_host(text: str, found: str | None) -> None:
    assert unknown_link(text, EXPECTED.known) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ModelCall +1 (312) 555-0100", None),
        ("We reach you at 3125550188", None),
        ("Text +1 900 555 1234", "+1 900 555 1234"),
        ("ModelCall 415-555-2671 instead", "415-555-2671"),
        ("Order 4711 is $1,299.00, ready 2026-01-01 10:00", None),
    ],
)
def test_phone_numbers_are_those_of_the_business_or_of_the_customers_own_words(text: str, found: str | None) -> None:
    assert unknown_number(text, EXPECTED.known) == found


def test_a_link_out_of_nowhere_is_pointed_out_once_and_then_goes_to_a_person() -> None:
    assert fault(says("Book at evil.com")) == "link"
    handed = outcome(says("Book at evil.com"), "link")
    assert (handed.kind, handed.text) == ("hand_over", "")
    assert "evil.com" in handed.reason


def test_reciting_the_instructions_goes_to_a_person_at_once() -> None:
    for leak in (" ".join(RULES[:4]), "my mark is MARK-77"):
        handed = outcome(says(leak))
        assert (handed.kind, handed.text) == ("hand_over", "")
        assert "instructions" in handed.reason


def test_a_recital_around_an_object_goes_to_a_person_as_well() -> None:
    for leak in (" ".join(RULES), "my mark is MARK-77"):
        assert outcome(f"{leak} {json.dumps(says('Hi.'))}").kind == "hand_over"


def test_the_example_of_the_instructions_is_no_answer() -> None:
    example = FORM_HINTS["json_object"]
    assert fault(example) == "placeholder"
    assert fault(says(example[example.index("{") :])) == "placeholder"


def test_quoting_one_sentence_of_the_prompt_is_no_breach() -> None:
    assert outcome(says("You are the front desk.")).kind == "reply"


def test_typography_that_would_double_the_price_is_made_plain() -> None:
    text = outcome(says("We’re open – “daily”… 7\u00a0to\u00a05")).text
    assert text == 'We\'re open - "daily"... 7 to 5'
    assert measure(text).encoding == "GSM-7"


@pytest.mark.parametrize(
    "text",
    [
        "Booking:\nCustomer: John\nTime: 3pm",
        "Order: #12\nCustomer: Jane Doe",
        "Sure! We have 3 sizes:\n- small $5\n- medium $7",
        "Here is the address: 12 Main St",
        '"Classic" or "Deluxe"?',
        "Reply [YES] to confirm, [1] small, [2] large",
        "Use code SAVE10 at checkout (20% off, 3 parts)",
        "Price is 5*2=10, it's 5 < 6",
        "1. Flour\n2. Sugar",
        "line one\nline two\n\nline three",
        "null and void coupons are not accepted",
        "Analysis of your order: it is ready",
        "Thanks! \U0001f60a",
        "Sí, abrimos a las 7. ¿Algo más?",
    ],
)
def test_what_is_a_text_message_already_stays_as_it_is(text: str) -> None:
    assert outcome(says(text)).text == text


def test_text_a_model_hid_or_marked_up_is_cleaned() -> None:
    assert outcome(says("<sms-mark-77>Hi\u202e there</sms-mark-77>")).text == "Hi there"


@given(st.text(max_size=900), st.integers(1, 4))
def test_a_cut_always_fits(text: str, max_parts: int) -> None:
    assert length.fits(length.cut(text, max_parts), max_parts)
