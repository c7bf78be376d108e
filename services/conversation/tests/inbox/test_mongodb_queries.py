"""What the inbox asks of MongoDB: how many round trips, and that each query has an index.

The stand-in knows no query plans, so the shape of each filter is held against the declared indexes; a real server is
asked to explain each query as well.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from itertools import takewhile
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
TRIPS: list[tuple[dict[str, Any], int]] = [
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


@dataclass(frozen=True)
class Asked:
    collection: str
    where: dict[str, Any]
    sort: list[str]


class Commands(monitoring.CommandListener):
    def __init__(self) -> None:
        self.seen: list[Asked] = []

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        name, command = event.command_name, event.command
        if name == "find":
            sort = list(command.get("sort", {}))
            self.seen.append(Asked(command["find"], dict(command["filter"]), [one for one in sort if one != "_id"]))
        elif name == "aggregate":
            self.seen.append(Asked(command["aggregate"], dict(command["pipeline"][0]["$match"]), []))

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
    for filters, trips in TRIPS:
        commands.seen.clear()
        selection = select(Filters(**filters), Viewer("ten_one", TENANT))
        await Inbox(database).page("ten_one", selection, PageRequest(5, None))
        assert len(commands.seen) == trips, (filters, commands.seen)
        for asked in list(commands.seen):
            assert is_indexed(asked), asked
            plan = explained(mongodb_url, asked)
            assert plan is None or "COLLSCAN" not in str(plan), plan


def is_indexed(asked: Asked) -> bool:
    """Whether ids are asked for, or an index begins with fields that the filter names and goes on with the order of the
    page. A tenant alone is no filter: an order has to follow."""
    named = {name for part in (asked.where.get("$and") or [asked.where]) for name in part}
    if "_id" in named:
        return True
    for model in index_models(SPECS[asked.collection]):
        fields = list(model.document["key"])
        used = list(takewhile(lambda field: field in named, fields))
        if used and fields[len(used) :][: len(asked.sort)] == asked.sort and (len(used) > 1 or asked.sort):
            return True
    return False


def explained(url: str, asked: Asked) -> Any:
    """None where the server has no plans."""
    command = {"find": asked.collection, "filter": asked.where, "sort": dict.fromkeys([*asked.sort, "_id"], -1)}
    with pymongo.MongoClient[dict[str, Any]](url) as client:
        try:
            return client["inbox_plans"].command("explain", command)["queryPlanner"]["winningPlan"]
        except (PyMongoError, KeyError):
            return None
