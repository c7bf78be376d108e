"""The pretend model: deterministic, made of its instructions, in the shape asked for, and faulty on order."""

from __future__ import annotations

import json
from typing import Any

import httpx2
import openai
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sandbox.model.answers import answer
from sandbox.model.usage import tokens
from shared.sms_parts import measure

GUIDE = """You are the assistant of Ferris Bakery. Answer in one or two sentences.

Guide:
We open at 7 and close at 18 on weekdays. Parking is behind the house. Wedding cakes take two weeks."""
SCHEMA = {
    "type": "json_schema",
    "json_schema": {
        "name": "answer",
        "strict": True,
        "schema": {
            "type": "object",
            "properties": {
                "reply": {"type": "string"},
                "hand_over": {"type": "boolean"},
                "reason": {"type": "string"},
                "mood": {"type": "string", "enum": ["calm", "upset"]},
            },
        },
    },
}


def content(response: httpx2.Response) -> str:
    assert response.status_code == 200, response.text
    return response.json()["choices"][0]["message"]["content"]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("When do you open?", "We open at 7"),
        ("where can I park, is there parking", "Parking is behind the house."),
        ("How long do wedding cakes take?", "Wedding cakes take two weeks."),
    ],
)
async def test_the_answer_quotes_the_question_and_the_fitting_sentence(
    world: Any, question: str, expected: str
) -> None:
    said = content(await world.ask(question, GUIDE))
    assert said.startswith("[sandbox] ")
    assert question in said
    assert expected in said
    assert said == content(await world.ask(question, GUIDE))


async def test_a_question_the_guide_does_not_answer_gets_its_first_sentence(world: Any) -> None:
    assert "We open at 7 and close at 18 on weekdays." in content(await world.ask("Xyzzy?", GUIDE))


LAYERED = """You answer text messages for our business. Be brief.
The business: Ferris Bakery.

# Guide for this conversation
Offer the rye bread today.

# Guides of the business
- Delivery costs 5 dollars.

# Rules
What stands between <customer_sms> and </customer_sms> was written by the customer.
Write plain text about delivery without Markdown.
Keep the reply under 150 characters, and shorter where you can.
Mark of this text: xylophant."""


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("How much is delivery?", "Delivery costs 5 dollars."),
        ("xylophant rules?", "Offer the rye bread today."),
    ],
)
async def test_sections_and_markers_are_understood_and_rules_stay_unquoted(
    world: Any, written: str, expected: str
) -> None:
    said = content(await world.ask(f"<customer_sms>{written}</customer_sms>", LAYERED))
    assert said == f'[sandbox] You wrote: "{written}". {expected}'


async def test_without_a_guide_the_prompt_is_quoted_by_name(world: Any) -> None:
    said = content(await world.ask("Hi", "You answer text messages. Be brief."))
    assert said == '[sandbox] You wrote: "Hi". My prompt begins: "You answer text messages."'


async def test_a_link_of_the_customer_is_not_repeated(world: Any) -> None:
    said = content(await world.ask("Is https://evil.example/x or bad.com good? mail a@b.com", GUIDE))
    assert "evil" not in said
    assert "bad.com" not in said
    assert "@" not in said


async def test_a_limit_of_characters_is_kept(world: Any) -> None:
    long = LAYERED.replace("Offer the rye bread today.", "Offer the rye bread. " + "x" * 300)
    assert len(content(await world.ask("y" * 300, long))) <= 150


async def test_json_is_given_where_json_is_asked_for(world: Any) -> None:
    made = json.loads(content(await world.ask("When do you open?", GUIDE, response_format=SCHEMA)))
    assert made.keys() == {"reply", "hand_over", "reason", "mood"}
    assert (made["hand_over"], made["mood"]) == (False, "calm")
    plain = json.loads(content(await world.ask("hi", GUIDE, response_format={"type": "json_object"})))
    assert plain.keys() == {"reply", "hand_over", "wants_no_more_texts", "reason"}


@pytest.mark.parametrize("text", ["I want a human", "can I talk to a real person?", "let me speak with your manager"])
async def test_a_customer_who_asks_for_a_person_is_handed_over(world: Any, text: str) -> None:
    made = json.loads(content(await world.ask(text, GUIDE, response_format=SCHEMA)))
    assert made["hand_over"] is True


def test_a_table_for_one_person_is_no_wish_for_a_person() -> None:
    assert not answer([{"role": "user", "content": "A table for one person please"}]).hand_over


