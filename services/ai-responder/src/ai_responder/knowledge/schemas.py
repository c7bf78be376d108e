"""The wire shapes of an assistant's knowledge."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from ai_responder.knowledge import examples
from ai_responder.knowledge.domain.blocks import Pair
from ai_responder.knowledge.domain.document import KnowledgeDocument
from ai_responder.knowledge.requests import Written
from shared.blank_text import is_blank
from shared.control_characters import without_control_characters
from shared.http.openapi_examples import with_example
from shared.values import Moment

MOST_TEXT, MOST_PAIRS, LONGEST_QUESTION, LONGEST_ANSWER = 200_000, 500, 500, 4_000


def _written(text: str) -> str:
    plain = without_control_characters(text).strip()
    if is_blank(plain):
        raise ValueError("must not be blank")
    return plain


Question = Annotated[str, Field(max_length=LONGEST_QUESTION), AfterValidator(_written)]
Answer = Annotated[str, Field(max_length=LONGEST_ANSWER), AfterValidator(_written)]
Title = Annotated[str, Field(max_length=200), AfterValidator(lambda text: " ".join(_written(text).split()))]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class PairIn(_Body):
    """A question that customers ask, and the answer to it."""

    question: Question
    answer: Answer


class KnowledgeIn(_Body):
    """One of: `text` with a `title`; `question` and `answer`; `pairs`."""

    model_config = ConfigDict(extra="forbid") | with_example(examples.TEXT)

    title: Title | None = None
    text: Annotated[str, Field(max_length=MOST_TEXT), AfterValidator(_written)] | None = Field(
        default=None, description="Markdown headings and blank lines say where it may be cut."
    )
    question: Question | None = None
    answer: Answer | None = None
    pairs: list[PairIn] = Field(default_factory=list[PairIn], max_length=MOST_PAIRS)

    @model_validator(mode="after")
    def _one_of(self) -> KnowledgeIn:
        if (self.question is None) != (self.answer is None):
            raise ValueError("question and answer belong together")
        if sum((self.text is not None, self.question is not None, bool(self.pairs))) != 1:
            raise ValueError("give one of: text, question with answer, pairs")
        if self.text is not None and self.title is None:
            raise ValueError("a text needs a title")
        return self

    def written(self) -> Written:
        given = [PairIn(question=self.question, answer=self.answer)] if self.question and self.answer else self.pairs
        pairs = tuple(Pair(question=pair.question, answer=pair.answer) for pair in given)
        return Written(self.title or "", self.text or "", pairs)


def json_schema() -> dict[str, Any]:
    """Of `KnowledgeIn`, in one piece: a body that may also be a form is described by hand."""
    schema = KnowledgeIn.model_json_schema()
    schema["properties"]["pairs"]["items"] = schema.pop("$defs")[PairIn.__name__]
    return schema


class KnowledgeErrorOut(BaseModel):
    """Why a document cannot be read."""

    code: str = Field(examples=["no_text"])
    detail: str


class PairOut(BaseModel):
    question: str
    answer: str


class KnowledgeOut(BaseModel):
    model_config = with_example(examples.DOCUMENT)

    id: str
    kind: Literal["text", "pairs", "file"]
    title: str
    file_name: str | None
    state: Literal["reading", "ready", "failed"] = Field(description="Only what is `ready` is used in answers.")
    error: KnowledgeErrorOut | None = Field(description="Of `failed`: why it cannot be read.")
    size: int = Field(description="Bytes of the file, or characters of the text.")
    pages: int | None = Field(description="Of a PDF.")
    passages: int = Field(description="Pieces that it is found by; 0 until it is ready.")
    characters: int = Field(description="Of the text that was found in it.")
    text: str = Field(description="As it was given; empty in lists and for files.")
    pairs: list[PairOut] = Field(description="As they were given; empty in lists.")
    created_at: Moment
    updated_at: Moment

    @classmethod
    def of(cls, known: KnowledgeDocument, *, whole: bool = True) -> KnowledgeOut:
        measure, failure = known.measure, known.failure
        return cls(
            id=known.id,
            kind="file" if known.upload else "pairs" if known.pairs else "text",
            title=known.title,
            file_name=known.upload.name if known.upload else None,
            state="reading" if known.state == "deleted" else known.state,
            error=KnowledgeErrorOut(code=failure.code, detail=failure.detail) if failure else None,
            size=known.size,
            pages=(measure.pages if measure else 0) or None,
            passages=measure.passages if measure else 0,
            characters=measure.characters if measure else 0,
            text=known.text if whole else "",
            pairs=[PairOut(question=pair.question, answer=pair.answer) for pair in known.pairs] if whole else [],
            created_at=known.created_at,
            updated_at=known.updated_at,
        )
