"""The envelope around every event: CloudEvents 1.0, structured JSON, with our extension attributes.

<https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md>. An event's `id` is derived from its cause, so
that a repeated decision publishes the same id again and consumers drop it; `identity` is what they compare.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Generic, Self, TypeVar, cast

import orjson
from pydantic import BeforeValidator, Field, ValidationError

from shared.errors import Invalid
from shared.ids import derive
from shared.values import Moment, Value

CONTENT_TYPE = "application/cloudevents+json"
MAX_EVENT_BYTES = 1024 * 1024
_TRACEPARENT = re.compile(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}(-[\w-]{1,45})?", re.ASCII)
"""<https://www.w3.org/TR/trace-context/#traceparent-header>; later versions may add a part."""


class EventData(Value):
    """What an event says. `TYPE` is the routing key; raising `VERSION` means both are published for a while."""

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


def _traceparent(given: Any) -> str:
    """As W3C defines it, or empty: a malformed trace header is no reason to refuse an event."""
    return given if isinstance(given, str) and _TRACEPARENT.fullmatch(given) else ""


class _Attributes(Value):
    """The context attributes as they stand in the JSON, checked before the data is looked at."""

    specversion: str = Field(pattern=r"^1\.0$")
    id: str = Field(min_length=1, max_length=200)
    source: str = Field(min_length=1, max_length=200)
    type: str = Field(min_length=1, max_length=100)
    subject: str = Field(default="", max_length=300)
    time: Moment
    tenantid: str = Field(min_length=1, max_length=100)
    partitionkey: str = Field(default="", max_length=300)
    correlationid: str = Field(default="", max_length=200)
    causationid: str = Field(default="", max_length=200)
    dataversion: int = Field(default=1, ge=1)
    traceparent: Annotated[str, BeforeValidator(_traceparent)] = ""


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
            "data": self.data.model_dump(mode="json"),
        }
        if self.traceparent:
            attributes["traceparent"] = self.traceparent
        return orjson.dumps(attributes)


def event_id(tenant_id: str, source: str, cause_id: str, type_: str, discriminator: str) -> str:
    """The id of the event of this type that this cause leads to; `discriminator` tells several of them apart."""
    return derive("event", tenant_id, source, cause_id, type_, discriminator)


def peek_type(body: bytes) -> str:
    """The type of an encoded event, for routing before the event is parsed. Raises `Invalid`."""
    return _load(body)[0].type


def decode(body: bytes, data_type: type[D]) -> Event[D]:
    """Parse hostile bytes into an event of this class. Raises `Invalid` naming what is wrong."""
    attributes, data = _load(body)
    if attributes.type != data_type.TYPE:
        raise Invalid("wrong_event_type", f"expected {data_type.TYPE}, got {attributes.type}")
    shape = data_type if attributes.dataversion == data_type.VERSION else data_type.FORMER.get(attributes.dataversion)
    if shape is None:
        raise Invalid(
            "unknown_data_version", f"{attributes.type} dataversion {attributes.dataversion} is not known here"
        )
    try:
        parsed = cast("D", shape.model_validate(data).renewed())
    except ValidationError as error:
        raise Invalid("invalid_event", f"{attributes.type} data: {_first_problem(error)}") from None
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
        traceparent=attributes.traceparent,
    )


def _load(body: bytes) -> tuple[_Attributes, Any]:
    if len(body) > MAX_EVENT_BYTES:
        raise Invalid("event_too_large", f"an event has at most {MAX_EVENT_BYTES} bytes, this one has {len(body)}")
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Invalid("invalid_event", f"not JSON: {error}") from None
    if not isinstance(document, dict):
        raise Invalid("invalid_event", "an event is a JSON object")
    try:
        return _Attributes.model_validate(document), document.get("data")  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    except ValidationError as error:
        raise Invalid("invalid_event", _first_problem(error)) from None


def _first_problem(error: ValidationError) -> str:
    # Names and rules only: the offending value could be somebody's text or number.
    problem = error.errors(include_input=False, include_url=False)[0]
    return f"{'.'.join(str(part) for part in problem['loc'])}: {problem['msg']}"
