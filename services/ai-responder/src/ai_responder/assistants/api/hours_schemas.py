"""The wire shapes of business hours."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from ai_responder.assistants.domain.business_hours import Weekday
from shared.blank_text import is_blank

MOST_TIMES, MOST_HOLIDAYS = 50, 400


def _a_date(text: str) -> str:
    return date.fromisoformat(text).isoformat()


Clock = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$", examples=["09:00"])]
ClosingClock = Annotated[str, Field(pattern=r"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$", examples=["17:30"])]
Holiday = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$", examples=["2026-12-25"]), AfterValidator(_a_date)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class OpeningTimesIn(_Body):
    """The same times on some days of the week."""

    days: list[Weekday] = Field(min_length=1, max_length=7)
    opens: Clock
    closes: ClosingClock = Field(
        description="The first minute after closing. If it is not after `opens`, it is on the next day; "
        "`24:00` is the end of the day."
    )

    @model_validator(mode="after")
    def _lasts(self) -> OpeningTimesIn:
        if self.opens == self.closes:
            raise ValueError("opens and closes are the same; write 00:00 and 24:00 for the whole day")
        return self


class BusinessHoursIn(_Body):
    """On the clock of the tenant's `timezone`, daylight saving included."""

    open: list[OpeningTimesIn] = Field(max_length=MOST_TIMES)
    holidays: list[Holiday] = Field(
        default=[], max_length=MOST_HOLIDAYS, description="Dates on which the business does not open."
    )


class OutsideHoursIn(_Body):
    """What happens to a text that comes outside `business_hours`."""

    action: Literal["answer", "reply", "person"] = Field(
        default="answer",
        description="`answer`: the assistant answers as always. `reply`: `text` is sent and the conversation needs a "
        "person; the assistant answers the next text in business hours. `person`: the conversation is handed over, "
        "with `text` if there is one.",
    )
    text: str = Field(default="", max_length=1_000, examples=["We are closed. We will answer tomorrow from nine."])
    every_hours: int = Field(
        default=12, ge=1, le=168, description="A customer gets the text at most once in so many hours."
    )

    @model_validator(mode="after")
    def _says_something(self) -> OutsideHoursIn:
        if self.action == "reply" and is_blank(self.text):
            raise ValueError("action `reply` needs a text")
        return self
