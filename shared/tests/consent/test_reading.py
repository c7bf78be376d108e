"""What single texts mean, by kind; the counting over many is in test_corpus."""

import sys
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.consent import read_consent
from shared.consent.keywords import HELP_WORDS, START_WORDS, STOP_WORDS
from shared.consent.patterns import MOST, compile_patterns
from shared.consent.quoting.quotes import own_words
from shared.consent.tokens import LONGEST, sentences_of

ORDERS = (
    "unsubscribe me", "opt me out", "remove me from your list", "stop texting me", "take me off your list",
    "stop the texts", "opt out of these messages", "cancel the reminders", "delete my number",
)  # fmt: skip
ANY_TEXT = st.text(max_size=200)
UNQUOTED_TEXT = st.text(st.characters(exclude_characters='“”„«»"'), max_size=200)


def reading(text: str) -> str:
    return read_consent(text).reading


@pytest.mark.parametrize(
    "text",
    [
        "STOP", " Stop. ", "stop!!!", "“STOP”", "Stop all", "STOPALL", "unsubscribe", "CANCEL", "end", "Quit", "revoke",
        "opt out", "OPT-OUT", "optout", "remove", "Arrêt", "ARRE\u0302T", "alto", "parar", "No más", "s t o p",
        "ＳＴＯＰ", "st\u200bop", "\u202aSTOP\u202c", "<STOP>", "stop?", "STOPPPP", "STOPP", "SAIR", "PARE", "ABMELDEN",
        "СТОП", "停止", "退订", "توقف", "중지", "やめて",
        "Reply STOP to opt out", "STOP -John", "Stop please", "baja por favor",
    ],
)  # fmt: skip
def test_a_text_that_is_only_a_keyword_is_a_plain_one(text: str) -> None:
    found = read_consent(text)
    assert found.reading == "stop"
    assert found.plain_keyword or found.rule.startswith("stop")


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("START", "start"), ("Unstop.", "start"), ("start please", "start"), ("please start texting me again", "start"),
        ("opt me back in", "start"), ("opt in", "start"), ("stop in", "none"), ("subscribe", "none"),
        ("resume", "none"), ("cancel my opt out", "start"), ("now you start texting me again", "none"),
        ("opt in? no way", "none"), ("Quiero darme de alta en el seguro", "none"),
        ("darme de alta en la lista", "start"),
        ("ALTA", "start"), ("vuelve a enviarme mensajes", "start"), ("INFO", "help"),
        ("¿Ayuda?", "help"), ("help", "help"), ("restart my order", "none"),
        ("don't start texting me again", "possible_stop"),
        ("when will you start texting me again?", "none"), ("help me find my order", "none"),
    ],
)  # fmt: skip
def test_opt_ins_and_calls_for_help_have_their_forms(text: str, wish: str) -> None:
    assert reading(text) == wish


@pytest.mark.parametrize(
    ("text", "sign", "quoted"),
    [
        ("Liked “See you. Reply STOP to opt out.”", "Liked", "See you. Reply STOP to opt out."),
        ("👍 to “ Reply STOP to end ”", "👍", "Reply STOP to end"),
        ("Reacted 😂 to “STOP”", "😂", "STOP"),
        ("Removed a like from “STOP”", "Removed a like from", "STOP"),
        ("Ann liked “STOP”", "Ann liked", "STOP"),
        ("A Ann le gustó “Envía BAJA”", "A Ann le gustó", "Envía BAJA"),
        ("A aimé « Répondez STOP »", "A aimé", "Répondez STOP"),
        ("Hat „Antworte STOP“ geliebt", "Hat", "Antworte STOP"),
        ("Gefällt „STOPP“", "Gefällt", "STOPP"),
        ("Loved “Your order is ready. Reply STOP to unsu", "Loved", "Your order is ready. Reply STOP to unsu"),
        ("Loved an image", "Loved an image", ""),
    ],
)  # fmt: skip
def test_a_reaction_is_told_apart_with_what_it_quotes(text: str, sign: str, quoted: str) -> None:
    found = read_consent(text)
    assert (found.kind, found.reading, found.reaction, found.quoted) == ("reaction", "none", sign, quoted)


@given(
    head=st.sampled_from(
        ["Liked ", "Loved ", "Questioned ", "👍 to ", "Reacted 😂 to ", "Le encantó ", "A adoré ", "Mag "]
    ),
    quoted=UNQUOTED_TEXT,
    marks=st.sampled_from(["“”", '""', "«»", "„“"]),
)
def test_a_reaction_to_any_text_is_no_wish(head: str, quoted: str, marks: str) -> None:
    found = read_consent(f"{head}{marks[0]}{quoted}{marks[1]}")
    assert (found.kind, found.reading) == ("reaction", "none")


