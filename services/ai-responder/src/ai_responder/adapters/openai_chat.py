"""Any OpenAI-compatible server's chat completions. What comes back, trimmed:

    {"model": "gpt-4o-mini-2024-07-18",
     "choices": [{"message": {"content": "{\\"reply\\": …}", "refusal": null}, "finish_reason": "stop"}],
     "usage": {"prompt_tokens": 420, "completion_tokens": 35, "prompt_tokens_details": {"cached_tokens": 256}}}

The client's own retries are off: ours know the answer's deadline. The body is read by our own lenient models, because
servers leave out, or fill with null, whatever they like.
"""

from __future__ import annotations

from typing import Any

import httpx2
import openai
from pydantic import BaseModel, Field, ValidationError

from ai_responder.adapters.openai_dialect import Dialect
from ai_responder.adapters.openai_failures import meaning_of
from ai_responder.domain.judging import Completion
from ai_responder.domain.tokens import Call, estimated_tokens
from ai_responder.model import ModelAway, Question

_CONNECT_SECONDS = 5.0
_MOST_DIALECTS = 5


class _Message(BaseModel):
    content: str | None = None
    refusal: str | None = None


class _Choice(BaseModel):
    message: _Message = _Message()
    finish_reason: str | None = None


class _Cached(BaseModel):
    cached_tokens: int | None = 0


class _Usage(BaseModel):
    prompt_tokens: int = Field(ge=0)
    completion_tokens: int = Field(default=0, ge=0)
    prompt_tokens_details: _Cached | None = None


class _Body(BaseModel):
    model: str | None = None
    choices: list[_Choice] | None = None
    usage: _Usage | None = None


class OpenAiChat:
    """`transport` is for tests and for a server within this process."""

    def __init__(
        self, base_url: str, api_key: str, default_model: str, transport: httpx2.AsyncBaseTransport | None = None
    ) -> None:
        self.default_model = default_model
        # A proxy of the environment is right for servers outside and wrong for one on this machine.
        outside = httpx2.URL(base_url).host not in ("127.0.0.1", "localhost", "::1")
        http = httpx2.AsyncClient(transport=transport, trust_env=outside)
        self._client = openai.AsyncOpenAI(api_key=api_key, base_url=base_url, max_retries=0, http_client=http)
        self._dialects: dict[str, Dialect] = {}

    async def ask(self, question: Question, number: int) -> tuple[Completion, Call]:
        for _ in range(_MOST_DIALECTS):
            dialect = self._dialects.get(question.model, Dialect())
            try:
                text = await self._post(dialect.body(question), question.timeout_seconds)
            except openai.APIStatusError as error:
                instead = dialect.after_refusal(error.param, error.message) if error.status_code in (400, 422) else None
                if instead is None:
                    raise meaning_of(error, question.model) from None
                self._dialects[question.model] = instead
                continue
            except openai.APIError as error:
                raise meaning_of(error, question.model) from None
            return _read(text, question, dialect, number)
        raise ModelAway("the model endpoint refuses every form of the question")

    async def _post(self, body: dict[str, Any], timeout_seconds: float) -> str:
        timeout = httpx2.Timeout(timeout_seconds, connect=min(_CONNECT_SECONDS, timeout_seconds))
        # Not `chat.completions.create`: walking its body types takes as long as all the rest of the call (4 ms).
        response = await self._client.post(
            "/chat/completions", body=body, cast_to=httpx2.Response, options={"timeout": timeout}
        )
        return response.text

    async def close(self) -> None:
        await self._client.close()


def _read(text: str, question: Question, dialect: Dialect, number: int) -> tuple[Completion, Call]:
    try:
        body = _Body.model_validate_json(text)
    except ValidationError:
        raise ModelAway("the model endpoint's answer was not readable", maybe_used=True) from None
    if not body.choices:
        raise ModelAway("the model answered without an answer", maybe_used=True)
    choice = body.choices[0]
    said = Completion(
        content=choice.message.content or "",
        refusal=choice.message.refusal or "",
        truncated=choice.finish_reason == "length",
        filtered=choice.finish_reason == "content_filter",
        model=question.model,
        form=dialect.form,
    )
    return said, _call(body.usage, said, question, number)


def _call(usage: _Usage | None, said: Completion, question: Question, number: int) -> Call:
    """What was used, by the server's word; estimated where it says nothing."""
    if usage is None:
        prompt, written = estimated_tokens(question.characters), estimated_tokens(len(said.content))
        return Call(number=number, model=question.model, prompt=prompt, completion=written, estimate=True)
    details = usage.prompt_tokens_details
    cached = min((details.cached_tokens or 0) if details else 0, usage.prompt_tokens)
    return Call(
        number=number,
        model=question.model,
        prompt=usage.prompt_tokens - cached,
        cached=cached,
        completion=usage.completion_tokens,
    )
