"""Texts with variables: what they name, how they read for a recipient, and what is refused."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import Invalid
from shared.text_templates.template import LONGEST_TEMPLATE, LONGEST_TEXT, Rendered, Variable, parse
from shared.text_templates.variables import variable_name, variables_of


@dataclass(frozen=True)
class Person:
    phone_number: str = "+13125550123"
    name: str = ""
    company: str = ""
    fields: tuple[tuple[str, str], ...] = ()


def rendered(text: str, **values: str) -> Rendered:
    return parse(text).render(values)


def test_a_variable_is_replaced_by_its_value() -> None:
    assert rendered("Hi {name} of {company}!", name="Ana", company="Blue") == Rendered("Hi Ana of Blue!")


def test_a_default_stands_in_where_there_is_no_value() -> None:
    assert rendered("Hi {name|there}!").text == "Hi there!"
    assert rendered("Hi {name|there}!", name="Ana").text == "Hi Ana!"
    assert rendered("Hi{name|}!") == Rendered("Hi!"), "the writer asked for nothing"


@pytest.mark.parametrize("blank", ["", "  ", "\u200b", "\u2800", "\x00"])
def test_a_value_that_nobody_can_see_counts_as_missing(blank: str) -> None:
    assert rendered("Hi {name|there}!", name=blank).text == "Hi there!"
    assert rendered("Hi {name}!", name=blank).missing == ("name",)


def test_each_missing_variable_is_named_once_and_leaves_no_hole() -> None:
    assert rendered("{a} {b} {a}, {c|x}") == Rendered("{a} {b} {a}, x", ("a", "b"))


@pytest.mark.parametrize(
    ("text", "shown"),
    [("{{name}}", "{name}"), ("{{{name}}}", "{Ana}"), ("}}{{", "}{"), ("100 % {{ok}}: {name}", "100 % {ok}: Ana")],
)
def test_doubled_braces_are_braces(text: str, shown: str) -> None:
    assert rendered(text, name="Ana").text == shown


@pytest.mark.parametrize("text", ["{First Name}", "{first_name}", "{ first-name }", "{FIRST  NAME|x}"])
def test_spellings_of_one_name_are_one_variable(text: str) -> None:
    assert rendered(text, first_name="Ana").text == "Ana"


@pytest.mark.parametrize("name", ["größe", "prénom", "имя", "नाम_हिन्दी", "名前", "2nd_phone"])
def test_names_may_be_of_any_script(name: str) -> None:
    assert rendered(f"<{{{name}}}>", **{name: "1"}).text == "<1>"


def test_composed_and_decomposed_letters_name_one_variable() -> None:
    assert variable_name("pre\u0301nom") == variable_name("PR\u00c9NOM") == "pr\u00e9nom"


@pytest.mark.parametrize("text", ["", " ", "a.b", "a b!", "{", "a" * 61, "x" * 100_000, "a\x00b"])
def test_what_cannot_name_a_variable(text: str) -> None:
    assert variable_name(text) is None


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("Hi {name", 4),
        ("Hi name}", 8),
        ("{}", 1),
        ("{a{b}}", 1),
        ("a {|x}", 3),
        ("{a.b}", 1),
        ("{{{", 3),
        ("{a} {b!}", 5),
    ],
)
def test_a_broken_text_is_refused_with_the_place(text: str, position: int) -> None:
    with pytest.raises(Invalid) as refused:
        parse(text)
    assert refused.value.code == "invalid_text"
    assert refused.value.errors[0]["position"] == str(position)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("x" * (LONGEST_TEMPLATE + 1), "text_too_long"),
        ("{a}" * 101, "too_many_variables"),
        ("a\x00b", "control_character"),
        ("{a\ud800}", "control_character"),
    ],
)
def test_hostile_texts_are_refused_by_name(text: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse(text)
    assert refused.value.code == code


def test_braces_in_a_value_mean_nothing() -> None:
    assert rendered("Hi {name}", name="{company} {{x}}", company="secret").text == "Hi {company} {{x}}"


def test_control_characters_of_a_value_are_left_out() -> None:
    assert rendered("Hi {name}!", name="An\x07a\x1b").text == "Hi Ana!"


def test_long_values_cost_nothing_and_stay_too_long() -> None:
    assert len(rendered("{a}" * 100, a="x" * 1_000_000).text) == LONGEST_TEXT


def test_variables_are_listed_once_and_without_default_if_one_place_has_none() -> None:
    assert parse("{b|x} {a|y} {b}").variables == (Variable("b", None), Variable("a", "y"))


def test_a_recipient_gives_its_values() -> None:
    person = Person(name="Ana Sofía Ruiz", company="Blue", fields=(("email", "a@b.example"), ("favourite_cake", " ")))
    assert variables_of(person) == {
        "name": "Ana Sofía Ruiz",
        "first_name": "Ana",
        "company": "Blue",
        "phone_number": "+13125550123",
        "email": "a@b.example",
    }


def test_a_column_for_the_first_name_wins_over_the_first_word() -> None:
    assert variables_of(Person(name="Ruiz Ana", fields=(("first_name", "Ana"),)))["first_name"] == "Ana"
    assert "first_name" not in variables_of(Person())


@given(st.text())
def test_a_name_read_again_is_the_same_name(text: str) -> None:
    name = variable_name(text)
    assert name is None or variable_name(name) == name


@given(st.text(alphabet="{}|ab_ \u200b\x00é", max_size=40), st.dictionaries(st.sampled_from("ab"), st.text()))
def test_any_text_is_either_refused_or_rendered_without_a_hole(text: str, values: dict[str, str]) -> None:
    try:
        template = parse(text)
    except Invalid:
        return
    shown = template.render(values)
    assert set(shown.missing) <= {variable.name for variable in template.variables}
    assert all(f"{{{name}}}" in shown.text for name in shown.missing)


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=200))
def test_a_text_with_its_braces_doubled_reads_as_it_was(text: str) -> None:
    assert parse(text.replace("{", "{{").replace("}", "}}")).render({}) == Rendered(text)
