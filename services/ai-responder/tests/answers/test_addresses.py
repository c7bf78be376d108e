"""Addresses that nobody gave the assistant are found however they are spelled; ordinary sentences are left alone."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ai_responder.domain.addresses import with_sentence_spaces
from ai_responder.domain.checks import Known, unknown_link, unknown_number
from ai_responder.domain.visible_text import readable, visible, writable

OURS = [
    "Ann's Bakery: annsbakery.com/menu, hello@annsbakery.com, Cash App $AnnsBakery, call +1 312 555 0100. "
    "Also bäckerei.de and the shop at ann.shop."
]
KNOWN = Known(OURS, ["my order is 998877665544, my cell 312-555-0188"])

UNKNOWN = [
    "go to evil.com now",
    "evil.zip has it",
    "Look at evil.xyz.",
    "menu at evil.photography/cakes",
    "see EVIL.COM",
    "see Evil.Com please",
    "пример.рф",
    "see xn--e1afmkfd.xn--p1ai",
    "例子.中国",
    "hxxp://evil.example/x",
    "hXXps://evil.com",
    "evil[.]com",
    "evil(.)com/path",
    "evil [dot] com",
    "evil dot com",
    "annsbakery.com.evil.ru",
    "аnnsbakery.com",  # a Cyrillic a
    "evil.annsbakery.com",
    "annsbakery.com@evil.ru",
    "//evil.com/x",
    "ｅｖｉｌ．ｃｏｍ",
    "ｗｗｗ．ｅｖｉｌ．ｃｏｍ",
    "evil。com",
    "ev\u200bil.c\u2060om",
    "192.168.1.7",
    "http://2130706433/",
    "open 10.0.0.1:8080/login",
    "http://[::1]/x",
    "mail boss@evil.com",
    "mail ｂｏｓｓ＠ｅｖｉｌ．ｃｏｍ",
    "evil.com.Then call us",
    "tel:evil.com?x",
    "pay $EvilPay on Cash App",
    "Venmo @evil-one",
    "send money by paypal to @evilone",
    "pay to evil@okbank",
    "bc1qxy2kgdygjrsqtzq2n0yrf2493p83kkfjhx0wlh",
    "0x52908400098527886E0F7030069857D2E4169EE7",
    "transfer to DE89 3704 0044 0532 0130 00",
    "Thanks.It/path",  # a path makes it an address
]

HARMLESS = [
    "Thanks.It is ready",
    "Sure.No problem",
    "Great.So see you at 5.",
    "Yes.We are open.Call us!",
    "We open at 7.Come by. No.1 in town, e.g. cakes.",
    "It costs $5.50, or $12 for three.",
    "See you at 10.am or 3.pm",
    "Dr.Smith will see you. Ask for Mr.Lee.",
    "She has a B.Sc. from the U.S. and lives in L.A.",
    "Version 1.2.3 of the form, a.k.a. the long one",
    "annsbakery.com/menu has all cakes",
    "Write to hello@annsbakery.com",
    "BÄCKEREI.de and ann.shop",
    "Cash App $annsbakery works",
    "We are open @ 9, see you @noon",
    "ok... sure... see you",
    "¡Claro.Es gratis!",
    "好的。请稍等。谢谢。",
    "Ready in 2.5 hours, size 3.0",
]


@pytest.mark.parametrize("text", UNKNOWN)
def test_an_address_that_the_business_never_wrote_is_found(text: str) -> None:
    assert unknown_link(with_sentence_spaces(text), KNOWN) is not None


@pytest.mark.parametrize("text", HARMLESS)
def test_ordinary_sentences_and_the_business_s_own_addresses_are_left_alone(text: str) -> None:
    assert unknown_link(with_sentence_spaces(text), KNOWN) is None


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("Thanks.It is ready", "Thanks. It is ready"),
        ("Sure.No problem.We wait", "Sure. No problem.We wait"),
        ("a.It b.It", "a. It b. It"),
        ("annsbakery.com", "annsbakery.com"),
        ("Thanks.It/path", "Thanks.It/path"),
    ],
)
def test_a_missing_space_after_a_sentence_is_put_in_so_that_no_phone_makes_a_link_of_it(text: str, sent: str) -> None:
    assert with_sentence_spaces(text) == sent


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Order #1234567890 is ready", None),
        ("Your order number is 1234567890.", None),
        ("pedido 1234567890 listo", None),
        ("Order 998877665544 has left", None),  # the customer's own
        ("Call 1234567890", "1234567890"),
        ("Order #3125559999, call it", "3125559999"),  # could be dialled: no order number the assistant was given
        ("Call ３１２－５５５－９９９９", "312-555-9999"),
        ("Call 3️⃣1️⃣2️⃣5️⃣5️⃣5️⃣9️⃣9️⃣9️⃣9️⃣", "3125559999"),
        ("Call (312) 555-0100", None),
        ("We reach you at 312 555 0188", None),
    ],
)
def test_numbers_that_could_be_dialled_are_found_and_order_numbers_are_not(text: str, found: str | None) -> None:
    assert unknown_number(text, KNOWN) == found


@given(st.text(max_size=300))
def test_no_text_makes_the_checks_raise(text: str) -> None:
    spaced = with_sentence_spaces(text)
    assert spaced.replace(" ", "") == text.replace(" ", "")
    unknown_link(text, Known([text]))
    unknown_number(text, Known([text]))


@given(st.from_regex(r"[a-z]{3,12}\.(com|net|shop|io|dev|xyz|it|no)", fullmatch=True), st.text(max_size=30))
def test_a_host_that_the_business_wrote_is_never_unknown(host: str, around: str) -> None:
    assert unknown_link(f"See {host} today", Known([f"Our page: {host}."])) is None


def test_every_invisible_code_point_is_taken_out_of_what_is_checked() -> None:
    """Category Cf and Default_Ignorable_Code_Point; a model and a phone would not see them either."""
    ignorable = [0x34F, 0x115F, 0x1160, 0x17B4, 0x180B, 0x3164, 0xFE00, 0xFE0F, 0xFFA0, 0xE0100, 0xE01EF]
    format_marks = [code for code in range(0x110000) if unicodedata.category(chr(code)) == "Cf"]
    assert [hex(code) for code in format_marks + ignorable if visible(f"a{chr(code)}b") != "ab"] == []


@pytest.mark.parametrize("text", ["می\u200cخواهم", "See you 👨\u200d👩\u200d👧!", "क्\u200dष"])
def test_joiners_stay_where_a_script_or_an_emoji_needs_them(text: str) -> None:
    assert readable(text) == writable(text) == text
    assert readable("ig\u200dnore\u200c") == "ignore"
