"""What the neighbours' own payloads say: whose, which way, when, what; and what is left out, with the reason."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from conversation.neighbours.adapters.table import ADAPTERS
from conversation.neighbours.domain.heard import Heard, Ignored
from conversation.neighbours.domain.neighbour import Kind, Neighbour
from conversation.neighbours.post import Post
from shared.errors import Malformed
from shared.events import ContactActivity

SAMPLES = Path(__file__).parent / "samples"
NOW = datetime(2026, 3, 10, 14, 0, tzinfo=UTC)
SAID = "Hello,\n\nSaturday at five suits me. Could it be without nuts?\n\nAda"
MAILS: tuple[Kind, ...] = ("postmark", "sendgrid", "mailgun")


def sample(name: str) -> dict[str, Any]:
    return json.loads((SAMPLES / f"{name}.json").read_text())


def neighbour(kind: Kind, **fields: Any) -> Neighbour:
    return Neighbour(id="nbr_1", tenant_id="ten_one", kind=kind, created_at=NOW, updated_at=NOW, **fields)


def heard(kind: Kind, told: Any, **fields: Any) -> Heard:
    """As the hook hands it over: a form for two of them, else JSON."""
    is_form = kind in ("sendgrid", "mailgun")
    post = Post(headers={}, raw=b"" if is_form else json.dumps(told).encode())
    post.fields = {name: str(value).encode() for name, value in told.items()} if is_form else {}
    return ADAPTERS[kind].hear(post, neighbour(kind, **fields), NOW)


def activity(kind: Kind, told: Any, **fields: Any) -> ContactActivity:
    found = heard(kind, told, **fields)
    assert isinstance(found, ContactActivity), found
    assert found.checked() == found, "the broker's readers take it"
    return found


def with_header(kind: Kind, name: str, value: str) -> dict[str, Any]:
    told = sample(f"{kind}_inbound")
    if kind == "postmark":
        told["Headers"].append({"Name": name, "Value": value})
    elif kind == "sendgrid":
        told["headers"] += f"{name}: {value}\n"
    else:
        told["message-headers"] = json.dumps([*json.loads(told["message-headers"]), [name, value]])
    return told


def test_a_visitor_of_chatwoot_writes() -> None:
    found = activity("chatwoot", sample("chatwoot_incoming"), app_url="https://chat.bakery.example")
    assert found == ContactActivity(
        activity_id="nbr_1:4821",
        channel="chat",
        at=datetime(2026, 3, 10, 13, 58, 10, 412000, UTC),
        email="Ada@engines.example",
        external_id="77",
        external_system="chatwoot",
        name="Ada Lovelace",
        summary="Do you bake without nuts?",
        text="Do you bake without nuts?",
        direction="inbound",
        thread_key="nbr_1:312",
        link="https://chat.bakery.example/app/accounts/3/conversations/312",
    )


def test_an_agent_of_chatwoot_answers_and_the_activity_is_the_customers() -> None:
    found = activity("chatwoot", sample("chatwoot_outgoing"))
    assert (found.direction, found.external_id, found.name) == ("outbound", "77", "Ada Lovelace")
    assert (found.summary, found.thread_key, found.link) == ("Yes, every Thursday.", "nbr_1:312", None)


def test_older_versions_of_chatwoot_spell_ids_and_times_differently() -> None:
    found = activity("chatwoot", sample("chatwoot_older_version"))
    assert (found.activity_id, found.external_id) == ("nbr_1:1", "77")
    assert found.at == datetime(2026, 3, 10, 13, 5, 57, tzinfo=UTC)
    seconds = {**sample("chatwoot_incoming"), "message_type": 0, "created_at": 1773151090}
    assert activity("chatwoot", seconds).at == datetime(2026, 3, 10, 13, 58, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"event": "message_updated"}, "other_event"),
        ({"message_type": "activity"}, "system_note"),
        ({"message_type": "template"}, "automatic_text"),
        ({"message_type": 7}, "system_note"),
        ({"conversation": {"id": 1, "group": True}}, "group_chat"),
        ({"content": None}, "empty"),
        ({"id": None}, "no_id"),
        ({"sender": {}, "conversation": {"id": 1}}, "no_sender"),
    ],
)
def test_what_chatwoot_says_besides_is_left_out(changes: dict[str, Any], reason: str) -> None:
    assert heard("chatwoot", {**sample("chatwoot_incoming"), **changes}) == Ignored(reason=reason)


def test_a_private_note_is_left_out_because_the_assistant_could_repeat_it() -> None:
    assert heard("chatwoot", sample("chatwoot_private_note")) == Ignored(reason="private_note")
    assert heard("chatwoot", sample("chatwoot_status_changed")) == Ignored(reason="other_event")


def test_a_picture_without_words_is_named_by_its_kind() -> None:
    told = {**sample("chatwoot_incoming"), "content": "", "attachments": [{"id": 1, "file_type": "image"}] * 2}
    assert activity("chatwoot", told).summary == "2 image"


@pytest.mark.parametrize("kind", MAILS)
def test_an_e_mail_is_the_senders_with_what_was_newly_written(kind: Kind) -> None:
    found = activity(kind, sample(f"{kind}_inbound"))
    assert (found.email, found.name, found.direction) == ("Ada@engines.example", "Ada Lovelace", "inbound")
    assert found.text == SAID
    assert found.summary.startswith("Re: Saturday's cake: Hello, Saturday at five suits me.")
    assert found.at == datetime(2026, 3, 10, 13, 58, 10, tzinfo=UTC)


def test_all_three_providers_tell_the_same_of_one_mail() -> None:
    told = {activity(kind, sample(f"{kind}_inbound")).encode() for kind in MAILS}
    assert len(told) == 1


@pytest.mark.parametrize("kind", MAILS)
def test_answers_of_one_thread_are_grouped_and_are_mails_of_their_own(kind: Kind) -> None:
    first = activity(kind, sample(f"{kind}_inbound"))
    told = json.dumps(sample(f"{kind}_inbound")).replace("CAF8x=7", "CAF8x=8")
    other = activity(kind, json.loads(told))
    assert other.thread_key == first.thread_key
    assert other.activity_id != first.activity_id


@pytest.mark.parametrize("kind", MAILS)
def test_mail_from_an_own_address_is_outbound_and_belongs_to_its_recipient(kind: Kind) -> None:
    told = sample(f"{kind}_inbound")
    found = activity(kind, told, own_addresses=("@engines.example",))
    assert (found.direction, found.name) == ("outbound", "Bakery")
    assert found.email in told.get("To", told.get("to", told.get("recipient", "")))
    everyone = ("@engines.example", "@inbound.postmarkapp.com", "@parse.bakery.example", "@mg.bakery.example")
    assert heard(kind, told, own_addresses=everyone) == Ignored(reason="own_addresses_only")


@pytest.mark.parametrize("kind", MAILS)
@pytest.mark.parametrize(
    ("header", "value", "reason"),
    [
        ("Auto-Submitted", "auto-replied", "auto_reply"),
        ("X-Autoreply", "yes", "auto_reply"),
        ("Precedence", "auto_reply", "auto_reply"),
        ("Return-Path", "<>", "bounce"),
        ("List-Id", "<news.bakery.example>", "mailing_list"),
        ("Precedence", "bulk", "mailing_list"),
        ("X-Spam-Flag", "YES", "spam"),
    ],
)
def test_mail_that_no_person_wrote_is_left_out(kind: Kind, header: str, value: str, reason: str) -> None:
    assert heard(kind, with_header(kind, header, value)) == Ignored(reason=reason)


def test_a_bounce_is_known_by_its_sender_and_a_person_who_says_no_is_none() -> None:
    told = {**sample("mailgun_inbound"), "from": "Mail Delivery <MAILER-DAEMON@mail.example>"}
    assert heard("mailgun", told) == Ignored(reason="bounce")
    assert activity("mailgun", with_header("mailgun", "Auto-Submitted", "no"))


@pytest.mark.parametrize("kind", MAILS)
def test_mail_as_html_only_is_read_without_its_quotation(kind: Kind) -> None:
    told = sample(f"{kind}_inbound")
    for name in ("TextBody", "text", "body-plain"):
        if name in told:
            told[name] = ""
    assert activity(kind, told).text == "Saturday at five suits me.\nCould it be without nuts?"


def test_a_field_in_another_encoding_is_read_in_it() -> None:
    fields = {name: str(value).encode() for name, value in sample("sendgrid_inbound").items()}
    fields |= {"text": "Grüße".encode("iso-8859-1"), "charsets": b'{"text": "iso-8859-1", "from": "no-such"}'}
    found = ADAPTERS["sendgrid"].hear(Post(headers={}, fields=fields), neighbour("sendgrid"), NOW)
    assert isinstance(found, ContactActivity)
    assert found.text == "Grüße"


@pytest.mark.parametrize("charset", ["idna", "punycode", "undefined", "unicode_escape", "utf-7", "a\0b"])
def test_the_charset_that_a_stranger_names_breaks_nothing(charset: str) -> None:
    fields = {name: str(value).encode() for name, value in sample("sendgrid_inbound").items()}
    fields |= {"text": b"Hello \\ud800 +2AA-", "charsets": json.dumps({"text": charset}).encode()}
    found = ADAPTERS["sendgrid"].hear(Post(headers={}, fields=fields), neighbour("sendgrid"), NOW)
    assert isinstance(found, ContactActivity)
    assert found.text.startswith("Hello")
    assert found.checked() == found, "no half surrogate pair is left, which no event can carry"


def test_whole_mime_messages_are_not_read() -> None:
    assert heard("sendgrid", {"email": "Received: …", "to": "x"}) == Ignored(reason="raw_mime")
    assert heard("mailgun", {"body-mime": "Received: …"}) == Ignored(reason="raw_mime")


@pytest.mark.parametrize("kind", MAILS)
def test_mail_with_nothing_in_it_or_of_nobody_is_left_out(kind: Kind) -> None:
    blank = {name: "" if isinstance(value, str) else None for name, value in sample(f"{kind}_inbound").items()}
    assert heard(kind, blank) == Ignored(reason="no_sender")
    sender = {"FromFull": {"Email": "a@b.example"}, "from": "a@b.example"}
    assert heard(kind, {**blank, **sender}) == Ignored(reason="empty")


@pytest.mark.parametrize("kind", ["chatwoot", "postmark"])
@pytest.mark.parametrize("raw", [b"", b"[]", b"{", b"\xff", b"[" * 100_000, b"null"])
def test_a_body_that_is_no_json_object_is_malformed(kind: Kind, raw: bytes) -> None:
    with pytest.raises(Malformed):
        ADAPTERS[kind].hear(Post(headers={}, raw=raw), neighbour(kind), NOW)


@pytest.mark.parametrize("kind", ["chatwoot", *MAILS])
@pytest.mark.parametrize("junk", [7, "x", [], {}, [[1]], {"a": {"b": []}}, "\x00\x85", "9" * 400, -1e308])
def test_fields_of_any_type_raise_nothing(kind: Kind, junk: Any) -> None:
    told = sample("chatwoot_incoming" if kind == "chatwoot" else f"{kind}_inbound")
    for name in told:
        changed = {**told, name: junk if kind in ("chatwoot", "postmark") else json.dumps(junk)}
        found = heard(kind, changed)
        assert isinstance(found, Ignored) or found.checked()


@pytest.mark.parametrize("sender", ["(" * 2_000, "a:" * 1_000, '"' * 2_000, "<@" * 1_000])
def test_addresses_nested_without_end_are_nobodys(sender: str) -> None:
    assert heard("mailgun", {**sample("mailgun_inbound"), "from": sender}) == Ignored(reason="no_sender")


def test_only_the_beginning_of_a_long_mail_is_searched_for_a_quotation() -> None:
    found = activity("mailgun", {**sample("mailgun_inbound"), "body-plain": "From: a\n" * 50_000})
    assert len(found.text.splitlines()) == 300
    nested = {**sample("mailgun_inbound"), "body-plain": "", "body-html": "<div>" * 20_000 + "Hello"}
    assert activity("mailgun", nested).summary.startswith("Re: Saturday's cake")


def test_words_behind_a_comment_of_html_are_read() -> None:
    markup = "<div><!--[if mso]>hidden<![endif]-->Hello <!-- x -->Ada<?x y?>!</div>"
    told = {**sample("mailgun_inbound"), "body-plain": "", "body-html": markup}
    assert activity("mailgun", told).text == "Hello Ada!"
