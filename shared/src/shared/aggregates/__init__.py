"""Aggregates: one document, one decision, one save; effects carried out afterwards."""

from shared.aggregates.aggregate import UNREAD, Aggregates, Kind, Unread
from shared.aggregates.cause import Cause
from shared.aggregates.decision import Change, Decision, NewEvent, NewRecord
from shared.aggregates.gathering import Gather
from shared.aggregates.relay import Relay
from shared.aggregates.stored import stored

__all__ = [
    "UNREAD",
    "Aggregates",
    "Cause",
    "Change",
    "Decision",
    "Gather",
    "Kind",
    "NewEvent",
    "NewRecord",
    "Relay",
    "Unread",
    "stored",
]
