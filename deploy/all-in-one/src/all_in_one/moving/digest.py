"""A digest of a collection: the same for the same documents, whatever their order and wherever they are stored."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import orjson

from shared.database.protocol import Document
from shared.database.sqlite.json import tagged

_MODULUS = 2**64


@dataclass
class Digest:
    """How many documents, and the sum of their hashes."""

    count: int = 0
    total: int = 0

    def add(self, documents: list[Document]) -> None:
        self.count += len(documents)
        for document in documents:
            text = orjson.dumps(document, default=tagged, option=_OPTIONS)
            self.total += int.from_bytes(hashlib.blake2b(text, digest_size=8).digest())
        self.total %= _MODULUS


_OPTIONS = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_SORT_KEYS
