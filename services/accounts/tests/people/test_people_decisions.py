"""Sessions, passwords and lock-outs: the decisions alone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.audit import Author
from accounts.people.domain.lockout import PER_VISITOR, charge
from accounts.people.domain.passwords import check_password
from accounts.people.domain.users import Profile, Session, User, change_user, principal, sign_in
from shared.access.gate import read, sign
from shared.clock import ManualClock
from shared.errors import Invalid, TooMany
from shared.keyring import Keyring


def _someone(clock: ManualClock) -> User:
    profile = Profile(email="ann@example.com", name="Ann", role="admin", password_hash="h")
    return User(id="usr_1", tenant_id="ten_1", profile=profile, created_at=clock.now(), issued_up_to=clock.now())


@given(st.lists(st.sampled_from(["in", "role", "wait", "back"]), max_size=30))
def test_a_session_is_void_exactly_if_rights_changed_after_it(acts: list[str]):
    """Whatever the clock does: it may stand still, or step back as another instance's would."""
    clock = ManualClock()
    user, line, issued = _someone(clock), None, []
    for n, act in enumerate(acts):
        if act == "in":
            moment = clock.now()
            session = Session(id=f"ses_{n}", issued_at=moment, expires_at=moment + timedelta(days=1))
            decision = sign_in(user, "h", session, moment)
            user = decision.state
            issued.append([decision.answer, True])
        elif act == "role":
            role = "agent" if user.profile.role == "admin" else "admin"
            decision = change_user(user, user, {"role": role}, Author("operator", clock.now()))
            user, line = decision.state, decision.events[0].data.issued_before
            for one in issued:
                one[1] = False
        else:
            clock.advance(5 if act == "wait" else -3)
    for who, valid in issued:
        assert (line is None or who.issued_at >= line) == valid


def test_a_credential_keeps_the_millisecond_of_a_session():
    clock = ManualClock()
    clock.advance(0.123 + 80 * 365 * 86400)
    keyring = Keyring("a-secret-of-32-characters-or-more!")
    session = Session(id="ses_1", issued_at=clock.now(), expires_at=clock.now() + timedelta(hours=1))
    who = principal(_someone(clock), session)
    assert read(keyring, sign(keyring, who)).issued_at == session.issued_at


def test_passwords_that_look_alike_are_alike():
    assert check_password("Passwörter sind lang", "a@b.c") == check_password("Passwo\u0308rter sind lang", "a@b.c")
    with pytest.raises(Invalid):
        check_password("\u0061" * 3 + "b" * 8, "a@b.c")


def test_waits_grow_and_are_forgotten():
    clock, state, waits = ManualClock(), None, []
    for _ in range(30):
        try:
            state = charge(state, PER_VISITOR, clock.now())
        except TooMany as blocked:
            waits.append(blocked.after)
            clock.advance(blocked.after)
            state = charge(state, PER_VISITOR, clock.now())
    assert waits[:4] == [1, 2, 4, 8]
    assert max(waits) == PER_VISITOR.longest_seconds
    clock.advance(13 * 3600)
    assert charge(state, PER_VISITOR, clock.now()).failures == 1
