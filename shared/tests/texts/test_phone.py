"""What people write into a field for one phone number."""

from __future__ import annotations

import re

import phonenumbers
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from shared.errors import Invalid
from shared.phone import to_e164

E164 = re.compile(r"\+[1-9][0-9]{1,14}", re.ASCII)


@pytest.mark.parametrize(
    ("text", "region", "number"),
    [
        ("(312) 555-0123", "US", "+13125550123"),
        ("312.555.0123", "US", "+13125550123"),
        ("1 312 555 0123", "US", "+13125550123"),
        ("+1 312 555 0123", "DE", "+13125550123"),
        ("011 49 171 1234567", "US", "+491711234567"),
        ("00 1 312 555 0123", "DE", "+13125550123"),
        ("(+1) 312-555-0123", "US", "+13125550123"),
        ("+44 (0)7400 123456", "US", "+447400123456"),
        ("0171/1234567", "DE", "+491711234567"),
        ("tel:+1-312-555-0123", "US", "+13125550123"),
        ("\u202a+1 312\u2011555\u20110123\u202c", "US", "+13125550123"),
        ("+1\u00a0312\u00a0555\u00a00123", "US", "+13125550123"),
        ("＋１３１２５５５０１２３", "US", "+13125550123"),
        ("٣١٢٥٥٥٠١٢٣", "US", "+13125550123"),
        ("1-800-FLOWERS", "US", "+18003569377"),
        ("+1 888 go fedex", "DE", "+18884633339"),
        ("833-555-hair", "US", "+18335554247"),
    ],
)
def test_one_number_is_read_however_it_is_written(text: str, region: str, number: str) -> None:
    assert to_e164(text, region) == number


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("+1312555XXXX", "letters"),
        ("+1312555xxxx", "letters"),
        ("312-555-CAKE", "letters"),
        ("1-800-555-XXXX", "letters"),
        ("1-800-NXX-XXXX", "letters"),
        ("+1 312 555 O123", "letters"),
        ("+1 312 555 О123", "letters"),
        ("call 3125550123", "letters"),
        ("3125550123 or so", "letters"),
        ("+44 800 FLOWERS", "letters"),
        ("312-555-0123 x45", "extension"),
        ("312-555-0123x45", "extension"),
        ("312-555-0123 ext. 45", "extension"),
        ("312-555-0123 Extension 45", "extension"),
        ("+1 312 555 0123 #45", "extension"),
        ("tel:+13125550123;ext=45", "extension"),
        ("312-555-0123, 312-555-0124", "more than one"),
        ("312-555-0123; 312-555-0124", "more than one"),
        ("+13125550123+13125550124", "more than one"),
        ("+1 312 555 0123\n+1 312 555 0124", "more than one"),
        ("3125550123 & 3125550124", "more than one"),
        ("312-555-0123/312-555-0124", "too long|more digits"),
        ("3125550123 3125550124", "too long|more digits"),
        ("*67 312 555 0123", "does not belong"),
        ("+", "not a phone number"),
        ("", "not a phone number"),
        ("12", "too short|no such number"),
        ("72345", "no such number"),
        ("+999 12345678", "no such country"),
        ("3" * 41, "too long"),
    ],
)
def test_anything_but_one_plain_number_is_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(Invalid, match=reason) as refused:
        to_e164(text, "US")
    assert refused.value.code == "invalid_phone_number"


def test_a_landline_is_refused_where_the_plan_tells_it_apart() -> None:
    with pytest.raises(Invalid, match="landline") as refused:
        to_e164("030 901820", "DE")
    assert refused.value.code == "not_textable"


def _spellings() -> list[tuple[str, str, str]]:
    """A mobile number of every country in three ways of writing it, its region and the number itself."""
    forms = (PhoneNumberFormat.E164, PhoneNumberFormat.INTERNATIONAL, PhoneNumberFormat.NATIONAL)
    regions = sorted(phonenumbers.SUPPORTED_REGIONS)
    mobile = ((region, phonenumbers.example_number_for_type(region, PhoneNumberType.MOBILE)) for region in regions)
    written = phonenumbers.format_number
    return [
        (written(number, form), region, written(number, PhoneNumberFormat.E164))
        for region, number in mobile
        if number
        for form in forms
    ]


def test_a_mobile_number_of_every_country_is_read_as_its_people_write_it() -> None:
    spellings = _spellings()
    offenders = [(text, region) for text, region, number in spellings if to_e164(text, region) != number]
    assert (len(spellings) > 600, offenders) == (True, [])


typed = st.one_of(
    st.text(max_size=45),
    st.text(alphabet="0123456789+-(). /x#,;tel:XABC", max_size=30),
    st.sampled_from([text for text, _, _ in _spellings()]),
)
regions = st.one_of(st.sampled_from(["US", "DE", "AR", "IT", "MX", "CI", "", "ZZ", "001"]), st.text(max_size=3))


@given(typed, regions)
@example("+1312555XXXX", "US")
@example("\ud800", "US")
@settings(max_examples=400, deadline=None)
def test_what_is_read_is_e164_and_reads_as_itself_and_all_else_is_invalid(text: str, region: str) -> None:
    try:
        number = to_e164(text, region)
    except Invalid:
        return
    assert E164.fullmatch(number)
    assert to_e164(number, "US") == number
