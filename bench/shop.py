"""The tenant, number and connection of the measurements, and the carrier's webhooks for them."""

from __future__ import annotations

import base64
import json
import time
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bench.ground import KEYRING, ROOT, Rows
from shared.events import DEFAULT_PRICES, ConnectionChanged, NumberChanged, PricesChanged, TenantChanged
from shared.events.links import connection_id

TENANT, NUMBER = "ten_bench", "+17735550002"
CONNECTION = connection_id(KEYRING, "bench")
SIGNER = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC_KEY = base64.b64encode(SIGNER.public_key().public_bytes_raw()).decode()
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
_CAPTURED = ROOT / "services/ingress/tests/samples/captured_inbound_sms.json"


def owners_rows(tenants: int = 1) -> Rows:
    """`tenants` of them, the first with the number."""
    names = [TENANT, *(f"{TENANT}{n}" for n in range(1, tenants))]
    # Nobody answers during a measurement of single handlers: the turn is due in a minute.
    told = [TenantChanged(tenant_id=name, revision=1, name=name, ai_mode="auto", quiet_seconds=60) for name in names]
    number = NumberChanged(
        phone_number=NUMBER, revision=1, tenant_id=TENANT, connection_id=CONNECTION, assigned_at=LONG_AGO
    )
    connection = ConnectionChanged(
        connection_id=CONNECTION,
        revision=1,
        tenant_id=TENANT,
        public_keys=(PUBLIC_KEY,),
        encrypted_api_key=KEYRING.seal("KEYbench"),
    )
    return {
        "tenants": {row.tenant_id: row.jsonable() for row in told},
        "prices": {name: PricesChanged(tenant_id=name, revision=0).jsonable() for name in (*names, DEFAULT_PRICES)},
        "numbers": {NUMBER: number.jsonable()},
        "connections": {CONNECTION: connection.jsonable()},
    }


@dataclass(frozen=True)
class Webhook:
    """One signed request, ready for the wire but for its target."""

    body: bytes
    timestamp: str
    signature: str

    def request(self, path: str, port: int) -> bytes:
        head = (
            f"POST {path} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\ncontent-type: application/json\r\n"
            f"telnyx-timestamp: {self.timestamp}\r\ntelnyx-signature-ed25519: {self.signature}\r\n"
            f"content-length: {len(self.body)}\r\n\r\n"
        )
        return head.encode() + self.body


def inbound_webhook(n: int, number: str = NUMBER, text: str = "Do you open on Sunday?") -> Webhook:
    """A captured payload with ids of its own, from customer `n`."""
    document: dict[str, Any] = json.loads(_captured())
    document["data"]["id"] = str(uuid.uuid4())
    payload = document["data"]["payload"]
    payload["id"] = str(uuid.uuid4())
    payload["from"]["phone_number"] = contact(n)
    payload["to"][0]["phone_number"] = number
    payload["text"] = text
    payload["received_at"] = now()
    return signed(json.dumps(document).encode())


def signed(body: bytes) -> Webhook:
    timestamp = str(int(time.time()))
    return Webhook(body, timestamp, base64.b64encode(SIGNER.sign(timestamp.encode() + b"|" + body)).decode())


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def contact(n: int) -> str:
    return f"+1312{5_000_000 + n % 5_000_000:07d}"


def _captured() -> str:
    if not _CACHE:
        _CACHE.append(_CAPTURED.read_text())
    return _CACHE[0]


_CACHE: list[str] = []
