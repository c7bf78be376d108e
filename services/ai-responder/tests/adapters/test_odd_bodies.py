"""Laws of reading a server's bodies: only the adapter's own failures, and no answer lost for an odd side field."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from itertools import count
from typing import Any

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from responder_world import completion, says

from ai_responder.adapters.openai_chat import OpenAiChat
from ai_responder.adapters.openai_complaints import complaint_in
from ai_responder.domain.checks import Known
from ai_responder.domain.judging import Completion, Correction, Expected, judge
from ai_responder.domain.outcome import ReplyOutcome
from ai_responder.model import ModelError, Question

QUESTION = Question("m", ({"role": "system", "content": "S"}, {"role": "user", "content": "Q"}), 0.3, 500, 2.0)
EXPECTED = Expected(2, "You are the front desk.", "mark-77", Known([]), "off")
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10)
ODD = SCALARS | st.lists(SCALARS, max_size=2) | st.dictionaries(st.text(max_size=5), SCALARS, max_size=2)
NAMES = st.sampled_from(
    [
        "choices",
        "message",
        "content",
        "error",
        "usage",
        "finish_reason",
        "detail",
        "delta",
        "text",
        "tool_calls",
        "code",
    ]
)
NEAR = st.recursive(
    ODD, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4), max_leaves=12
)
"""JSON with names that mean something here."""
SIDE_FIELDS = st.dictionaries(
    st.sampled_from(["id", "object", "created", "model", "usage", "system_fingerprint", "service_tier", "x"]), ODD
)
OF_THE_CHOICE = st.dictionaries(st.sampled_from(["index", "logprobs", "stop_reason", "matched_stop", "x"]), ODD)
OF_THE_MESSAGE = st.dictionaries(
    st.sampled_from(
        [
            "role",
            "refusal",
            "annotations",
            "audio",
            "reasoning",
            "reasoning_content",
            "tool_calls",
            "function_call",
            "x",
        ]
    ),
    ODD,
)
FRAGMENTS = st.lists(
    st.sampled_from(
        ["<think>", "</think>", "<|channel|>", "final", "<|message|>", "<|im_end|>", "[INST]", "{", "}", '"reply"', ":",
         '"', "[Name]", "{{", "```", "|", "\n", "**", "](", "Agent:", "Customer:", "<", ">", ",", "'", "\\", "a", "7"]
    ) | st.text(max_size=5),
    max_size=40,
).map("".join)  # fmt: skip


class Server:
    """One adapter over a server that answers whatever it is given."""

    def __init__(self) -> None:
        self.response = httpx2.Response(200)
        self.runner = asyncio.Runner()
        self.chat = OpenAiChat(
            "http://model.test/v1", "k", "m", transport=httpx2.MockTransport(lambda _: self.response)
        )
        self.names = count()

    def ask(self, status: int, content: bytes) -> Completion:
        """A model of its own each time: what was learned of another says nothing about it."""
        self.response = httpx2.Response(status, content=content)
        asked = replace(QUESTION, model=f"m{next(self.names)}")
        said, call = self.runner.run(self.chat.ask(asked, 1))
        assert min(call.prompt, call.cached, call.completion) >= 0
        return said


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.runner.run(server.chat.close())
    server.runner.close()


@given(
    status=st.sampled_from([200, 400, 422, 500]),
    content=st.binary(max_size=200) | NEAR.map(lambda it: json.dumps(it).encode()),
)
def test_no_body_raises_anything_but_the_adapters_own_failures(server: Server, status: int, content: bytes) -> None:
    with suppress(ModelError):
        assert isinstance(server.ask(status, content).content, str)


@given(fields=SIDE_FIELDS, choice=OF_THE_CHOICE, message=OF_THE_MESSAGE)
def test_no_answer_is_lost_for_an_odd_side_field(
    server: Server, fields: dict[str, Any], choice: dict[str, Any], message: dict[str, Any]
) -> None:
    body = completion(says("At 7.")) | fields
    body["choices"][0] |= choice
    body["choices"][0]["message"] |= message
    said = server.ask(200, json.dumps(body).encode())
    verdict = judge(said, EXPECTED, frozenset())
    assert isinstance(verdict, ReplyOutcome)
    assert (verdict.kind, verdict.text) == ("reply", "At 7.")


@given(st.text() | st.binary().map(lambda raw: raw.decode(errors="replace")))
def test_every_error_body_has_a_complaint_of_bounded_length(body: str) -> None:
    complaint = complaint_in(body)
    assert (len(complaint.words) <= 200, len(complaint.about) <= 4000) == (True, True)


@given(FRAGMENTS, st.sampled_from(["json_schema", "json_object", "text"]), st.booleans())
def test_whatever_a_model_writes_ends_as_an_outcome_or_a_correction(content: str, form: Any, truncated: bool) -> None:
    for pointed_out in (frozenset[str](), frozenset({f"unreadable {form}", "placeholder", "tool_call", "no_reply"})):
        verdict = judge(Completion(content, form=form, truncated=truncated), EXPECTED, pointed_out)
        assert isinstance(verdict, Correction | ReplyOutcome)
        assert isinstance(verdict, Correction) or len(verdict.reason) <= 500
