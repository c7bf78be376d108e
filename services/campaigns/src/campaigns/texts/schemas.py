"""What previews and test texts look like over HTTP."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from shared.events.kinds import Encoding
from shared.http.openapi_examples import with_example

_ROW: dict[str, Any] = {
    "phone_number": "+13125550123",
    "text": "Hi Ana, Blue Door here: “spring sale” today. Reply STOP to stop.",
    "parts": 1,
    "encoding": "UCS-2",
    "forced_by": "“",
    "problems": [],
}


class PreviewIn(BaseModel):
    model_config = with_example({"limit": 5}) | ConfigDict(extra="forbid")

    limit: int = Field(default=10, ge=1, le=100, description="Recipients to show.")
    text: str | None = Field(
        default=None, max_length=10_000, description="A text that is being written; without it, the campaign's own."
    )


class ProblemOut(BaseModel):
    model_config = with_example({"code": "missing_variable", "detail": "no value for {name}"})

    code: str = Field(description="`missing_variable`, `too_long` or `empty`: such a recipient is skipped.")
    detail: str


class RowOut(BaseModel):
    model_config = with_example(_ROW)

    phone_number: str
    text: str
    parts: int
    encoding: Encoding
    forced_by: str | None = Field(description="The first character that GSM-7 does not have, so UCS-2 is needed.")
    problems: list[ProblemOut]


class VariableOut(BaseModel):
    model_config = with_example({"name": "name", "default": "there", "known": True})

    name: str
    default: str | None
    known: bool = Field(description="False: none of the recipients looked at has a value for it; check its spelling.")


class ReplacementOut(BaseModel):
    model_config = with_example({"character": "“", "by": '"', "accent": False})

    character: str
    by: str
    accent: bool = Field(description="Words with it are spelled without their accent.")


class CharacterOut(BaseModel):
    model_config = with_example({"character": "🎉", "name": "party popper"})

    character: str
    name: str


class WordingOut(BaseModel):
    """A wording of the text with fewer characters outside GSM-7. Only an offer: PATCH the campaign to take it."""

    model_config = with_example(
        {
            "text": 'Hi {name}, "spring sale" today',
            "replaced": [{"character": "“", "by": '"', "accent": False}],
            "left": [],
        }
    )

    text: str
    replaced: list[ReplacementOut]
    left: list[CharacterOut] = Field(description="Characters without a plain spelling: they still force UCS-2.")


class ReminderOut(BaseModel):
    model_config = with_example({"code": "no_way_to_stop", "detail": "The text does not say how to stop."})

    code: str = Field(description="`no_sender` or `no_way_to_stop`.")
    detail: str


class PreviewOut(BaseModel):
    model_config = with_example(
        {
            "items": [_ROW],
            "looked_at": 1,
            "costliest": _ROW,
            "variables": [{"name": "name", "default": None, "known": True}],
            "wording": {
                "text": 'Hi {name}, Blue Door here: "spring sale" today. Reply STOP to stop.',
                "replaced": [
                    {"character": "“", "by": '"', "accent": False},
                    {"character": "”", "by": '"', "accent": False},
                ],
                "left": [],
            },
            "reminders": [],
        }
    )

    items: list[RowOut]
    looked_at: int = Field(description="Recipients among which `costliest` was found; a forecast looks at all.")
    costliest: RowOut | None
    variables: list[VariableOut]
    wording: WordingOut | None = Field(description="null: the words of the text fit GSM-7.")
    reminders: list[ReminderOut] = Field(description="What a first text should say. Nothing is ever appended.")


class SampleIn(BaseModel):
    model_config = with_example({"phone_number": "+13125550123"}) | ConfigDict(extra="forbid")

    phone_number: str = Field(max_length=100)


class SampleOut(BaseModel):
    model_config = with_example(
        {
            "message_id": "msg_6f1d6f2e1c1e5d3a9a577061726c6579",
            "phone_number": "+13125550123",
            "number": "+13125550100",
            "parts": 1,
            "encoding": "GSM-7",
        }
    )

    message_id: str = Field(description="`GET /api/messages/{id}` says what becomes of it.")
    phone_number: str = Field(description="As it was asked for.")
    number: str = Field(description="Your number that it is sent from.")
    parts: int
    encoding: Encoding
