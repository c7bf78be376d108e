"""What the inbox asks of MongoDB: how many round trips, and that each query has an index.

The stand-in knows no query plans, so the shape of each filter is held against the declared indexes; a real server is
asked to explain each query as well.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pymongo
import pytest
from pymongo import monitoring
from pymongo.errors import PyMongoError

from conversation.inbox import search
from conversation.inbox.filters import Filters, Viewer, select
from conversation.inbox.listing import Inbox, PageRequest
from conversation.people.store import CONTACT_SPEC
from conversation.store import CONVERSATION_SPEC, MESSAGE_SPEC
from inbox_filling import Talk, fill
from shared.database.mongodb.collection import index_models
from shared.database.mongodb.database import MongoDatabase
from shared.events import TenantChanged

pytestmark = pytest.mark.mongodb

SPECS = {spec.name: spec for spec in (CONVERSATION_SPEC, MESSAGE_SPEC, CONTACT_SPEC)}
TENANT = TenantChanged(tenant_id="ten_one", revision=1, name="Bakery", ai_mode="auto")
ASKED: list[tuple[dict[str, Any], int]] = [
    ({}, 1),
    ({"state": "all"}, 1),
    # Two facets: each is counted first, so that the rarer one drives.
    ({"state": "closed"}, 3),
    ({"label": "vip", "state": "open", "assignee": "none"}, 5),
    # The hits of the word in messages and contacts, the page, and where each was found.
    ({"q": "rare7x"}, 4),
    ({"q": "nowhere"}, 2),
    ({"q": "every"}, 5),
    # A contact's hit leads to its conversations first, and its card shows the match.
    ({"q": "lovelace"}, 6),
    ({"q": "every text"}, 10),
]


class Commands(monitoring.CommandListener):
    def __init__(self) -> None:
        self.seen: list[tuple[str, str, dict[str, Any]]] = []
        """Kind, collection, filter."""

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        name, command = event.command_name, event.command
        if name == "find":
            self.seen.append((name, command["find"], dict(command["filter"])))
        elif name == "aggregate":
            self.seen.append((name, command["aggregate"], dict(command["pipeline"][0]["$match"])))

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None: ...

    def failed(self, event: monitoring.CommandFailedEvent) -> None: ...


@pytest.fixture
async def seen(mongodb_url: str) -> AsyncIterator[tuple[MongoDatabase, Commands]]:
    commands = Commands()
    monitoring.register(commands)
    database = MongoDatabase(mongodb_url, "inbox_plans", "inbox-plans")
    try:
        for spec in SPECS.values():
            database.collection(spec)
        await database.start()
        await database.clear()
        talks = [Talk(n, (f"every text rare{n}x",), name="Ada Lovelace" if n == 3 else None) for n in range(40)]
        await fill(database, talks)
        yield database, commands
        await database.close()
    finally:
        monitoring._LISTENERS.command_listeners.remove(commands)  # type: ignore[attr-defined] - there is no way back


async def test_each_list_costs_so_many_round_trips_and_each_has_an_index(
    seen: tuple[MongoDatabase, Commands], monkeypatch: pytest.MonkeyPatch, mongodb_url: str
) -> None:
    monkeypatch.setattr(search, "MOST_HITS", 20)
    database, commands = seen
    for filters, trips in ASKED:
        commands.seen.clear()
        selection = select(Filters(**filters), Viewer("ten_one", TENANT))
        await Inbox(database).page("ten_one", selection, PageRequest(5, None))
        assert len(commands.seen) == trips, (filters, commands.seen)
        for kind, collection, wanted in list(commands.seen):
            assert index_of(collection, wanted), (kind, collection, wanted)
            plan = explained(mongodb_url, collection, wanted)
            assert plan is None or "COLLSCAN" not in str(plan), plan


def index_of(collection: str, wanted: dict[str, Any]) -> list[str]:
    """An index that begins with fields of which the filter asks for one value, and at least two of them or an id."""
    asked = {name for part in (wanted.get("$and") or [wanted]) for name in part}
    if "_id" in asked:
        return ["_id"]
    for model in index_models(SPECS[collection]):
        used: list[str] = []
        for field in model.document["key"]:
            if field not in asked:
                break
            used.append(field)
        if len(used) > 1 or used == sorted(asked):
            return used
    return []


def explained(url: str, collection: str, wanted: dict[str, Any]) -> Any:
    """None where the server has no plans."""
    with pymongo.MongoClient[dict[str, Any]](url) as client:
        try:
            return client["inbox_plans"].command("explain", {"find": collection, "filter": wanted})["queryPlanner"]
        except (PyMongoError, KeyError):
            return None