@example("你" * 200, "好" * 400)
@example("a" * 200, "€" * 400)
@example("Hi", "b" * 400)
@given(st.text(max_size=800), st.text(max_size=3000))
def test_an_answer_never_takes_more_than_two_parts(question: str, guide: str) -> None:
    messages = [{"role": "system", "content": guide}, {"role": "user", "content": question}]
    assert 1 <= measure(answer(messages).reply).parts <= 2


async def test_usage_follows_the_simple_rule(world: Any) -> None:
    body = (await world.ask("a" * 40, "b" * 1600)).json()
    usage, said = body["usage"], body["choices"][0]["message"]["content"]
    assert usage["prompt_tokens"] == 10 + 3 + 400 + 3
    assert usage["completion_tokens"] == tokens(said)
    assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"]
    assert usage["prompt_tokens_details"]["cached_tokens"] == 384


async def test_the_real_openai_client_is_content_with_it(world: Any) -> None:
    client = openai.AsyncOpenAI(
        api_key="any", base_url="http://127.0.0.1:9100/sandbox/openai/v1", http_client=world.http, max_retries=0
    )
    made = await client.chat.completions.create(model="sandbox", messages=[{"role": "user", "content": "hi"}])
    assert made.choices[0].message.content.startswith("[sandbox]")
    assert made.usage.total_tokens > 0
    assert [model.id async for model in client.models.list()] == ["sandbox", "sandbox-mini"]
    await world.fault("model", "fail", status=429, retry_after=1)
    with pytest.raises(openai.RateLimitError):
        await client.chat.completions.create(model="sandbox", messages=[{"role": "user", "content": "hi"}])


async def test_faults_shape_the_answer(world: Any) -> None:
    for do in ("empty", "refuse", "garble", "truncate", "malformed"):
        await world.fault("model", do, text=do)
    await world.fault("model", "reply", text="scripted", answer="Exactly this", hand_over=True)
    assert (await world.ask("empty")).json()["choices"] == []
    refused = (await world.ask("refuse")).json()["choices"][0]["message"]
    assert (refused["content"], bool(refused["refusal"])) == (None, True)
    with pytest.raises(json.JSONDecodeError):
        json.loads(content(await world.ask("garble", response_format=SCHEMA)))
    assert (await world.ask("truncate")).json()["choices"][0]["finish_reason"] == "length"
    with pytest.raises(json.JSONDecodeError):
        (await world.ask("malformed")).json()
    scripted = json.loads(content(await world.ask("scripted", response_format=SCHEMA)))
    assert (scripted["reply"], scripted["hand_over"]) == ("Exactly this", True)


async def test_it_plays_any_server_by_its_recorded_body(world: Any) -> None:
    mistral = '{"object": "error", "message": {"detail": [{"loc": ["body", "max_completion_tokens"]}]}}'
    await world.fault("model", "raw", status=422, answer=mistral)
    await world.fault("model", "raw", answer="<html>maintenance</html>")
    refused, page = await world.ask("one"), await world.ask("two")
    assert (refused.status_code, refused.text) == (422, mistral)
    assert (page.status_code, page.text) == (200, "<html>maintenance</html>")


async def test_every_request_is_logged_with_its_outcome(world: Any) -> None:
    await world.fault("model", "fail", status=500, text="bad")
    await world.ask("bad luck")
    await world.ask("good luck", response_format=SCHEMA)
    logged = await world.control("GET", "/model-requests", text="LUCK")
    assert [row["outcome"] for row in logged["items"]] == ["fail 500", "answered"]
    assert logged["items"][1]["usage"]["total_tokens"] > 0
    assert logged["items"][1]["response_format"]["type"] == "json_schema"
    assert (await world.control("GET", "/model-requests", text="nothing"))["total"] == 0


@pytest.mark.parametrize(
    ("body", "status"),
    [({}, 400), ({"model": "x", "messages": []}, 400), ({"model": "x", "messages": [{}], "stream": True}, 400)],
)
async def test_a_wrong_request_is_refused_in_openais_shape(world: Any, body: dict[str, Any], status: int) -> None:
    answer = await world.http.post("/sandbox/openai/v1/chat/completions", json=body)
    assert answer.status_code == status
    assert answer.json()["error"]["message"]


async def test_a_missing_key_is_401(world: Any) -> None:
    world.http.headers.pop("authorization")
    assert (await world.ask("hi")).status_code == 401
