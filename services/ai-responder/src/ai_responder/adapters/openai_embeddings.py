"""Any OpenAI-compatible server's embeddings. As OpenAI answers, trimmed:

    {"data": [{"index": 0, "embedding": [0.0023, -0.0093, …]}], "model": "text-embedding-3-small",
     "usage": {"prompt_tokens": 8, "total_tokens": 8}}

Asked for plain floats: base64, which is shorter, is not understood by every server.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from typing import Any, cast

import httpx2
import orjson

from ai_responder.domain.tokens import estimated_tokens
from ai_responder.knowledge.embeddings import EmbeddingsAway, VectorsFound
from shared.outgoing.asking import PLAIN_HEADERS, Outgoing, outgoing_request, transport_to

_CONNECT_SECONDS = 5.0
_MOST_NUMBERS = 8_192
"""Of one vector; the largest models have 4,096."""


class OpenAiEmbeddings:
    """`transport` is for tests and for a server within this process."""

    def __init__(
        self, base_url: str, api_key: str, model: str, *, transport: httpx2.AsyncBaseTransport | None = None
    ) -> None:
        self.model = model
        self._url = httpx2.URL(f"{base_url.rstrip('/')}/embeddings")
        self._headers = {"authorization": f"Bearer {api_key}", "content-type": "application/json", **PLAIN_HEADERS}
        outside = self._url.host not in ("127.0.0.1", "localhost", "::1")
        self._outgoing = Outgoing(transport or transport_to(self._url, trust_env=outside))

    async def embed(self, texts: Sequence[str], timeout_seconds: float) -> VectorsFound:
        timeout = httpx2.Timeout(timeout_seconds, connect=min(_CONNECT_SECONDS, timeout_seconds))
        body = orjson.dumps({"model": self.model, "input": list(texts), "encoding_format": "float"})
        try:
            response = await self._outgoing.ask(outgoing_request("POST", self._url, self._headers, body, timeout))
        except (httpx2.HTTPError, OSError) as error:
            raise EmbeddingsAway(f"not reachable: {type(error).__name__}") from None
        if not response.is_success:
            raise EmbeddingsAway(f"answered {response.status_code}")
        return self._read(response.content, texts)

    async def close(self) -> None:
        await self._outgoing.close()

    def _read(self, content: bytes, texts: Sequence[str]) -> VectorsFound:
        try:
            body: Any = orjson.loads(content)
            rows = sorted(body["data"], key=lambda row: row.get("index", 0))
            vectors = [_vector(row["embedding"]) for row in rows]
        except (orjson.JSONDecodeError, KeyError, TypeError, ValueError, AttributeError):
            raise EmbeddingsAway("the answer was not readable") from None
        if len(vectors) != len(texts) or len({len(vector) for vector in vectors}) > 1:
            raise EmbeddingsAway(f"{len(vectors)} vectors for {len(texts)} texts, or of different lengths")
        tokens = _tokens(body.get("usage"))
        estimated = estimated_tokens(sum(map(len, texts)))
        return VectorsFound(vectors, self.model, estimated if tokens is None else tokens, estimate=tokens is None)


def _vector(found: Any) -> list[float]:
    numbers = [float(number) for number in cast("list[Any]", found)]
    if not 1 <= len(numbers) <= _MOST_NUMBERS or not all(map(isfinite, numbers)):
        raise ValueError("no vector")
    return numbers


def _tokens(usage: Any) -> int | None:
    found = cast("dict[str, Any]", usage).get("prompt_tokens") if isinstance(usage, dict) else None
    return found if isinstance(found, int) and not isinstance(found, bool) and 0 < found < 100_000_000 else None
