"""What every package of accounts stands on: the database, and the records that several packages file.

Each package opens its own collections with this in its `store.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from accounts.audit import AUDIT
from accounts.revocations import REVOCATIONS
from shared.aggregates import Aggregates, Kind, Relay
from shared.clock import Clock
from shared.database.protocol import Collection, CollectionSpec, Database
from shared.keyring import Keyring
from shared.values import Value

S = TypeVar("S", bound=Value)

SERVICE = "accounts"

AUDIT_SPEC = CollectionSpec(AUDIT, {"tenant_id": "str", "at": "datetime"}, (("tenant_id", "at"),))
REVOCATIONS_SPEC = CollectionSpec(REVOCATIONS, {"until": "datetime"}, (("until",),))
OPERATOR_SESSIONS_SPEC = CollectionSpec("operator_sessions", {"expires_at": "datetime"}, (("expires_at",),))
REQUEST_KEYS_SPEC = CollectionSpec("request_keys", {"at": "datetime"}, (("at",),))


@dataclass(frozen=True)
class Storage:
    database: Database
    relay: Relay
    keyring: Keyring
    clock: Clock
    audit: Collection
    revocations: Collection
    request_keys: Collection
    operator_sessions: Collection

    def aggregates(self, kind: Kind[S]) -> Aggregates[S]:
        return Aggregates(kind, self.database, self.relay, self.clock, SERVICE)


def open_storage(database: Database, relay: Relay, keyring: Keyring, clock: Clock) -> Storage:
    return Storage(
        database=database,
        relay=relay,
        keyring=keyring,
        clock=clock,
        audit=relay.file_into(AUDIT_SPEC),
        revocations=relay.file_into(REVOCATIONS_SPEC),
        request_keys=database.collection(REQUEST_KEYS_SPEC),
        operator_sessions=database.collection(OPERATOR_SESSIONS_SPEC),
    )
