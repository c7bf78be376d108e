"""What the assistant has planned in a thread, or wants noted about the contact: done when its time has come."""

from __future__ import annotations

from shared.values import Moment, Value


class FollowUp(Value):
    """A text that the customer is sent at that time, unless they or a person wrote before."""

    id: str
    conversation_id: str
    text: str
    at: Moment
    run_id: str
    created_at: Moment


class FieldNote(Value):
    """A field of the contact's card. The card is another document, so it is changed after the save that sends the
    answer."""

    field: str
    value: str
    at: Moment
