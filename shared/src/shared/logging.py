"""Structured logs: key/value events, without phone numbers, texts or secrets.

Phone numbers are masked wherever they stand, and fields that hold texts or secrets are left out, so that no line of
code has to remember it.
"""

from __future__ import annotations

import logging
import re
import sys
from contextvars import ContextVar
from typing import Any, Literal

import structlog
from opentelemetry.trace import get_current_span

about: ContextVar[tuple[str, str, str] | None] = ContextVar("about", default=None)
"""Service, tenant and correlation id of the event at hand. One variable, written out only with a line that is logged:
nearly all events are handled without one."""
_PHONE = re.compile(r"\+[1-9]\d{4,14}")
_SECRET_WORDS = re.compile(r"pk_[\w.-]+|KEY[0-9A-Za-z_-]{6,}|Bearer\s+\S+|eyJ[\w-]{6,}(?:\.[\w-]*){0,2}")
_HIDDEN = frozenset({"text", "body", "api_key", "key", "token", "authorization", "password", "secret", "prompt", "url"})


def _mask(match: re.Match[str]) -> str:
    number = match.group()
    return f"{number[:3]}…{number[-2:]}"


def redact(value: Any) -> Any:
    """The value with phone numbers masked and secrets taken out, however deep they stand."""
    if isinstance(value, str):
        return _SECRET_WORDS.sub("[secret]", _PHONE.sub(_mask, value))
    if isinstance(value, dict):
        return {key: redact(item) for key, item in value.items()}  # pyright: ignore[reportUnknownVariableType]
    if isinstance(value, list | tuple):
        return [redact(item) for item in value]  # pyright: ignore[reportUnknownVariableType]
    return value


def _redacting(_logger: Any, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    return {key: "[hidden]" if key in _HIDDEN else redact(value) for key, value in event.items()}


def of_the_event_at_hand(_logger: Any, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    if at_hand := about.get():
        for name, value in zip(("service", "tenant", "correlation"), at_hand, strict=True):
            event.setdefault(name, value)
    return event


def _with_trace(_logger: Any, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """From a line of the log to its trace, where there is one."""
    step = get_current_span().get_span_context()
    if step.is_valid:
        event["trace_id"], event["span_id"] = f"{step.trace_id:032x}", f"{step.span_id:016x}"
    return event


def configure(level: str, form: Literal["console", "json"]) -> None:
    """Set up structlog and the standard library's loggers alike. Called once, by the process."""
    before: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        of_the_event_at_hand,
        _with_trace,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
        _redacting,
    ]
    renderer = structlog.processors.JSONRenderer() if form == "json" else structlog.dev.ConsoleRenderer(colors=False)
    number = logging.getLevelNamesMapping().get(level.upper(), logging.INFO)
    structlog.configure(
        processors=[*before, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
            foreign_pre_chain=before,
        )
    )
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
