"""The model endpoint's answers and failures, as tables over a pretend transport."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import httpx2
import pytest
from responder_world import PretendModel, answered, completion, says

from ai_responder.adapters import openai_chat
from ai_responder.adapters.openai_chat import OpenAiChat
from ai_responder.model import ModelAway, ModelError, ModelFilters, ModelRefuses, Question
from shared.clock import ManualClock

QUESTION = Question("m", ({"role": "system", "content": "S" * 40}, {"role": "user", "content": "Q"}), 0.3, 500, 2.0)


def chat(*script: Any) -> tuple[OpenAiChat, PretendModel]:
    model = PretendModel(list(script))
    return OpenAiChat("http://model.test/v1", "sk-1", "m", transport=model), model


def error(status: int, message: str = "no", headers: dict[str, str] | None = None, **more: Any) -> httpx2.Response:
    return httpx2.Response(status, json={"error": {"message": message, "type": "x", **more}}, headers=headers)


async def test_the_answer_and_what_it_used_are_read() -> None:
    client, model = chat(answered(says("At 7.")))
    said, call = await client.ask(QUESTION, 3)
    assert (said.content, said.form) == ('{"reply": "At 7.", "hand_over": false, "reason": ""}', "json_schema")
    assert (call.number, call.prompt, call.cached, call.completion, call.estimate) == (3, 36, 64, 20, False)
    [body] = model.asked
    assert body["response_format"]["json_schema"]["schema"]["required"] == [
        "reply",
        "hand_over",
        "wants_no_more_texts",
        "reason",
    ]
    assert (body["model"], body["temperature"], body["max_completion_tokens"]) == ("m", 0.3, 500)
    assert "tools" not in body


@pytest.mark.parametrize(
    ("usage", "prompt", "completion_", "estimate"),
    [
        (None, 11, 2, True),
        ({}, 11, 2, True),
        ("lots", 11, 2, True),
        ({"prompt_tokens": 50}, 50, 2, True),
        ({"prompt_tokens": 0, "completion_tokens": 0}, 11, 0, True),
        ({"prompt_tokens": None, "completion_tokens": None}, 11, 2, True),
        ({"prompt_tokens": 41.5, "completion_tokens": 2.0}, 11, 2, True),
        ({"prompt_tokens": -3, "completion_tokens": 7}, 11, 7, True),
        ({"prompt_tokens": "50", "completion_tokens": "7"}, 11, 2, True),
        ({"prompt_tokens": 10**40, "completion_tokens": True}, 11, 2, True),
        ({"input_tokens": 50, "output_tokens": 7}, 50, 7, False),
        ({"prompt_tokens": 50, "completion_tokens": 7, "prompt_tokens_details": None}, 50, 7, False),
        ({"prompt_tokens": 50, "completion_tokens": 7, "prompt_tokens_details": {"cached_tokens": None}}, 50, 7, False),
        ({"prompt_tokens": 50, "completion_tokens": 7, "prompt_tokens_details": {"cached_tokens": 90}}, 0, 7, False),
    ],
)
async def test_usage_is_read_liberally_and_estimated_where_missing(
    usage: Any, prompt: int, completion_: int, estimate: bool
) -> None:
    client, _ = chat(httpx2.Response(200, json=completion("At seven", usage=usage)))
    _, call = await client.ask(QUESTION, 1)
    assert (call.prompt, call.completion, call.estimate) == (prompt, completion_, estimate)


@pytest.mark.parametrize(
    ("response", "raised", "maybe_used"),
    [
        (error(429), ModelAway, False),
        (error(429, code="insufficient_quota"), ModelRefuses, False),
        (error(402), ModelRefuses, False),
        (error(500), ModelAway, False),
        (error(502), ModelAway, False),
        (error(503), ModelAway, False),
        (error(408), ModelAway, False),
        (error(401), ModelRefuses, False),
        (error(403), ModelRefuses, False),
        (error(404, code="model_not_found"), ModelRefuses, False),
        (error(400, code="context_length_exceeded"), ModelRefuses, False),
        (error(400, code="content_filter"), ModelFilters, False),
        (httpx2.Response(500, content=b"<html>gateway</html>"), ModelAway, False),
        (httpx2.Response(200, content=b'{"id": "broken", "choices": [{'), ModelAway, True),
        (httpx2.Response(200, content=b"<html>login</html>", headers={"content-type": "text/html"}), ModelAway, True),
        (httpx2.Response(200, json={"choices": []}), ModelAway, True),
        (httpx2.Response(200, json={"choices": None}), ModelAway, True),
        (httpx2.Response(200, json=[]), ModelAway, True),
        (httpx2.ConnectError("no"), ModelAway, False),
        (httpx2.ConnectTimeout("no"), ModelAway, False),
        (httpx2.ReadTimeout("slow"), ModelAway, True),
        (httpx2.RemoteProtocolError("cut"), ModelAway, True),
    ],
)
async def test_every_failure_has_one_meaning(response: Any, raised: type[ModelError], maybe_used: bool) -> None:
    client, model = chat(response)
    with pytest.raises(ModelError) as caught:
        await client.ask(QUESTION, 1)
    assert (type(caught.value), caught.value.maybe_used) == (raised, maybe_used)
    assert len(model.asked) == 1, "the vendor's own retries are off"


@pytest.mark.parametrize(
    ("headers", "after"),
    [({"retry-after": "7"}, 7), ({"retry-after-ms": "1500"}, 1.5), ({"retry-after": "soon"}, 0), ({}, 0),
     ({"retry-after": "-3"}, 0)],
)  # fmt: skip
async def test_how_long_to_wait_is_taken_from_the_header(headers: dict[str, str], after: float) -> None:
    client, _ = chat(error(429, headers=headers))
    with pytest.raises(ModelAway) as caught:
        await client.ask(QUESTION, 1)
    assert caught.value.after == after


async def test_a_date_to_retry_after_is_understood() -> None:
    moment = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    client, _ = chat(error(503, headers={"retry-after": moment}))
    with pytest.raises(ModelAway) as caught:
        await client.ask(QUESTION, 1)
    assert 80 < caught.value.after <= 90


def without_schemas(body: dict[str, Any]) -> httpx2.Response:
    form = body.get("response_format", {}).get("type")
    return error(400, f"response_format {form} is not supported") if form else answered("At 7.")


def forms(model: PretendModel) -> list[str]:
    return [body.get("response_format", {}).get("type", "text") for body in model.asked]


async def test_a_server_without_schemas_is_asked_for_an_object_then_for_text_and_remembered() -> None:
    client, model = chat(without_schemas)
    said, _ = await client.ask(QUESTION, 1)
    assert (said.form, said.content) == ("text", "At 7.")
    assert forms(model) == ["json_schema", "json_object", "text"]
    assert "Answer with the text message only" in model.asked[-1]["messages"][0]["content"]
    await client.ask(QUESTION, 2)
    assert forms(model)[3:] == ["text"]


async def test_what_is_learned_holds_for_one_model_of_one_server() -> None:
    client, model = chat(without_schemas)
    await client.ask(QUESTION, 1)
    await client.ask(replace(QUESTION, model="other"), 1)
    assert forms(model)[3:] == ["json_schema", "json_object", "text"]
    other = OpenAiChat("http://another.test/v1", "sk-1", "m", transport=model)
    await other.ask(QUESTION, 1)
    assert forms(model)[6:] == ["json_schema", "json_object", "text"]


async def test_what_is_learned_is_bounded_and_forgotten_after_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(openai_chat, "MODELS_REMEMBERED", 3)
    clock, model = ManualClock(), PretendModel([without_schemas])
    client = OpenAiChat("http://model.test/v1", "sk-1", "m", transport=model, monotonic=clock.monotonic)
    for name in ("m", "a", "b", "c"):
        await client.ask(replace(QUESTION, model=name), 1)
    del model.asked[:]
    await client.ask(replace(QUESTION, model="c"), 1)
    await client.ask(QUESTION, 1)
    assert forms(model) == ["text", "json_schema", "json_object", "text"], "the oldest had to go"
    del model.asked[:]
    clock.advance(openai_chat.REMEMBERED_SECONDS)
    await client.ask(QUESTION, 1)
    assert forms(model) == ["json_schema", "json_object", "text"]


async def test_nothing_is_learned_from_a_question_that_is_refused_in_every_form() -> None:
    refused = error(400, "the schema of your text is bad")
    client, model = chat(refused, refused, refused, answered(says("At 7.")))
    with pytest.raises(ModelRefuses):
        await client.ask(QUESTION, 1)
    await client.ask(QUESTION, 2)
    assert forms(model)[3:] == ["json_schema"]


async def test_older_names_and_models_without_temperature_are_met() -> None:
    def server(body: dict[str, Any]) -> httpx2.Response:
        if "max_completion_tokens" in body:
            return error(400, "Unrecognized request argument supplied: max_completion_tokens")
        if "temperature" in body:
            return error(400, "Unsupported value", param="temperature")
        return answered(says("Hi."))

    client, model = chat(server)
    await client.ask(QUESTION, 1)
    assert model.asked[-1]["max_tokens"] == 500
    assert "temperature" not in model.asked[-1]


async def test_a_server_that_refuses_every_form_ends_as_a_refusal() -> None:
    client, model = chat(error(400, "response_format is wrong"))
    with pytest.raises(ModelRefuses):
        await client.ask(QUESTION, 1)
    assert len(model.asked) == 3
