"""The envelope around every event: CloudEvents 1.0, structured JSON, with our extension attributes.

<https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md>. An event's `id` is derived from its cause, so
that a repeated decision publishes the same id again and consumers drop it; `identity` is what they compare.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Generic, Self, TypeVar, cast

from msgspec import Meta, Raw, json

from shared.errors import Invalid
from shared.ids import derive
from shared.values import Malformed, Moment, Value

CONTENT_TYPE = "application/cloudevents+json"
MAX_EVENT_BYTES = 1024 * 1024
_TRACEPARENT = re.compile(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}(-[\w-]{1,45})?", re.ASCII)
"""<https://www.w3.org/TR/trace-context/#traceparent-header>; later versions may add a part."""


class EventData(Value):
    """What an event says. `TYPE` is its routing key, unless the catalogue lists several.

    Today's `VERSION` is published, and those of `FORMER` are read. Where readers outside need a former one too, an
    operator asks for it by PUBLISH_FORMER_VERSIONS (ADR 16).
    """

    TYPE: ClassVar[str]
    VERSION: ClassVar[int] = 1
    FORMER: ClassVar[Mapping[int, type[EventData]]] = {}
    """Former versions that are still read."""

    def routing_key(self, source: str = "") -> str:
        """Where it goes, published by this service. Differs from the type where not every consumer wants all of it."""
        return self.TYPE

    def after(self, earlier: EventData) -> Self:
        """What to publish instead of `earlier`, which was held back, and this. By default the newer one says it all."""
        return self

    def renewed(self) -> EventData:
        """Of a former version: the same in today's shape."""
        return self

    def in_former_shape(self) -> Sequence[EventData]:
        """The same for readers of the former version, if there is one (PUBLISH_FORMER_VERSIONS)."""
        return ()


D = TypeVar("D", bound=EventData)
D_co = TypeVar("D_co", bound=EventData, covariant=True)


class _Attributes(Value):
    """The event as it stands in the JSON. The data is looked at after the attributes, when its class is known."""

    specversion: Annotated[str, Meta(pattern=r"^1\.0\Z")]
    id: Annotated[str, Meta(min_length=1, max_length=200)]
    source: Annotated[str, Meta(min_length=1, max_length=200)]
    type: Annotated[str, Meta(min_length=1, max_length=100)]
    subject: Annotated[str, Meta(max_length=300)] = ""
    time: Moment
    tenantid: Annotated[str, Meta(min_length=1, max_length=100)]
    partitionkey: Annotated[str, Meta(max_length=300)] = ""
    correlationid: Annotated[str, Meta(max_length=200)] = ""
    causationid: Annotated[str, Meta(max_length=200)] = ""
    dataversion: Annotated[int, Meta(ge=1, le=2**63 - 1)] = 1
    traceparent: Any = ""
    data: Raw = Raw(b"null")


@dataclass(frozen=True)
class Event(Generic[D_co]):
    """One event, parsed. `correlation_id` is that of the whole chain, `causation_id` the event right before this."""

    id: str
    source: str
    subject: str
    time: Moment
    tenant_id: str
    partition_key: str
    data: D_co
    correlation_id: str = ""
    causation_id: str = ""
    traceparent: str = ""

    @property
    def identity(self) -> str:
        """Two events with one identity are the same event: source and id (CloudEvents), within a tenant."""
        return f"{self.tenant_id}|{self.source}|{self.id}"

    def encode(self) -> bytes:
        """As JSON. The data is read back first: what leaves is what every consumer takes. Raises `Malformed`."""
        data = self.data.encode()
        type(self.data).decode(data)
        attributes: dict[str, Any] = {
            "specversion": "1.0",
            "id": self.id,
            "source": self.source,
            "type": self.data.TYPE,
            "subject": self.subject,
            "time": self.time,
            "datacontenttype": "application/json",
            "tenantid": self.tenant_id,
            "partitionkey": self.partition_key,
            "correlationid": self.correlation_id or self.id,
            "causationid": self.causation_id,
            "dataversion": self.data.VERSION,
            "data": Raw(data),
        }
        if self.traceparent:
            attributes["traceparent"] = self.traceparent
        return json.encode(attributes)


def event_id(tenant_id: str, source: str, cause_id: str, type_: str, discriminator: str) -> str:
    """The id of the event of this type that this cause leads to; `discriminator` tells several of them apart."""
    return derive("event", tenant_id, source, cause_id, type_, discriminator)


def peek_type(body: bytes) -> str:
    """The type of an encoded event, for routing before the event is parsed. Raises `Invalid`."""
    return _load(body).type


def peek_tenant(body: bytes) -> str:
    """The tenant that an encoded event names; empty where it cannot be read."""
    try:
        return _load(body).tenantid
    except Invalid:
        return ""


def decode(body: bytes, data_type: type[D]) -> Event[D]:
    """Parse hostile bytes into an event of this class. Raises `Invalid` naming what is wrong."""
    attributes = _load(body)
    if attributes.type != data_type.TYPE:
        raise Invalid("wrong_event_type", f"expected {data_type.TYPE}, got {attributes.type}")
    shape = data_type if attributes.dataversion == data_type.VERSION else data_type.FORMER.get(attributes.dataversion)
    if shape is None:
        raise Invalid(
            "unknown_data_version", f"{attributes.type} dataversion {attributes.dataversion} is not known here"
        )
    try:
        parsed = cast("D", shape.decode(attributes.data).renewed())
    except Malformed as problem:
        raise Invalid("invalid_event", f"{attributes.type} data: {problem}") from None
    return Event(
        id=attributes.id,
        source=attributes.source,
        subject=attributes.subject,
        time=attributes.time,
        tenant_id=attributes.tenantid,
        partition_key=attributes.partitionkey,
        data=parsed,
        correlation_id=attributes.correlationid or attributes.id,
        causation_id=attributes.causationid,
        traceparent=_traceparent(attributes.traceparent),
    )


def _load(body: bytes) -> _Attributes:
    if len(body) > MAX_EVENT_BYTES:
        raise Invalid("event_too_large", f"an event has at most {MAX_EVENT_BYTES} bytes, this one has {len(body)}")
    try:
        return _Attributes.decode(body)
    except Malformed as problem:
        raise Invalid("invalid_event", str(problem)) from None


def _traceparent(given: Any) -> str:
    """As W3C defines it, or empty: a malformed trace header is no reason to refuse an event."""
    return given if isinstance(given, str) and _TRACEPARENT.fullmatch(given) else ""
