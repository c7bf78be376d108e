"""What a front desk works with, put together: labels, notes, timelines, canned replies, bulk actions, turns."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from fastapi import APIRouter

from conversation.api.access import AgentAccess
from conversation.assignment.api import assignment_router
from conversation.assignment.requests import AssignmentRequests
from conversation.assignment.rules import ASSIGNMENT_RULES, RulesOfTenants
from conversation.assignment.turns import ROTATIONS, Turns
from conversation.bulk.api import bulk_router
from conversation.bulk.keys import BULK_SPEC, BulkKeys
from conversation.bulk.requests import Bulk
from conversation.canned_replies.api import canned_replies_router
from conversation.canned_replies.requests import CANNED_BOOKS, CannedReplies
from conversation.commands import Commands
from conversation.labels.api import labels_router
from conversation.labels.requests import LABEL_BOOKS, Labels
from conversation.labels.spread import LabelSpread
from conversation.references import References
from conversation.saved_views.api import saved_views_router
from conversation.saved_views.requests import VIEW_BOOKS, SavedViews
from conversation.store import CONVERSATION_SPEC, MESSAGE_SPEC, Threads
from conversation.timeline.api import timeline_router
from conversation.timeline.notes import Notes
from conversation.timeline.reader import TimelineReader
from shared.access.gate import Access
from shared.aggregates import Aggregates, Kind, Relay
from shared.clock import Clock
from shared.database.protocol import Database
from shared.service.alarm import Alarm
from shared.service.due import DueLoop
from shared.values import Value

S = TypeVar("S", bound=Value)


@dataclass(frozen=True)
class Stores:
    """Where the desk's aggregates are kept."""

    database: Database
    relay: Relay
    clock: Clock
    source: str

    def of(self, kind: Kind[S]) -> Aggregates[S]:
        return Aggregates(kind, self.database, self.relay, self.clock, self.source)

    def labels(self) -> Labels:
        return Labels(self.of(LABEL_BOOKS), Alarm(self.clock), self.clock)

    def turns(self, threads: Threads, references: References) -> Turns:
        rules = RulesOfTenants(self.of(ASSIGNMENT_RULES), self.clock)
        return Turns(rules, self.of(ROTATIONS), threads, references, self.clock)


@dataclass(frozen=True)
class Desk:
    first_routers: list[APIRouter]
    """Before those of conversations: their paths would be taken for ids."""
    routers: list[APIRouter]
    tasks: dict[str, Callable[[], Awaitable[None]]]
    views: SavedViews


def build_desk(commands: Commands, stores: Stores, gate: Access) -> Desk:
    resources, queries, labels = commands.resources, commands.queries, commands.labels
    database, clock = stores.database, stores.clock
    access = AgentAccess(gate, resources.tenants)
    reader = TimelineReader(resources.timeline.records, database.collection(MESSAGE_SPEC))
    canned = CannedReplies(stores.of(CANNED_BOOKS), resources, queries, commands.references)
    views = SavedViews(stores.of(VIEW_BOOKS), resources)
    keys = BulkKeys(database.collection(BULK_SPEC), clock)
    rules = resources.turns.rules
    spread = LabelSpread(labels, resources, database.collection(CONVERSATION_SPEC))
    labels_due = DueLoop(
        labels.books.store, spread.work, clock, field="spread_at", at_once=4, poll_seconds=5, alarm=labels.renamed
    )  # fmt: skip
    return Desk(
        first_routers=[
            assignment_router(AssignmentRequests(rules, commands.numbers, commands.references, clock), gate),
            bulk_router(Bulk(commands, keys), access),
        ],
        routers=[
            timeline_router(Notes(resources, queries), reader, access),
            labels_router(labels, gate),
            canned_replies_router(canned, gate),
            saved_views_router(views, gate),
        ],
        tasks={"labels": labels_due.run, "assignment rules": rules.run, "bulk keys": keys.run},
        views=views,
    )
