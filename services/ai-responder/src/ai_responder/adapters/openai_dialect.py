"""How one server wants to be asked. "OpenAI-compatible" differs: which response formats, which name for the output
limit, whether a temperature or a system message is taken. Learned from what the server refuses or ignores.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from ai_responder.adapters.openai_complaints import Complaint
from ai_responder.domain.answer import ANSWER_SCHEMA, FORM_HINTS, Form
from ai_responder.domain.pictures import Picture
from ai_responder.domain.prompt import ChatMessage
from ai_responder.model import Question
from ai_responder.tools.domain.definitions import actions_hint, definitions, with_actions

Limit = Literal["max_completion_tokens", "max_tokens", ""]

_NEXT_FORM: dict[Form, Form] = {"json_schema": "json_object", "json_object": "text"}
_NEXT_LIMIT: dict[Limit, Limit] = {"max_completion_tokens": "max_tokens", "max_tokens": ""}
_ABOUT_FORM = (
    "response_format",
    "json_schema",
    "json_object",
    "json mode",
    "schema",
    "structured",
    "guided",
    "grammar",
)
_ABOUT_ROLES = (
    "system role",
    "role 'system'",
    'role "system"',
    "system message",
    "roles must alternate",
    "role: system",
)
_ABOUT_TOOLS = ("tool", "function call", "functions")
_ABOUT_PICTURES = (
    "image",
    "multimodal",
    "multi-modal",
    "valid string",
    "be a string",
    "expected string",
    "expected a string",
    "content part",
    "content type",
)
"""Servers that know no pictures complain that a message is a list, where they know text only."""
_MAY_BE_ABOUT_US = frozenset({400, 404, 413, 415, 422, 500, 501})
"""Servers answer an unknown field with any of these; some crash over a schema."""


@dataclass(frozen=True)
class Dialect:
    form: Form = "json_schema"
    limit: Limit = "max_completion_tokens"
    """Newer name; servers that came before it know `max_tokens`, some refuse any."""
    temperature: bool = True
    tools: Literal["calls", "field"] = "calls"
    """`field`: for servers without tools they are a field of the JSON answer."""
    system: bool = True
    """False: instructions go into the first message of the user, for templates that know no other role."""
    pictures: bool = True
    """False: the model or its server takes none."""

    def body(self, question: Question) -> dict[str, Any]:
        as_field = question.tools.any and self.tools == "field" and self.form != "text"
        hint = FORM_HINTS[self.form]
        messages = _hinted(question.messages, f"{hint}\n{actions_hint(question.tools)}" if as_field else hint)
        messages = messages if self.system else _without_system(messages)
        body: dict[str, Any] = {"model": question.model, "messages": messages}
        if question.pictures:
            body["messages"] = _illustrated(messages, question.pictures if self.pictures else ())
        if self.limit:
            body[self.limit] = question.max_output_tokens
        if self.form == "json_schema":
            answer = with_actions(ANSWER_SCHEMA, question.tools) if as_field else ANSWER_SCHEMA
            schema = {"name": "answer", "strict": True, "schema": answer}
            body["response_format"] = {"type": "json_schema", "json_schema": schema}
        elif self.form == "json_object":
            body["response_format"] = {"type": "json_object"}
        if self.temperature and question.temperature is not None:
            body["temperature"] = question.temperature
        if question.tools.any and self.tools == "calls":
            body["tools"] = definitions(question.tools)
        return body

    def after_refusal(self, status: int, complaint: Complaint, *, with_pictures: bool = False) -> Dialect | None:
        """How to ask instead, going by what the server complained about; None if it is not about the dialect."""
        if status not in _MAY_BE_ABOUT_US:
            return None
        about = complaint.about
        if with_pictures and self.pictures and _is_about_pictures(status, complaint):
            return replace(self, pictures=False)
        if self.limit and self.limit in about:
            return replace(self, limit=_NEXT_LIMIT[self.limit])
        if "temperature" in about and self.temperature:
            return replace(self, temperature=False)
        if any(words in about for words in _ABOUT_ROLES) and self.system:
            return replace(self, system=False)
        if any(words in about for words in _ABOUT_TOOLS) and self.tools == "calls":
            return replace(self, tools="field")
        if any(word in about for word in _ABOUT_FORM) and self.form in _NEXT_FORM:
            return replace(self, form=_NEXT_FORM[self.form])
        plainest = replace(PLAINEST, pictures=self.pictures)
        return plainest if status in (400, 422) and complaint.says_nothing and self != plainest else None

    def after_ignoring(self) -> Dialect:
        """How to ask a server that took the response format and answered in another."""
        return replace(self, form=_NEXT_FORM.get(self.form, self.form))


NOT_SHOWN = "[The pictures cannot be shown to you.]"
PLAINEST = Dialect(form="text", limit="max_tokens", temperature=False, tools="field")
"""What every server understands: the next thing to try where one refuses without a reason."""


def _is_about_pictures(status: int, complaint: Complaint) -> bool:
    """A server that gives no reason may mean them: they are what is least usual in the question."""
    return status in (413, 415) or complaint.says_nothing or any(word in complaint.about for word in _ABOUT_PICTURES)


def _illustrated(messages: list[ChatMessage], pictures: Sequence[Picture]) -> list[Any]:
    """With the pictures beside the customer's last text; without any, this is said there."""
    *earlier, last = messages
    if not pictures:
        return [*earlier, {**last, "content": f"{last['content']}\n{NOT_SHOWN}"}]
    shown = [{"type": "image_url", "image_url": {"url": one.data_uri}} for one in pictures]
    return [*earlier, {**last, "content": [{"type": "text", "text": last["content"]}, *shown]}]


def _hinted(messages: tuple[ChatMessage, ...], hint: str) -> list[ChatMessage]:
    first, *rest = messages
    return [{"role": first["role"], "content": f"{first['content']}\n\n# Form of the answer\n{hint}"}, *rest]


def _without_system(messages: list[ChatMessage]) -> list[ChatMessage]:
    first, *rest = messages
    if rest and rest[0]["role"] == "user":
        return [{"role": "user", "content": f"{first['content']}\n\n{rest[0]['content']}"}, *rest[1:]]
    return [{"role": "user", "content": first["content"]}, *rest]
