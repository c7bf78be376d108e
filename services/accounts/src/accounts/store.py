"""What accounts keeps, and by what it can be asked."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.audit import AUDIT
from accounts.people.domain.admin_roster import Roster
from accounts.people.domain.users import User
from accounts.tenants.domain.api_keys import REVOCATIONS, ApiKey
from accounts.tenants.domain.connections import Connection
from accounts.tenants.domain.numbers import Number
from accounts.tenants.domain.tenants import Tenant
from shared.aggregates import Aggregates, Kind, Relay
from shared.clock import Clock
from shared.database.protocol import Collection, CollectionSpec, Database
from shared.keyring import Keyring

SERVICE = "accounts"

TENANTS = Kind("tenants", Tenant)
CONNECTIONS = Kind("connections", Connection, indexes=(("tenant_id",),))
NUMBERS = Kind(
    "numbers",
    Number,
    # Of the owner, not of whoever caused the last change: a released number is in nobody's list.
    fields={"tenant_id": "str"},
    indexes=(("tenant_id",),),
    index=lambda number: {"tenant_id": number.facts.tenant_id},
)
API_KEYS = Kind("api_keys", ApiKey, indexes=(("tenant_id",),))
USERS = Kind("users", User, indexes=(("tenant_id",),))
ROSTERS = Kind("admin_rosters", Roster)

AUDIT_SPEC = CollectionSpec(AUDIT, {"tenant_id": "str", "at": "datetime"}, (("tenant_id", "at"),))
EMAILS_SPEC = CollectionSpec("user_emails", {"user_id": "str"})
ATTEMPTS_SPEC = CollectionSpec("login_attempts", {"last_at": "datetime"}, (("last_at",),))
KEY_USES_SPEC = CollectionSpec("key_uses", {})
REVOCATIONS_SPEC = CollectionSpec(REVOCATIONS, {"until": "datetime"}, (("until",),))
REQUESTS_SPEC = CollectionSpec("request_keys", {"at": "datetime"}, (("at",),))


@dataclass(frozen=True)
class Books:
    """Everything accounts owns, with what is needed to act on it."""

    tenants: Aggregates[Tenant]
    connections: Aggregates[Connection]
    numbers: Aggregates[Number]
    api_keys: Aggregates[ApiKey]
    users: Aggregates[User]
    rosters: Aggregates[Roster]
    audit: Collection
    emails: Collection
    """Whose an e-mail address is: one document each, so it has one owner in the whole installation."""
    attempts: Collection
    key_uses: Collection
    revocations: Collection
    requests: Collection
    keyring: Keyring
    clock: Clock


def open_books(database: Database, relay: Relay, keyring: Keyring, clock: Clock) -> Books:
    return Books(
        tenants=Aggregates(TENANTS, database, relay, clock, SERVICE),
        connections=Aggregates(CONNECTIONS, database, relay, clock, SERVICE),
        numbers=Aggregates(NUMBERS, database, relay, clock, SERVICE),
        api_keys=Aggregates(API_KEYS, database, relay, clock, SERVICE),
        users=Aggregates(USERS, database, relay, clock, SERVICE),
        rosters=Aggregates(ROSTERS, database, relay, clock, SERVICE),
        audit=relay.file_into(AUDIT_SPEC),
        emails=database.collection(EMAILS_SPEC),
        attempts=database.collection(ATTEMPTS_SPEC),
        key_uses=database.collection(KEY_USES_SPEC),
        revocations=relay.file_into(REVOCATIONS_SPEC),
        requests=database.collection(REQUESTS_SPEC),
        keyring=keyring,
        clock=clock,
    )
