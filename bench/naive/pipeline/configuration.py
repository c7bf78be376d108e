"""Both programs read the same few variables."""

from __future__ import annotations

import os
from dataclasses import dataclass

INBOUND, OUTBOUND = "inbound", "outbound"


@dataclass(frozen=True)
class Configuration:
    database_url: str
    broker_url: str
    carrier_base: str
    model_base: str
    public_key: str
    webhook_url: str


def read() -> Configuration:
    return Configuration(
        database_url=os.environ["NAIVE_DATABASE_URL"],
        broker_url=os.environ["NAIVE_BROKER_URL"],
        carrier_base=os.environ["NAIVE_CARRIER_BASE"],
        model_base=os.environ["NAIVE_MODEL_BASE"],
        public_key=os.environ["NAIVE_PUBLIC_KEY"],
        webhook_url=os.environ["NAIVE_WEBHOOK_URL"],
    )
