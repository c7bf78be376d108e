"""Who looks at what, from the words of streams alone."""

from __future__ import annotations

import pytest

from realtime.presence.domain.streams import (
    KEPT_SECONDS,
    MOST_SHOWN,
    MOST_STREAMS,
    Looking,
    Sighting,
    TenantPresence,
    looking_said_in,
)


def word(stream: str, at: str | None, n: int = 1, user: str = "usr_ann", *, typing: bool = False) -> Sighting:
    looking = Looking(conversation_id=at, typing=typing)
    return Sighting(instance="ins_1", stream=stream, n=n, user_id=user, name=user.title(), looking=looking)


def test_a_user_goes_from_one_conversation_to_the_next():
    tenant = TenantPresence()
    assert tenant.see(word("a", "cnv_1"), 0) == {"cnv_1"}
    assert tenant.users("cnv_1") == [{"id": "usr_ann", "name": "Usr_Ann", "typing": False}]
    assert tenant.see(word("a", "cnv_2", 2), 0) == {"cnv_1", "cnv_2"}
    assert (tenant.users("cnv_1"), tenant.conversations) == ([], {"cnv_2"})
    assert tenant.see(word("a", None, 3), 0) == {"cnv_2"}
    assert tenant.conversations == set()


def test_a_user_with_two_streams_is_one_user_until_both_have_gone():
    tenant = TenantPresence()
    tenant.see(word("a", "cnv_1"), 0)
    assert tenant.see(word("b", "cnv_1"), 0) == set()
    assert tenant.see(word("b", "cnv_1", 2, typing=True), 0) == {"cnv_1"}
    assert [user["typing"] for user in tenant.users("cnv_1")] == [True]
    assert tenant.see(word("a", None, 2), 0) == set()
    assert tenant.see(word("b", None, 3), 0) == {"cnv_1"}


def test_a_repeated_word_changes_nothing_and_an_older_one_is_ignored():
    tenant = TenantPresence()
    tenant.see(word("a", "cnv_2", 2), 0)
    assert tenant.see(word("a", "cnv_2", 2), 10) == set()
    assert tenant.see(word("a", "cnv_1", 1), 10) == set()
    assert tenant.conversations == {"cnv_2"}


def test_what_is_not_repeated_runs_out():
    tenant = TenantPresence()
    tenant.see(word("a", "cnv_1"), 0)
    tenant.see(word("b", "cnv_1", user="usr_tom"), 0)
    tenant.see(word("b", "cnv_1", user="usr_tom"), 20)
    assert tenant.expire(KEPT_SECONDS - 1) == set()
    assert tenant.expire(KEPT_SECONDS) == {"cnv_1"}
    assert [user["id"] for user in tenant.users("cnv_1")] == ["usr_tom"]
    assert tenant.expire(KEPT_SECONDS + 20) == {"cnv_1"}


def test_a_tenant_and_a_conversation_hold_so_much():
    tenant = TenantPresence()
    for number in range(MOST_STREAMS + 5):
        tenant.see(word(f"s{number}", f"cnv_{number // (MOST_SHOWN + 5)}", user=f"usr_{number}"), 0)
    assert len(tenant.users("cnv_0")) == MOST_SHOWN
    assert tenant.see(word("one more", "cnv_new"), 0) == set()
    assert tenant.see(word("s0", "cnv_new", 2), 0) == {"cnv_0", "cnv_new"}


def test_the_users_of_a_conversation_are_found_without_a_look_at_all_others(monkeypatch: pytest.MonkeyPatch):
    """Or thousands of streams that run out at once would stop the process for seconds."""
    tenant = TenantPresence()
    for number in range(300):
        tenant.see(word(f"s{number}", f"cnv_{number}", user=f"usr_{number}"), 0)
    looked_at = 0
    shown = Sighting.__getattribute__

    def counted(self: Sighting, name: str) -> object:
        nonlocal looked_at
        looked_at += name == "looking"
        return shown(self, name)

    monkeypatch.setattr(Sighting, "__getattribute__", counted)
    assert len(tenant.expire(KEPT_SECONDS)) == 300
    assert 0 < looked_at <= 5 * 300
    assert tenant.conversations == set()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '{"type": "typing"}',
        '{"type": "looking", "conversation_id": 5}',
        '{"type": "looking", "conversation_id": "cnv/1"}',
        '{"type": "looking", "conversation_id": "' + "x" * 2000 + '"}',
    ],
)
def test_what_is_no_word_is_not_heard(text):
    assert looking_said_in(text) is None


def test_a_word_is_heard():
    assert looking_said_in('{"type":"looking","conversation_id":"cnv_1","typing":true}') == Looking(
        conversation_id="cnv_1", typing=True
    )
    assert looking_said_in('{"type":"looking","conversation_id":null,"typing":true}') == Looking(conversation_id=None)
