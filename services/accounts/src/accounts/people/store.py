"""The collections of users, their e-mail addresses and attempts to sign in."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.people.domain.admin_roster import Roster
from accounts.people.domain.users import User
from accounts.store import Storage
from shared.aggregates import Aggregates, Kind
from shared.clock import Clock
from shared.database.protocol import Collection, CollectionSpec
from shared.keyring import Keyring

USERS = Kind("users", User, indexes=(("tenant_id",),))
ROSTERS = Kind("admin_rosters", Roster)
EMAIL_CLAIMS_SPEC = CollectionSpec("user_emails", {"user_id": "str"})
LOGIN_ATTEMPTS_SPEC = CollectionSpec("login_attempts", {"last_at": "datetime"}, (("last_at",),))


@dataclass(frozen=True)
class PeopleStore:
    users: Aggregates[User]
    rosters: Aggregates[Roster]
    email_claims: Collection
    """One document per e-mail address, so that it has one owner in the whole installation."""
    login_attempts: Collection
    keyring: Keyring
    clock: Clock


def open_people_store(storage: Storage) -> PeopleStore:
    return PeopleStore(
        users=storage.aggregates(USERS),
        rosters=storage.aggregates(ROSTERS),
        email_claims=storage.database.collection(EMAIL_CLAIMS_SPEC),
        login_attempts=storage.database.collection(LOGIN_ATTEMPTS_SPEC),
        keyring=storage.keyring,
        clock=storage.clock,
    )
