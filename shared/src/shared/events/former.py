"""Events in the shape of their former version, for readers outside that do not know today's yet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from shared.broker.protocol import Message
from shared.events.catalogue import BY_TYPE
from shared.events.envelope import decode, peek_type
from shared.ids import derive


def in_former_shape(message: Message) -> Iterator[Message]:
    """The events that say the same in the former shape; none where the type has had one shape only."""
    data_type = BY_TYPE[peek_type(message.body)].data
    if not data_type.FORMER:
        return
    event = decode(message.body, data_type)
    for n, data in enumerate(event.data.in_former_shape()):
        id = derive("former", event.id, str(data.VERSION), str(n))
        former = replace(event, id=id, data=data)
        key = data.routing_key(event.source)
        yield replace(message, routing_key=key, body=former.encode(), event_id=id)
