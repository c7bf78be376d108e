"""The wire shapes of what the carrier says about a connection."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

from accounts.carrier.domain import Finding
from accounts.carrier.requests import Left, Offer
from accounts.tenants import examples
from accounts.tenants.number_schemas import NumberView
from accounts.tenants.schemas import Asked
from shared.events.accounts import NumberClass
from shared.http.openapi_examples import with_example

_Number = Annotated[str, StringConstraints(min_length=1, max_length=40)]


class AvailableNumber(BaseModel):
    model_config = with_example(examples.AVAILABLE_NUMBER)

    phone_number: str
    status: str = Field(description="in the carrier's words", examples=["active"])
    number_class: NumberClass
    messaging_profile_id: str | None
    fits_profile: bool = Field(description="false: not on this connection's messaging profile; its texts go elsewhere")
    here: Literal["available", "yours", "taken"] = Field(description="taken: another tenant of the installation has it")

    @classmethod
    def of(cls, offer: Offer) -> AvailableNumber:
        number = offer.number
        return cls(
            phone_number=number.phone_number,
            status=number.status,
            number_class=number.number_class,
            messaging_profile_id=number.messaging_profile_id,
            fits_profile=offer.fits_profile,
            here=offer.holding,
        )


class ImportBody(Asked):
    model_config = with_example(examples.IMPORT)

    phone_numbers: Annotated[list[_Number], Field(min_length=1, max_length=1000)] | Literal["all"] = Field(
        description="the numbers, or `all` that are active and on the connection's messaging profile",
        examples=["all"],
    )


class NumberLeft(BaseModel):
    phone_number: str
    code: str = Field(examples=["other_profile"])
    detail: str

    @classmethod
    def of(cls, left: Left) -> NumberLeft:
        return cls(phone_number=left.phone_number, code=left.code, detail=left.detail)


class Imported(BaseModel):
    model_config = with_example(examples.IMPORTED)

    imported: list[NumberView]
    left_out: list[NumberLeft]


class FindingView(BaseModel):
    subject: str = Field(examples=["webhook_url"])
    ok: bool
    problem: str
    remedy: str

    @classmethod
    def of(cls, finding: Finding) -> FindingView:
        return cls(subject=finding.subject, ok=finding.ok, problem=finding.problem, remedy=finding.remedy)


class Checked(BaseModel):
    model_config = with_example(examples.CHECKED)

    ok: bool = Field(description="true if nothing was found wrong")
    findings: list[FindingView]
