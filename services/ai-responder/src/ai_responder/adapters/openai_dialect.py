"""How one server wants to be asked. "OpenAI-compatible" differs: which response formats, which name for the output
limit, whether a temperature is taken. Learned from its 400s, remembered per model for as long as the process lives.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from ai_responder.domain.answer import ANSWER_SCHEMA, FORM_HINTS, Form
from ai_responder.domain.prompt import ChatMessage
from ai_responder.model import Question

_NEXT_FORM: dict[Form, Form] = {"json_schema": "json_object", "json_object": "text"}
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


@dataclass(frozen=True)
class Dialect:
    form: Form = "json_schema"
    limit: str = "max_completion_tokens"
    """Newer name; servers that came before it know `max_tokens`."""
    temperature: bool = True

    def body(self, question: Question) -> dict[str, Any]:
        body: dict[str, Any] = {
            "model": question.model,
            "messages": _hinted(question.messages, FORM_HINTS[self.form]),
            self.limit: question.max_output_tokens,
        }
        if self.form == "json_schema":
            schema = {"name": "answer", "strict": True, "schema": ANSWER_SCHEMA}
            body["response_format"] = {"type": "json_schema", "json_schema": schema}
        elif self.form == "json_object":
            body["response_format"] = {"type": "json_object"}
        if self.temperature and question.temperature is not None:
            body["temperature"] = question.temperature
        return body

    def after_refusal(self, param: str | None, message: str) -> Dialect | None:
        """How to ask instead, going by what the server complained about; None if it is not about the dialect."""
        complaint = f"{param or ''} {message}".casefold()
        if "max_completion_tokens" in complaint and self.limit == "max_completion_tokens":
            return replace(self, limit="max_tokens")
        if "temperature" in complaint and self.temperature:
            return replace(self, temperature=False)
        if any(word in complaint for word in _ABOUT_FORM) and self.form in _NEXT_FORM:
            return replace(self, form=_NEXT_FORM[self.form])
        return None


def _hinted(messages: tuple[ChatMessage, ...], hint: str) -> list[ChatMessage]:
    first, *rest = messages
    if not hint:
        return [first, *rest]
    return [{"role": first["role"], "content": f"{first['content']}\n\n# Form of the answer\n{hint}"}, *rest]
