"""The tools of an assistant, as the API has them."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from ai_responder.tools.domain.settings import MOST_FIELDS, MOST_LABELS
from shared.blank_text import is_blank
from shared.control_characters import without_control_characters


def _line(text: str) -> str:
    plain = " ".join(without_control_characters(text).split())
    if is_blank(plain):
        raise ValueError("must not be blank")
    return plain


class FieldToolIn(BaseModel):
    """A field of the contact that the assistant may fill in."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=100), AfterValidator(_line)]
    about: str = Field(default="", max_length=300, description="For the model: what belongs there.")


class ToolsIn(BaseModel):
    """What an assistant may do beside answering; it can always hand over to a person."""

    model_config = ConfigDict(extra="forbid")

    close: bool = Field(default=False, description="Close the conversation once its answer is sent.")
    follow_up: bool = Field(
        default=False, description="Send one text later, unless the customer or a person writes before."
    )
    fields: list[FieldToolIn] = Field(
        default_factory=list[FieldToolIn], max_length=MOST_FIELDS, description="Fields of the contact it may fill in."
    )
    labels: list[Annotated[str, Field(max_length=100), AfterValidator(_line)]] = Field(
        default_factory=list,
        max_length=MOST_LABELS,
        description="Labels it may put on a conversation. One that does not exist there is not put.",
    )
