"""Any OpenAI-compatible server's chat completions: asked in the form it understands, read whatever its shape.

Not through OpenAI's client: bodies have to be read by ourselves, answers (`openai_body`) and errors
(`openai_complaints`) alike, and retries are ours, because they know the answer's deadline (ADR 19).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import httpx2
import orjson
from cachetools import TTLCache

from ai_responder.adapters.openai_body import ServerAnswer, read_body
from ai_responder.adapters.openai_complaints import Complaint, complaint_in
from ai_responder.adapters.openai_dialect import Dialect
from ai_responder.adapters.openai_failures import (
    connection_failure,
    failure_of,
    refusal_inside,
    retry_after,
)
from ai_responder.domain.answer_json import objects_in
from ai_responder.domain.judging import Completion
from ai_responder.domain.tokens import ModelCall, estimated_tokens
from ai_responder.model import ModelAway, Question
from shared.outgoing.asking import PLAIN_HEADERS, Outgoing, outgoing_request, transport_to

_CONNECT_SECONDS = 5.0
_MOST_DIALECTS = 9
"""One more than a server can refuse of a question, step by step."""
MODELS_REMEMBERED = 512
"""Tenants name models freely; what does not fit is learned again."""
REMEMBERED_SECONDS = 24 * 3600.0
"""Servers are upgraded: what one refused yesterday is tried again today."""


class _Refused(Exception):
    def __init__(self, status: int, complaint: Complaint, after: float, *, used: bool = False) -> None:
        super().__init__(status)
        self.status = status
        self.complaint = complaint
        self.after = after
        self.used = used


class OpenAiChat:
    """One server, that is: one base URL. `transport` is for tests and for a server within this process."""

    def __init__(
        self,
        base_url: str,
        api_key: str,
        default_model: str,
        *,
        transport: httpx2.AsyncBaseTransport | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.default_model = default_model
        self._url = httpx2.URL(f"{base_url.rstrip('/')}/chat/completions")
        self._headers = {"authorization": f"Bearer {api_key}", "content-type": "application/json", **PLAIN_HEADERS}
        # A proxy of the environment is right for servers outside and wrong for one on this machine.
        outside = self._url.host not in ("127.0.0.1", "localhost", "::1")
        self._outgoing = Outgoing(transport or transport_to(self._url, trust_env=outside))
        self._dialects: TTLCache[str, Dialect] = TTLCache(MODELS_REMEMBERED, REMEMBERED_SECONDS, monotonic)

    async def ask(self, question: Question, number: int) -> tuple[Completion, ModelCall]:
        dialect = self._dialects.get(question.model, Dialect())
        for _ in range(_MOST_DIALECTS):
            try:
                said = await self._post(dialect.body(question), question.timeout_seconds)
            except _Refused as error:
                instead = dialect.after_refusal(error.status, error.complaint, with_pictures=bool(question.pictures))
                if instead is None:
                    raise failure_of(error.status, error.complaint, question.model, error.after, error.used) from None
                dialect = instead
            else:
                self._remember(question.model, dialect, said)
                return _completion(said, question, dialect), _call(said, question, number)
        raise ModelAway("the model endpoint refuses every form of the question")

    async def _post(self, body: dict[str, Any], timeout_seconds: float) -> ServerAnswer:
        """The server's answer. Raises `_Refused`, also for an error that came with a 200, or `ModelAway`."""
        timeout = httpx2.Timeout(timeout_seconds, connect=min(_CONNECT_SECONDS, timeout_seconds))
        try:
            request = outgoing_request("POST", self._url, self._headers, orjson.dumps(body), timeout)
            response = await self._outgoing.ask(request)
        except (httpx2.HTTPError, OSError) as error:
            raise connection_failure(error) from None
        if not response.is_success:
            raise _Refused(response.status_code, complaint_in(response.text), retry_after(response.headers))
        return _said(response)

    def _remember(self, model: str, dialect: Dialect, said: ServerAnswer) -> None:
        """What was answered is how to ask next time; a form that was ignored is like one that was refused."""
        learned = dialect.after_ignoring() if _ignored(said) else dialect
        if learned != self._dialects.get(model, Dialect()):
            self._dialects[model] = learned

    async def close(self) -> None:
        await self._outgoing.close()


def _said(response: httpx2.Response) -> ServerAnswer:
    said = read_body(response.text)
    if said is None:
        raise ModelAway("the model endpoint's answer was not readable", maybe_used=True)
    if said.error:
        raise _Refused(*refusal_inside(said.error), retry_after(response.headers), used=said.has_choice)
    if not said.has_choice:
        raise ModelAway("the model answered without an answer", maybe_used=True)
    return said


def _ignored(said: ServerAnswer) -> bool:
    """Whether this is plain text: no object, none that was begun, and nothing that cut one off."""
    content = said.content.strip()
    begun = content.startswith(("{", "```")) or '{"' in content
    return bool(content) and not begun and not said.truncated and not said.filtered and not objects_in(content)


def _completion(said: ServerAnswer, question: Question, dialect: Dialect) -> Completion:
    return Completion(
        content=said.content,
        refusal=said.refusal,
        truncated=said.truncated,
        filtered=said.filtered,
        reasoned=bool(said.reasoning),
        tool_call=said.tool_call,
        calls=said.calls,
        model=question.model,
        form=dialect.form,
        saw_pictures=bool(question.pictures) and dialect.pictures,
    )


def _call(said: ServerAnswer, question: Question, number: int) -> ModelCall:
    """What was used, by the server's word; estimated where it says nothing, or nothing that could be true."""
    prompt, written = said.prompt_tokens, said.completion_tokens
    uncounted = prompt is None or written is None
    if prompt is None:
        prompt = question.tokens
    if written is None:
        written = estimated_tokens(len(said.content) + len(said.reasoning))
    return ModelCall(
        number=number,
        model=question.model,
        prompt=prompt - said.cached_tokens,
        cached=said.cached_tokens,
        completion=written,
        estimate=uncounted,
    )
