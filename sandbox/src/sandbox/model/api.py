"""The HTTP face of the pretend model: the two paths an OpenAI client needs."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from sandbox.line import CutLine, LineCut
from sandbox.model.completions import Completions, HttpReply, failure
from sandbox.state import SandboxState
from shared.files.streamed_body import streamed_body

_MOST_BYTES = 16 * 1024 * 1024
_MODELS = ("sandbox", "sandbox-mini")


def build_router(state: SandboxState) -> APIRouter:
    router = APIRouter(prefix="/sandbox/openai/v1", tags=["sandbox model"])
    completions = Completions(state.world, state.model_log)

    @router.post("/chat/completions")
    async def complete(request: Request) -> Response:
        if not _has_key(request):
            return _sent(failure(401, "You didn't provide an API key."))
        try:
            return _sent(await completions.complete(await _whole(request)))
        except LineCut:
            return CutLine()

    @router.get("/models")
    async def models() -> dict[str, object]:
        rows = [{"id": name, "object": "model", "created": 0, "owned_by": "sandbox"} for name in _MODELS]
        return {"object": "list", "data": rows}

    return router


async def _whole(request: Request) -> bytes:
    """A question with pictures is larger than other requests may be."""
    return b"".join([piece async for piece in streamed_body(request, _MOST_BYTES)])


def _has_key(request: Request) -> bool:
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    return scheme.lower() == "bearer" and bool(key.strip())


def _sent(reply: HttpReply) -> Response:
    return Response(reply.body, reply.status, reply.headers, media_type="application/json")
