"""A model and a carrier that answer at once; the carrier's receipts come when they are asked for."""

from __future__ import annotations

import asyncio
import json
import uuid
from datetime import UTC, datetime
from typing import Any, Literal
from urllib.parse import urlsplit

from bench import shop
from bench.ground import ROOT
from bench.outside import Outside

_SAMPLES = ROOT / "services/ingress/tests/samples"
Report = Literal["message_sent", "message_finalized"]


class Carrier(Outside):
    """`taken` holds the sends that have no receipt yet."""

    def __init__(self) -> None:
        super().__init__()
        self.taken: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    def _send(self, order: dict[str, Any]) -> dict[str, Any]:
        answer = super()._send(order)
        self.taken.put_nowait({**order, "id": answer["data"]["id"]})
        return answer


def receipt(order: dict[str, Any], report: Report) -> tuple[str, shop.Webhook]:
    """Path with query, and the signed request, of the carrier's report on this send."""
    document: dict[str, Any] = json.loads((_SAMPLES / f"{report}.json").read_text())
    data = document["data"]
    data["id"], data["occurred_at"] = str(uuid.uuid4()), datetime.now(UTC).isoformat(timespec="milliseconds")
    payload = data["payload"]
    payload["id"] = order["id"]
    payload["from"]["phone_number"] = order["from"]
    payload["to"][0]["phone_number"] = order["to"]
    where = urlsplit(str(order["webhook_url"]))
    return f"{where.path}?{where.query}", shop.signed(json.dumps(document).encode())
