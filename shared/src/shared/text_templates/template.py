"""A text with `{variables}`: what it names, and how it reads for one recipient.

`{name}` is replaced by the recipient's name. `{name|there}` says "there" if there is none; `{name|}` says nothing,
which the writer asked for. `{{` and `}}` stand for braces. A variable without value and default is reported and never
leaves a hole. Values are put in as they are: braces inside them mean nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from shared.blank_text import is_blank
from shared.control_characters import control_character_in, without_control_characters
from shared.errors import Invalid
from shared.text_templates.variables import variable_name

LONGEST_TEMPLATE = 5_000
"""Characters: more than any SMS has (1,530), with room for names of variables."""
LONGEST_TEXT = 1_600
"""Characters of a rendered text; the ten parts that a carrier takes hold at most 1,530. The rest is cut off, so that
long values cost nothing; the cut text is still too long for ten parts."""
MOST_VARIABLES = 100
"""Places in one text."""


@dataclass(frozen=True, slots=True)
class Variable:
    """A place in a text. `default` is None if the writer gave none."""

    name: str
    default: str | None


@dataclass(frozen=True, slots=True)
class Rendered:
    """`missing`: variables without value and default, each once. With any of them the text must not be sent."""

    text: str
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Template:
    """A text that was read; rendering it cannot fail."""

    pieces: tuple[str | Variable, ...]

    @property
    def variables(self) -> tuple[Variable, ...]:
        """Every variable once, in the order of the text; without a default if one place has none."""
        found: dict[str, Variable] = {}
        for piece in self.pieces:
            if isinstance(piece, Variable) and (piece.name not in found or piece.default is None):
                found[piece.name] = piece
        return tuple(found.values())

    def render(self, values: Mapping[str, str]) -> Rendered:
        """The text with these values, which `variables_of` names. Time is linear in the text, memory bounded."""
        shown: list[str] = []
        missing: dict[str, None] = {}
        room = LONGEST_TEXT
        for piece in self.pieces:
            part = piece if isinstance(piece, str) else _value(piece, values, missing)
            shown.append(part[: max(room, 0)])
            room -= len(part)
        return Rendered("".join(shown), tuple(missing))

    def filled(self, sample: str = "") -> str:
        """The text with each default in place, and `sample` where there is none: for judging the words around them."""
        return "".join(piece if isinstance(piece, str) else piece.default or sample for piece in self.pieces)


@lru_cache(maxsize=256)
def parse(text: str) -> Template:
    """Read a text once, to render it for many recipients.

    Raises `Invalid("invalid_text")`, whose `errors` hold the position (first character: 1) and the problem.
    """
    if len(text) > LONGEST_TEMPLATE:
        raise Invalid("text_too_long", f"a text has at most {LONGEST_TEMPLATE} characters; this one has {len(text)}")
    if problem := control_character_in(text):
        raise Invalid("control_character", problem)
    pieces = tuple(_joined(_pieces(text)))
    if sum(isinstance(piece, Variable) for piece in pieces) > MOST_VARIABLES:
        raise Invalid("too_many_variables", f"a text has at most {MOST_VARIABLES} variables")
    return Template(pieces)


def _pieces(text: str) -> Iterator[str | Variable]:
    at = 0
    while at < len(text):
        char = text[at]
        if char not in "{}":
            end = _next_brace(text, at)
            yield text[at:end]
            at = end
        elif text.startswith(char, at + 1):
            yield char
            at += 2
        elif char == "{":
            end = _end_of_variable(text, at)
            yield _variable(text[at + 1 : end], at)
            at = end + 1
        else:
            raise _invalid(at, "a } without its {; write }} to show a brace")


def _next_brace(text: str, start: int) -> int:
    found = [at for at in (text.find("{", start), text.find("}", start)) if at >= 0]
    return min(found, default=len(text))


def _end_of_variable(text: str, at: int) -> int:
    end = _next_brace(text, at + 1)
    if end == len(text) or text[end] == "{":
        raise _invalid(at, "a { without its }; write {{ to show a brace")
    return end


def _variable(inside: str, at: int) -> Variable:
    spelling, bar, default = inside.partition("|")
    name = variable_name(spelling)
    if name is None:
        raise _invalid(at, "between { and } stands the name of a variable: letters, digits and _; then | and a default")
    return Variable(name, default if bar else None)


def _joined(pieces: Iterator[str | Variable]) -> Iterator[str | Variable]:
    """Words that follow one another are one piece."""
    words: list[str] = []
    for piece in pieces:
        if isinstance(piece, str):
            words.append(piece)
            continue
        if words:
            yield "".join(words)
            words.clear()
        yield piece
    if words:
        yield "".join(words)


def _value(place: Variable, values: Mapping[str, str], missing: dict[str, None]) -> str:
    value = without_control_characters(values.get(place.name, "")[:LONGEST_TEXT]).strip()
    if not is_blank(value):
        return value
    if place.default is None:
        missing[place.name] = None
        return f"{{{place.name}}}"
    return place.default


def _invalid(at: int, problem: str) -> Invalid:
    detail = f"character {at + 1} of the text: {problem}"
    return Invalid("invalid_text", detail, [{"field": "text", "position": str(at + 1), "problem": problem}])
