"""Dead letters: how long they can be replayed, and what is forgotten."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import httpx2
import pytest

from shared.broker.protocol import Message
from shared.clock import ManualClock
from shared.consuming.crash_marks import CrashMarks
from shared.consuming.dead_letters import DeadLetters, router
from shared.database.sqlite.database import EmbeddedDatabase
from shared.erasure import ErasedPerson
from shared.errors import NotFound, Refused
from shared.events import ContactActivity, Event
from shared.http.app import create_app
from shared.keyring import Keyring
from testkit.recording import RecordingBroker

QUEUE = "test.contact.activity.v1"
DAY = 24 * 3600.0


class Dying:
    """A delivery on a `.dead` queue."""

    queue = QUEUE + ".dead"
    attempt = 0
    redelivered = False

    def __init__(self, name: str, **said: str) -> None:
        at = datetime(2026, 1, 1, tzinfo=UTC)
        data = ContactActivity(activity_id=name, channel="chat", at=at, **said)
        event = Event(name, "chat", name, at, "ten_1", "k", data)
        self.message = Message("contact.activity", event.encode(), name, "ten_1", "k", {"x-error": "because"})
        self.acked = False

    @property
    def letter_id(self) -> str:
        return f"{QUEUE}|ten_1|{self.message.event_id}"

    async def ack(self) -> None:
        self.acked = True

    async def retry(self, delay_seconds: float, reason: str) -> None: ...
    async def dead(self, reason: str) -> None: ...
    async def release(self) -> None: ...


class World:
    def __init__(self) -> None:
        self.clock = ManualClock()
        self.database = EmbeddedDatabase(None)
        self.letters = DeadLetters(self.database, RecordingBroker(), self.clock)

    async def dies(self, name: str) -> str:
        delivery = Dying(name)
        await self.letters.keep(delivery)
        assert delivery.acked
        return delivery.letter_id


@pytest.fixture
async def world():
    made = World()
    await made.database.start()
    yield made
    await made.database.close()


async def test_dying_again_gives_no_new_days_to_replay(world: World) -> None:
    """What it did before it first died is remembered for 30 days only."""
    letter = await world.dies("a")
    world.clock.advance(20 * DAY)
    await world.letters.replay(letter)
    await world.dies("a")
    world.clock.advance(10 * DAY)
    with pytest.raises(Refused, match="too_old"):
        await world.letters.replay(letter)


async def test_settled_letters_are_forgotten_after_a_month_and_waiting_ones_never(world: World) -> None:
    replayed, discarded, waiting = [await world.dies(name) for name in "abc"]
    await world.letters.replay(replayed)
    await world.letters.discard(discarded, "a test")
    world.clock.advance(29 * DAY)
    assert await world.letters.forget_settled() == 0
    world.clock.advance(2 * DAY)
    assert await world.letters.forget_settled() == 2
    assert (await world.letters.show(waiting))["state"] == "waiting"
    with pytest.raises(NotFound):
        await world.letters.show(replayed)


@pytest.mark.parametrize("name", ["orders/7", "//a/../b/", "100%/x?y#z", "x/replay"])
async def test_whatever_an_event_is_called_its_letter_can_be_addressed(world: World, name: str) -> None:
    letter = await world.dies(name)
    keyring = Keyring("a secret of at least thirty-two characters")
    app = create_app("test", "")
    app.include_router(router("test", world.letters, keyring))
    inside = {"authorization": f"Bearer {keyring.token({'kind': 'internal', 'exp': 4_000_000_000})}"}
    path = f"/internal/test/dead-letters/{quote(letter, safe='')}"
    transport = httpx2.ASGITransport(app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://test", headers=inside) as http:
        assert (await http.get(path)).json()["id"] == letter
        assert (await http.post(f"{path}/replay", json={})).json()["state"] == "replayed"
        assert (await http.post(f"{path}/discard", json={"why": "a test"})).json()["state"] == "discarded"


async def test_a_crash_mark_left_behind_is_forgotten(world: World) -> None:
    marks = CrashMarks(world.database, world.clock)
    for _ in range(3):
        assert not await marks.too_many(Dying("a"))
    world.clock.advance(2 * DAY)
    assert await marks.forget_old() == 1
    assert not await marks.too_many(Dying("a"))


async def forgotten(world: World, days: float, tenant_id: str = "ten_1") -> int:
    before = world.clock.now() - timedelta(days=days)
    return sum([count async for count in world.letters.forget(tenant_id, before)])


async def test_letters_with_words_go_with_the_messages_of_their_tenant_waiting_or_not(world: World) -> None:
    waiting, discarded = await world.dies("a"), await world.dies("b")
    await world.letters.discard(discarded, "a test")
    world.clock.advance(31 * DAY)
    assert await forgotten(world, 30, "ten_2") == 0
    assert await forgotten(world, 30) == 2
    with pytest.raises(NotFound):
        await world.letters.show(waiting)


async def test_a_letter_that_can_still_be_replayed_is_not_forgotten(world: World) -> None:
    letter = await world.dies("a")
    world.clock.advance(28 * DAY)
    assert await forgotten(world, 1) == 0
    await world.letters.replay(letter)


async def test_a_letter_without_words_waits_until_somebody_decides(world: World) -> None:
    """An entry of the bill, or somebody's opt-out."""
    delivery = Dying("a")
    delivery.queue = "accounts.usage.recorded.v1.dead"
    await world.letters.keep(delivery)
    world.clock.advance(100 * DAY)
    assert await forgotten(world, 30) == 0
    assert await world.letters.waiting() == 1


def erased_person(tenant_id: str) -> ErasedPerson:
    at = datetime(2026, 1, 2, tzinfo=UTC)
    number = "+13125550123"
    return ErasedPerson(
        tenant_id=tenant_id, erasure_id="era_1", contact_id="cct_1", phone_numbers=(number,), at=at, key=b"k" * 32
    )


@pytest.mark.parametrize("header", ["ten_1", ""])
async def test_letters_that_name_an_erased_person_go_also_those_that_other_systems_sent_without_a_header(
    world: World, header: str
) -> None:
    named, other = Dying("one", summary="Call 312 555 0123"), Dying("two", summary="Call us")
    for delivery in (named, other):
        delivery.message = replace(delivery.message, tenant_id=header)
        await world.letters.keep(delivery)
    assert await world.letters.erase(erased_person("ten_2")) == 0
    assert await world.letters.erase(erased_person("ten_1")) == 1
    assert [letter["event_id"] for letter in (await world.letters.list("waiting", 10, None))["items"]] == ["two"]


async def test_a_letter_that_names_no_tenant_goes_with_the_person_it_names(world: World) -> None:
    unreadable = Dying("one")
    unreadable.message = Message("contact.activity", b"not even JSON +13125550123", "one")
    await world.letters.keep(unreadable)
    assert await world.letters.erase(erased_person("ten_2")) == 1
