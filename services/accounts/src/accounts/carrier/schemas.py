"""The wire shapes of the carrier's numbers, imports and the check of its settings."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

from accounts.carrier.domain import Finding
from accounts.carrier.requests import AvailableNumber, SkippedNumber
from accounts.request_body import RequestBody
from accounts.tenants import examples
from accounts.tenants.number_schemas import NumberOut
from shared.events.accounts import NumberClass
from shared.http.openapi_examples import with_example

_Number = Annotated[str, StringConstraints(min_length=1, max_length=40)]


class AvailableNumberOut(BaseModel):
    model_config = with_example(examples.AVAILABLE_NUMBER)

    phone_number: str
    status: str = Field(description="As the carrier reports it.", examples=["active"])
    number_class: NumberClass
    messaging_profile_id: str | None
    fits_profile: bool = Field(description="False: on another messaging profile, so its texts do not arrive here.")
    here: Literal["available", "yours", "taken"] = Field(
        description="taken: in use by another tenant of this installation."
    )

    @classmethod
    def from_number(cls, available: AvailableNumber) -> AvailableNumberOut:
        number = available.number
        return cls(
            phone_number=number.phone_number,
            status=number.status,
            number_class=number.number_class,
            messaging_profile_id=number.messaging_profile_id,
            fits_profile=available.fits_profile,
            here=available.availability,
        )


class ImportIn(RequestBody):
    model_config = with_example(examples.IMPORT)

    phone_numbers: Annotated[list[_Number], Field(min_length=1, max_length=1000)] | Literal["all"] = Field(
        description="The numbers, or `all`: those that are active and on the connection's messaging profile.",
        examples=["all"],
    )


class SkippedNumberOut(BaseModel):
    phone_number: str
    code: str = Field(examples=["other_profile"])
    detail: str

    @classmethod
    def from_skipped(cls, skipped: SkippedNumber) -> SkippedNumberOut:
        return cls(phone_number=skipped.phone_number, code=skipped.code, detail=skipped.detail)


class ImportOut(BaseModel):
    model_config = with_example(examples.IMPORTED)

    imported: list[NumberOut]
    left_out: list[SkippedNumberOut]


class FindingOut(BaseModel):
    subject: str = Field(examples=["webhook_url"])
    ok: bool
    problem: str
    remedy: str

    @classmethod
    def from_finding(cls, finding: Finding) -> FindingOut:
        return cls(subject=finding.subject, ok=finding.ok, problem=finding.problem, remedy=finding.remedy)


class CheckOut(BaseModel):
    model_config = with_example(examples.CHECKED)

    ok: bool = Field(description="True if no finding reports a problem.")
    findings: list[FindingOut]
