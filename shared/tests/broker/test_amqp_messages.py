"""What other programs publish has none of our headers."""

from types import SimpleNamespace
from typing import Any, cast

from shared.broker.rabbitmq.messages import from_amqp


def incoming(body: bytes, message_id: str | None = None) -> Any:
    return cast("Any", SimpleNamespace(headers={}, body=body, message_id=message_id, routing_key="sms.outbound"))


def test_two_foreign_messages_without_any_id_stay_two():
    one, two = (from_amqp(incoming(body), "sender.sms.outbound.v1") for body in (b"one", b"two"))
    assert one.event_id
    assert one.event_id != two.event_id
    assert one.event_id == from_amqp(incoming(b"one"), "sender.sms.outbound.v1").event_id
    assert one.routing_key == "sms.outbound"


def test_the_publishers_own_message_id_is_kept():
    assert from_amqp(incoming(b"one", "theirs"), "q").event_id == "theirs"
