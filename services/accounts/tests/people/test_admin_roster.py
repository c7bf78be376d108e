"""A tenant keeps an admin, however requests cross each other and wherever one breaks off."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from accounts.acts import Act
from accounts.people.domain.users import User
from accounts.people.login_throttle import LoginThrottle
from accounts.people.password_hashing import PasswordHashing
from accounts.people.requests import NewUser, People
from accounts.people.store import PeopleStore, open_people_store
from accounts.store import open_storage
from shared.aggregates import Relay
from shared.broker.embedded.broker import EmbeddedBroker
from shared.clock import ManualClock
from shared.database.sqlite.database import EmbeddedDatabase
from shared.errors import Conflict, Refused
from shared.keyring import Keyring

TENANT = "ten_1"


class _Held:
    """Aggregates whose changes wait: `reached` is set when one arrives, `go` lets it
    continue. With `broken` it fails instead."""

    def __init__(self, real, broken: bool = False) -> None:
        self._real = real
        self._broken = broken
        self.reached, self.go = asyncio.Event(), asyncio.Event()

    def __getattr__(self, name: str):
        return getattr(self._real, name)

    async def change(self, *args, **more):
        if self._broken:
            raise ConnectionResetError("the process died here")
        self.reached.set()
        await self.go.wait()
        return await self._real.change(*args, **more)


@pytest.fixture
async def store():
    clock, database = ManualClock(), EmbeddedDatabase(None)
    relay = Relay(database, EmbeddedBroker(None, clock), clock)
    opened = open_people_store(open_storage(database, relay, Keyring("k" * 40), clock))
    await database.start()
    yield opened
    await database.close()


def _people(store: PeopleStore) -> People:
    return People(store, PasswordHashing(), LoginThrottle(store), timedelta(hours=1))


async def _admin(people: People, name: str) -> User:
    return await people.add(
        TENANT, f"usr_{name}", NewUser(f"{name}@example.com", name, "admin"), Act.without_key("x", TENANT)
    )


async def _change(people: People, user: User, **changes: object) -> str:
    try:
        changed = await people.change(TENANT, user.id, changes, Act.without_key("operator", TENANT))
    except (Refused, Conflict) as refused:
        return refused.code
    return changed.profile.role


async def _admins(store: PeopleStore) -> list[str]:
    page = await store.users.find({"tenant_id": TENANT})
    users = [store.users.state_of(document) for document in page.items]
    return [user.profile.name for user in users if user.profile.role == "admin" and user.is_active]


@pytest.mark.parametrize("late", [{"name": "Anna"}, {"role": "admin"}], ids=str)
async def test_a_change_that_ends_late_does_not_bring_back_an_admin_who_was_demoted(store, late):
    people = _people(store)
    ann, bob = await _admin(people, "ann"), await _admin(people, "bob")
    if "role" in late:
        assert await _change(people, ann, role="agent") == "agent"
    held = _Held(store.rosters)
    ending = asyncio.create_task(_change(_people(replace(store, rosters=held)), ann, **late))
    await held.reached.wait()
    assert await _change(people, ann, role="agent") == "agent"
    held.go.set()
    assert await ending == "admin"
    assert await _change(people, bob, role="agent") == "last_admin"
    assert await _admins(store) == ["bob"]


async def test_a_demotion_that_is_overtaken_starts_over(store):
    """Between leaving the roster and losing the role, another change saves the user and joins the roster again."""
    people = _people(store)
    ann, bob = await _admin(people, "ann"), await _admin(people, "bob")
    held = _Held(store.users)
    ending = asyncio.create_task(_change(_people(replace(store, users=held)), ann, role="agent"))
    await held.reached.wait()
    assert await _change(people, ann, name="Anna") == "admin"
    held.go.set()
    assert await ending == "agent"
    assert await _change(people, bob, role="agent") == "last_admin"
    assert await _admins(store) == ["bob"]


async def test_a_demotion_that_broke_off_blocks_others_only_for_a_minute(store):
    people = _people(store)
    ann, bob = await _admin(people, "ann"), await _admin(people, "bob")
    with pytest.raises(ConnectionResetError):
        await _change(_people(replace(store, users=_Held(store.users, broken=True))), ann, role="agent")
    assert await _change(people, bob, role="agent") == "last_admin"
    store.clock.advance(61)
    assert await _change(people, bob, role="agent") == "agent"
    assert await _admins(store) == ["ann"]
    assert await _change(people, ann, role="agent") == "last_admin"


async def test_an_admin_whose_adding_broke_off_counts_all_the_same(store):
    people = _people(store)
    with pytest.raises(ConnectionResetError):
        await _admin(_people(replace(store, rosters=_Held(store.rosters, broken=True))), "ann")
    ann = await people.one(TENANT, "usr_ann")
    assert await _change(people, ann, role="agent") == "last_admin"
    await _admin(people, "bob")
    assert await _change(people, ann, role="agent") == "agent"
    assert await _admins(store) == ["bob"]


async def test_of_admins_who_all_demote_each_other_one_is_left(store):
    people = _people(store)
    users = [await _admin(people, f"u{n}") for n in range(5)]
    answers = await asyncio.gather(*(_change(_people(store), user, role="agent") for user in users))
    assert sorted(answers) == ["agent"] * 4 + ["last_admin"]
    assert len(await _admins(store)) == 1


async def test_an_address_that_was_let_go_meanwhile_is_really_taken(store):
    """Its holder leaves it between our try to claim it and our look at the claim."""
    people = _people(store)
    real = store.email_claims

    class LetGo:
        times = 0

        def __getattr__(self, name: str):
            return getattr(real, name)

        async def get(self, id: str):
            if not self.times:
                self.times += 1
                await real.delete({"id": id})
            return await real.get(id)

    await _admin(people, "ann")
    await store.users.store.delete({"id": "usr_ann"})
    other = NewUser("ann@example.com", "Other", "agent")
    await _people(replace(store, email_claims=LetGo())).add(TENANT, "usr_other", other, Act.without_key("x", TENANT))
    [claim] = (await real.find({"user_id": "usr_other"})).items
    assert claim["user_id"] == "usr_other"
