"""The text of one recipient, and whether it may be sent."""

from __future__ import annotations

from dataclasses import dataclass

from shared.blank_text import is_blank
from shared.sms_parts import Measured, measure
from shared.text_templates.template import Template
from shared.text_templates.variables import Addressee, variables_of

MOST_PARTS = 10
"""The carrier refuses more (Telnyx: 40302)."""

MISSING_VARIABLE, TOO_LONG, EMPTY = "missing_variable", "too_long", "empty"


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a text is not sent: the recipient is skipped with this code."""

    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class RowText:
    """`problems`: the first is the reason of the skip. A text with any of them must not be sent."""

    text: str
    measured: Measured
    problems: tuple[Problem, ...] = ()

    @property
    def skip_reason(self) -> str | None:
        return self.problems[0].code if self.problems else None


def text_for(template: Template, recipient: Addressee) -> RowText:
    """The text that this recipient gets."""
    return text_with(template, variables_of(recipient))


def text_with(template: Template, values: dict[str, str]) -> RowText:
    rendered = template.render(values)
    measured = measure(rendered.text)
    problems: list[Problem] = []
    if rendered.missing:
        names = ", ".join(f"{{{name}}}" for name in rendered.missing)
        problems.append(Problem(MISSING_VARIABLE, f"no value for {names}; give a default, such as {{name|there}}"))
    if measured.parts > MOST_PARTS:
        problems.append(Problem(TOO_LONG, f"the text has more than {MOST_PARTS} SMS parts, which no carrier takes"))
    if is_blank(rendered.text):
        problems.append(Problem(EMPTY, "nothing of the text can be seen"))
    return RowText(rendered.text, measured, tuple(problems))
