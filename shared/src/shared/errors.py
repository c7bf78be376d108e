"""The vocabulary of failure. Each class says what an HTTP caller sees and what a consumer does with the event.

| class       | HTTP | consumer                                             |
|-------------|------|------------------------------------------------------|
| Invalid     | 422  | dead letter now                                      |
| NotFound    | 404  | a few short retries (order is not promised), dead letter |
| Conflict    | 409  | again at once, with a new read                       |
| Refused     | 409  | done: the business said no                           |
| Unavailable | 503  | again later, growing delay                           |

Anything else is our own mistake: 500, few retries, dead letter.

Callers read `detail`; the log and dead letters carry `operator_detail`. Host names, file paths, exceptions and
collection names belong in the second only, because a tenant reads the first.
"""

from __future__ import annotations

STORE_AWAY = "The data cannot be reached at the moment; try again shortly."
BROKER_AWAY = "The message queue cannot be reached at the moment; try again shortly."
"""What callers read while storage or broker is away. Which one, where and why goes to the log."""


class ParleyError(Exception):
    """Base of every failure we name. `code` is stable and machine-readable, `detail` says what to do.

    `operator_detail` is for the log only: what exactly happened, and where. Without one it equals `detail`, so logging
    `operator_detail` is always right. `str(error)` is the operator's text too; never send it to a caller.
    """

    status = 500

    def __init__(self, code: str, detail: str, *, operator_detail: str | None = None) -> None:
        self.code = code
        self.detail = detail
        self.operator_detail = operator_detail or detail
        super().__init__(f"{code}: {self.operator_detail}")


class Malformed(ParleyError):
    """The request could not be read at all (not JSON, wrong encoding)."""

    status = 400


class Unauthenticated(ParleyError):
    """The caller has not proved an identity."""

    status = 401


class Forbidden(ParleyError):
    """Signed in, but this role may not do that."""

    status = 403


class NotFound(ParleyError):
    """Unknown, or another tenant's: the two are never told apart."""

    status = 404


class Conflict(ParleyError):
    """Another writer changed it meanwhile; read again and retry."""

    status = 409


class Refused(ParleyError):
    """The business says no, and would say no again."""

    status = 409


class TooLarge(ParleyError):
    """More bytes than this endpoint or document takes."""

    status = 413


class Invalid(ParleyError):
    """Understood, but wrong; the detail says what and why. `errors` lists the fields at fault, if any."""

    status = 422

    def __init__(self, code: str, detail: str, errors: list[dict[str, str]] | None = None) -> None:
        super().__init__(code, detail)
        self.errors = errors or []


class TooMany(ParleyError):
    """Too many requests; `after` is how many seconds to wait."""

    status = 429

    def __init__(self, code: str, detail: str, after: float = 1.0, *, operator_detail: str | None = None) -> None:
        super().__init__(code, detail, operator_detail=operator_detail)
        self.after = after


class Unavailable(ParleyError):
    """A dependency does not answer now. `after` is a hint in seconds."""

    status = 503

    def __init__(self, code: str, detail: str, after: float = 1.0, *, operator_detail: str | None = None) -> None:
        super().__init__(code, detail, operator_detail=operator_detail)
        self.after = after


class StoreUnavailable(Unavailable):
    """Our own database does not answer. Consumers pause on this error instead of using up the event's retries."""


class StoreUnusable(StoreUnavailable):
    """The database's file is damaged or may not be written. Waiting does not help: a process that starts ends."""


class BrokerUnavailable(Unavailable):
    """A publish was not confirmed. It may have happened anyway, so repeating it must be harmless."""


class BrokerUnusable(BrokerUnavailable):
    """The broker's file is damaged or may not be written. Waiting does not help: a process that starts ends."""


class Unroutable(ParleyError):
    """The broker knows no queue for this routing key: the topology is wrong, repeating will not help."""