@pytest.mark.parametrize(
    ("text", "kind", "wish"),
    [
        ("I'm driving with Focus turned on. I'll see your message when I get where I'm going.", "autoreply", "none"),
        ("Auto-reply: I am out of the office. Reply STOP to end.", "autoreply", "none"),
        ("> Reply STOP to unsubscribe", "quote", "none"),
        ("> Reply STOP to unsubscribe\nSTOP", "text", "stop"),
        ("> Reply STOP to unsubscribe\nTuesday is fine", "text", "none"),
        ("Re: Reply STOP to opt out\nIs Tuesday ok?", "text", "none"),
        ('"Reply STOP to end" - it never came', "text", "none"),
        ("Stop\n\nSent from my iPhone", "text", "stop"),
        ("Automatic reply: please stop texting me", "text", "possible_stop"),
        ("Auto-reply: I am away. STOP", "text", "possible_stop"),
        ("Auto-reply? STOP", "text", "stop"),
        ("Out of office supplies, can you deliver?", "text", "none"),
        ("I'm driving right now, where exactly are you?", "text", "none"),
        ("I'm driving right now", "autoreply", "none"),
        ("Re: STOP", "text", "stop"),
        ("RE: your text, please stop texting me", "text", "possible_stop"),
        ("Re: Can I come at 3 instead?", "text", "none"),
        ("Fwd: Reply STOP to opt out", "quote", "none"),
        ("Maria wrote: can I come at 3?", "text", "none"),
        ("Maria wrote:\n> Reply STOP to end", "quote", "none"),
        ("> stop texting me", "text", "possible_stop"),
        ('Please change 2 to "3"', "text", "none"),
        ("2️⃣ to “Reply STOP”", "reaction", "none"),
        ('Loved "your service" but please "STOP"', "text", "stop"),
        ('Loved "He said "hi" to me. Reply STOP"', "reaction", "none"),
        ("Stop liked “x”", "text", "possible_stop"),
        ('I told you "Do not text me!" and I mean it', "text", "possible_stop"),
    ],
)
def test_words_of_others_are_not_the_customers(text: str, kind: str, wish: str) -> None:
    found = read_consent(text)
    assert (found.kind, found.reading) == (kind, wish)


_KEYWORDS = st.sampled_from(sorted(word for word in STOP_WORDS if word.isascii() and len(word) > 2))
_CASES: st.SearchStrategy[Callable[[str], str]] = st.sampled_from([str.upper, str.lower, str.title, str.swapcase])


@given(
    word=_KEYWORDS, case=_CASES, before=st.text(" \n.!*\"'<(", max_size=3), after=st.text(" \n.!?*\"'>)", max_size=5)
)
def test_a_keyword_is_one_however_it_is_dressed(word: str, case: Callable[[str], str], before: str, after: str) -> None:
    assert reading(f"{before}{case(word)}{after}") == "stop"


@given(
    order=st.sampled_from(ORDERS),
    denial=st.sampled_from(
        ["please do not", "don't", "I don't want to", "I never asked to", "please don’t ever", "DON'T"]
    ),
)
def test_an_order_that_is_denied_is_none(order: str, denial: str) -> None:
    assert reading(order) == "stop"
    assert reading(f"{denial} {order}") in ("none", "start")


@given(order=st.sampled_from(ORDERS), question=st.sampled_from(["what happens if I", "if you", "did I ask you to"]))
def test_an_order_that_is_only_spoken_of_is_not_obeyed(order: str, question: str) -> None:
    assert reading(f"{question} {order}?") != "stop"


@given(order=st.sampled_from(ORDERS), name=st.sampled_from(["", "Hi, ", "Hello! ", "Please ", "Can you please "]))
def test_politeness_changes_nothing(order: str, name: str) -> None:
    assert reading(f"{name}{order}. Thank you!") == "stop"


@given(ANY_TEXT)
def test_any_text_has_a_reading_and_the_same_one_each_time(text: str) -> None:
    found = read_consent(text)
    assert found == read_consent.__wrapped__(text) == read_consent.__wrapped__(f"{text}")
    assert read_consent(f"  {text}\n").reading == found.reading


def test_no_keyword_means_two_things() -> None:
    assert not STOP_WORDS & START_WORDS
    assert not HELP_WORDS & (STOP_WORDS | START_WORDS)


def calls_of(act: Callable[[], object]) -> int:
    """Calls of functions, the interpreter's own included: a measure of work that no other process disturbs."""
    counted = 0

    def count(_frame: object, event: str, _arg: object) -> None:
        nonlocal counted
        counted += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        act()
    finally:
        sys.setprofile(None)
    return counted


HOSTILE = (
    "do not dont never stop all these ", "s t o p ", "“", "\"", "> ", ">\n", "stop", "stop, ", "how to to to to ",
    "remove me ", "no me no me ya ya ", "s.", "Re: \n", "a", "\u0301", "👍", "не ", "退", "the the the these ",
    "no me mande de la ",
)  # fmt: skip


@pytest.mark.parametrize("piece", HOSTILE)
def test_work_grows_no_faster_than_the_text(piece: str) -> None:
    short, long = (piece * (size // len(piece)) for size in (LONGEST // 8, LONGEST // 2))
    read_consent.__wrapped__(short)  # what is looked up once only
    few = calls_of(lambda: read_consent.__wrapped__(short))
    many = calls_of(lambda: read_consent.__wrapped__(long))
    assert many <= 4 * few * 1.3 + 500


def test_a_text_of_any_length_is_read_as_far_as_the_longest() -> None:
    assert calls_of(lambda: sentences_of("stop all " * 100_000)) <= 1.1 * calls_of(
        lambda: sentences_of("stop all " * 1000)
    )


def test_a_pattern_spans_a_bounded_number_of_words() -> None:
    (pattern,) = compile_patterns("stop the* texts", {})
    words = ("stop", *["the"] * MOST, "texts")
    assert pattern.end_of_match(words, 0, len(words)) == len(words)
    longer = ("stop", *["the"] * (MOST + 1), "texts")
    assert pattern.end_of_match(longer, 0, len(longer)) is None


@pytest.mark.parametrize("source", ["(stop (it|this))", "(a b|c)* d", "_ stop", "stop? it?"])
def test_a_pattern_that_cannot_be_run_is_refused(source: str) -> None:
    with pytest.raises(ValueError, match=r"group|single|known|must be"):
        _ = [pattern.first_words for pattern in compile_patterns(source, {})]


def test_own_words_leave_nothing_of_a_quote() -> None:
    assert own_words("On Tue you wrote: Reply STOP\nok").text == "ok"
