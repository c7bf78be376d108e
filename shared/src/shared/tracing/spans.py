"""The hooks: open a span, note its outcome, pass its context on. All that services see of tracing.

Without an endpoint every hook ends at one look at a variable, and OpenTelemetry's SDK is never imported.

Nothing of a customer goes into a span. Attributes are ids, types, outcomes and codes; what looks like a phone number or
a key is masked all the same, as in the logs. Exceptions are noted by code or class: their messages may hold a text.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import replace
from typing import Any, Protocol, TypeVar

from opentelemetry.context import Context
from opentelemetry.trace import (
    INVALID_SPAN,
    Link,
    Span,
    SpanContext,
    SpanKind,
    StatusCode,
    Tracer,
    get_current_span,
    use_span,
)
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from shared.errors import ParleyError, Refused
from shared.events.envelope import Event, EventData
from shared.logging import redact

Kind = SpanKind
Facts = Mapping[str, str | int]
D = TypeVar("D", bound=EventData)

MAX_ATTRIBUTE = 200
_NO_FACTS: Facts = {}
_W3C = TraceContextTextMapPropagator()
_NOTHING = nullcontext[Span](INVALID_SPAN)


class Tracers(Protocol):
    """Where spans go."""

    def of(self, service: str) -> Tracer: ...

    def stop(self) -> None: ...


_tracers: Tracers | None = None
_service: ContextVar[str] = ContextVar("traced_service", default="unknown")


def start(endpoint: str) -> None:
    """Send spans to this address from now on; nothing happens if it is empty. Once per process, by the process.

    Raises SystemExit if a standard OTEL_* variable cannot be used.
    """
    global _tracers
    if not endpoint:
        return
    from shared.tracing.export import Exporting  # the SDK costs time and memory: only with tracing on

    try:
        _tracers = Exporting(endpoint)
    except ValueError as error:
        raise SystemExit(f"Tracing cannot start: {error}. Look at the OTEL_* variables.") from None


def stop() -> None:
    """Send what is left, for a moment; then trace no more."""
    global _tracers
    if _tracers is not None:
        _tracers.stop()
        _tracers = None


def is_on() -> bool:
    return _tracers is not None


def span(
    name: str, *, service: str = "", kind: SpanKind = SpanKind.INTERNAL, parent: str = "", facts: Facts = _NO_FACTS
) -> AbstractContextManager[Span]:
    """A step of this service (default: the service of the step it is part of).

    `parent` is the `traceparent` that an event or an aggregate remembered; without a readable one, the step at hand is
    the parent. If both are there and belong to different traces, the step at hand is linked.
    """
    return _NOTHING if _tracers is None else _open(_tracers, name, service or _service.get(), kind, parent, facts)


def call(name: str, facts: Facts = _NO_FACTS) -> AbstractContextManager[Span]:
    """A request to somebody outside, within a step."""
    return _NOTHING if _tracers is None else _open(_tracers, name, _service.get(), SpanKind.CLIENT, "", facts)


def publishing(routing_key: str) -> AbstractContextManager[Span]:
    """The wait for the broker's confirmation, as part of the step that publishes; alone it would tell nothing."""
    if _tracers is None or not get_current_span().get_span_context().is_valid:
        return _NOTHING
    return _open(_tracers, f"publish {routing_key}", _service.get(), SpanKind.PRODUCER, "", _NO_FACTS)


def handling(service: str, event: Event[EventData], attempt: int) -> AbstractContextManager[Span]:
    """From delivery to settled, continuing the trace that the event came with."""
    if _tracers is None:
        return _NOTHING
    facts = {"tenant": event.tenant_id, "correlation": event.correlation_id, "event": event.id, "attempt": attempt}
    return _open(_tracers, f"handle {event.data.TYPE}", service, SpanKind.CONSUMER, event.traceparent, facts)


def continued(event: Event[D]) -> Event[D]:
    """The event for its handler, with the `traceparent` of this handling, so that effects continue the trace."""
    here = traceparent()
    return replace(event, traceparent=here) if here else event


def traceparent() -> str:
    """The step at hand in W3C's form, or "" outside any."""
    if _tracers is None:
        return ""
    here = get_current_span().get_span_context()
    if not here.is_valid:
        return ""
    return f"00-{here.trace_id:032x}-{here.span_id:016x}-{here.trace_flags:02x}"


def failed(error: BaseException) -> None:
    """The step at hand did not succeed. What the business refuses is an answer, not a failure."""
    if _tracers is None:
        return
    step = get_current_span()
    step.set_attribute("error.type", error.code if isinstance(error, ParleyError) else type(error).__name__)
    if not isinstance(error, Refused):
        step.set_status(StatusCode.ERROR)


def ended(step: Span, outcome: str, *, well: bool = True) -> None:
    """The outcome of a step that raised nothing, in one of our own words."""
    step.set_attribute("parley.outcome", outcome)
    if not well:
        step.set_attribute("error.type", outcome)
        step.set_status(StatusCode.ERROR)


@contextmanager
def _open(tracers: Tracers, name: str, service: str, kind: SpanKind, parent: str, facts: Facts) -> Generator[Span]:
    context, links = _place(parent)
    step = tracers.of(service).start_span(name, context, kind, _attributes(facts), links)
    within = _service.set(service)
    try:
        # `end_on_exit` is not used: an answer that streams for hours ends its span itself, when it begins.
        with use_span(step, end_on_exit=False, record_exception=False, set_status_on_exception=False):
            try:
                yield step
            except BaseException as error:
                failed(error)
                raise
    finally:
        _service.reset(within)
        if step.is_recording():
            step.end()


def _place(parent: str) -> tuple[Context | None, list[Link]]:
    """The context to start in (None: the present one) and what to link."""
    if not parent:
        return None, []
    context = _W3C.extract({"traceparent": parent}, Context())
    remembered, here = _span_context(context), _span_context()
    if not remembered.is_valid:
        return None, []
    return context, [Link(here)] if here.is_valid and here.trace_id != remembered.trace_id else []


def _span_context(context: Context | None = None) -> SpanContext:
    return get_current_span(context).get_span_context()


def _attributes(facts: Facts) -> dict[str, Any]:
    return {
        f"parley.{name}": redact(value)[:MAX_ATTRIBUTE] if isinstance(value, str) else value
        for name, value in facts.items()
        if value != ""
    }
