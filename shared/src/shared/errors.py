"""The vocabulary of failure. Each class says what an HTTP caller sees and what a consumer does with the event.

| class       | HTTP | consumer                                             |
|-------------|------|------------------------------------------------------|
| Invalid     | 422  | dead letter now                                      |
| NotFound    | 404  | a few short retries (order is not promised), dead letter |
| Conflict    | 409  | again at once, with a new read                       |
| Refused     | 409  | done: the business said no                           |
| Unavailable | 503  | again later, growing delay                           |

Anything else is our own mistake: 500, few retries, dead letter.
"""

from __future__ import annotations


class ParleyError(Exception):
    """Base of every failure we name. `code` is stable and machine-readable, `detail` says what to do."""

    status = 500

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail


class Malformed(ParleyError):
    """The request could not be read at all (not JSON, wrong encoding)."""

    status = 400


class Unauthenticated(ParleyError):
    """Nobody has proved who they are."""

    status = 401


class Forbidden(ParleyError):
    """Signed in, but this role may not do that."""

    status = 403


class NotFound(ParleyError):
    """Unknown, or another tenant's: the two are never told apart."""

    status = 404


class Conflict(ParleyError):
    """Somebody else changed it meanwhile; reading again and retrying is right."""

    status = 409


class Refused(ParleyError):
    """The business says no, and would say no again."""

    status = 409


class TooLarge(ParleyError):
    """More bytes than this endpoint or document takes."""

    status = 413


class Invalid(ParleyError):
    """Understood, but wrong; the detail names what and why. `errors` lists fields, where there are fields."""

    status = 422

    def __init__(self, code: str, detail: str, errors: list[dict[str, str]] | None = None) -> None:
        super().__init__(code, detail)
        self.errors = errors or []


class TooMany(ParleyError):
    """Slow down; `after` says for how many seconds."""

    status = 429

    def __init__(self, code: str, detail: str, after: float = 1.0) -> None:
        super().__init__(code, detail)
        self.after = after


class Unavailable(ParleyError):
    """Not now: something we need is away. `after` is a hint in seconds."""

    status = 503

    def __init__(self, code: str, detail: str, after: float = 1.0) -> None:
        super().__init__(code, detail)
        self.after = after


class StoreUnavailable(Unavailable):
    """Our own database does not answer. Consumers pause on this one instead of filling the retry ladder."""


class BrokerUnavailable(Unavailable):
    """A publish was not confirmed. It may have happened all the same: repeating it must be harmless."""


class Unroutable(ParleyError):
    """The broker knows no queue for this routing key: the topology is wrong, repeating will not help."""
