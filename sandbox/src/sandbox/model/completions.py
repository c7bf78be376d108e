"""One chat completion: reads the request, applies the faults that match it, answers in OpenAI's shape."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass
from typing import Any, cast

import orjson

from sandbox.faults import Fault, Subject
from sandbox.line import LineCut
from sandbox.model.answers import PretendAnswer, answer, as_json
from sandbox.model.instructions import last_user_text
from sandbox.model.log import ModelLog, ModelRequest
from sandbox.model.usage import tokens, usage_of
from sandbox.world import World

_ERROR_TYPES = {401: "invalid_request_error", 404: "invalid_request_error", 429: "rate_limit_exceeded"}


@dataclass(frozen=True, slots=True)
class HttpReply:
    status: int
    body: bytes
    headers: dict[str, str] | None = None


@dataclass(frozen=True, slots=True)
class PretendChoice:
    """The content of the one choice."""

    content: str | None
    finish_reason: str = "stop"
    refusal: str | None = None


def failure(status: int, message: str, retry_after: float | None = None) -> HttpReply:
    kind = _ERROR_TYPES.get(status, "invalid_request_error" if status < 500 else "server_error")
    headers = {} if retry_after is None else {"retry-after": f"{retry_after:g}"}
    error = {"message": message, "type": kind, "param": None, "code": kind if status == 429 else None}
    return HttpReply(status, orjson.dumps({"error": error}), headers)


class Completions:
    def __init__(self, world: World, log: ModelLog) -> None:
        self._world = world
        self._log = log

    async def complete(self, raw: bytes) -> HttpReply:
        body = _read(raw)
        if isinstance(body, HttpReply):
            return body
        request = self._log.begin(body)
        try:
            return await self._answer(body, request)
        except LineCut:
            self._log.finish(request, "cut")
            raise
        except asyncio.CancelledError:
            self._log.finish(request, "cancelled")
            raise

    async def _answer(self, body: dict[str, Any], request: ModelRequest) -> HttpReply:
        subject = Subject(text=last_user_text(body["messages"]))
        faults = self._world.faults.strikes("model", subject)
        await asyncio.sleep(self._world.tunables.model_latency)
        fault = await self._suffer(faults)
        if fault and fault.do == "fail":
            self._log.finish(request, f"fail {fault.status}")
            return failure(int(fault.status or 500), "The sandbox fails: a fault was set.", fault.retry_after)
        if fault and fault.do in ("malformed", "raw"):
            self._log.finish(request, fault.do)
            given = fault.answer or "" if fault.do == "raw" else '{"id": "chatcmpl-broken", "choices": [{'
            return HttpReply(int(fault.status or 200), given.encode())
        draft = _draft(body, fault)
        completion = self._completion(body, draft, empty=fault is not None and fault.do == "empty")
        request.content, request.usage = draft.content, completion["usage"]
        self._log.finish(request, fault.do if fault else "answered")
        return HttpReply(200, orjson.dumps(completion))

    async def _suffer(self, faults: list[Fault]) -> Fault | None:
        """Waits as the faults say; returns the fault that shapes the answer, if there is one."""
        for fault in faults:
            if fault.do in ("delay", "hang"):
                await asyncio.sleep(self._world.faults.seconds(fault))
            if fault.do in ("cut", "hang"):
                raise LineCut
        return next((fault for fault in faults if fault.do != "delay"), None)

    def _completion(self, body: dict[str, Any], draft: PretendChoice, empty: bool) -> dict[str, Any]:
        said = draft.content or draft.refusal or ""
        message: dict[str, Any] = {
            "role": "assistant",
            "content": draft.content,
            "refusal": draft.refusal,
            "annotations": [],
        }
        choice: dict[str, Any] = {
            "index": 0,
            "message": message,
            "logprobs": None,
            "finish_reason": draft.finish_reason,
        }
        digest = hashlib.sha256(orjson.dumps(body["messages"]) + said.encode()).hexdigest()
        return {
            "id": f"chatcmpl-sandbox-{digest[:24]}",
            "object": "chat.completion",
            "created": int(self._world.clock.now().timestamp()),
            "model": body["model"],
            "choices": [] if empty else [choice],
            "usage": usage_of(body["messages"], "" if empty else said),
            "system_fingerprint": "fp_sandbox",
            "service_tier": "default",
        }


def _read(raw: bytes) -> dict[str, Any] | HttpReply:
    try:
        body = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return failure(400, "We could not parse the JSON body of your request.")
    if not isinstance(body, dict):
        return failure(400, "The request body must be a JSON object.")
    body = cast("dict[str, Any]", body)
    messages: Any = body.get("messages")
    if not isinstance(body.get("model"), str):
        return failure(400, "you must provide a model parameter")
    if not isinstance(messages, list) or not messages:
        return failure(400, "'messages' must be a non-empty list.")
    if not all(isinstance(message, dict) for message in cast("list[Any]", messages)):
        return failure(400, "Every message must be an object with 'role' and 'content'.")
    if body.get("stream"):
        return failure(400, "The sandbox model does not stream.")
    return body


def _draft(body: dict[str, Any], fault: Fault | None) -> PretendChoice:
    if fault and fault.do == "refuse":
        return PretendChoice(None, refusal="[sandbox] I can't help with that.")
    given = answer(body["messages"])
    if fault and fault.do == "reply":
        given = PretendAnswer(fault.answer or "", fault.hand_over, "scripted")
    content = _in_shape(given, body.get("response_format"))
    if fault and fault.do == "garble":
        return PretendChoice("Sure! Here is the answer you wanted: {reply: ")
    limit = body.get("max_completion_tokens") or body.get("max_tokens")
    if fault and fault.do == "truncate":
        return PretendChoice(content[: len(content) // 2], "length")
    if isinstance(limit, int) and tokens(content) > limit:
        return PretendChoice(content.encode()[: limit * 4].decode(errors="ignore"), "length")
    return PretendChoice(content)


def _in_shape(given: PretendAnswer, response_format: Any) -> str:
    if not isinstance(response_format, dict):
        return given.reply
    wanted = cast("dict[str, Any]", response_format)
    return as_json(given, wanted) if wanted.get("type") in ("json_schema", "json_object") else given.reply
