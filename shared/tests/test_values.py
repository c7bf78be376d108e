"""What every value has in common."""

import pytest
from pydantic import ValidationError

from shared.events import Money, SmsInbound
from shared.values import Value


class Note(Value):
    text: str
    number: int


def test_a_failure_says_where_but_never_what() -> None:
    """It ends in a log line or beside a dead letter: nobody's words or numbers belong there."""
    for wrong in ({"text": "ok", "number": "my secret"}, {"text": ["my secret"], "number": 1}):
        with pytest.raises(ValidationError) as caught:
            Note.model_validate(wrong)
        assert "my secret" not in str(caught.value)
        assert "number" in str(caught.value) or "text" in str(caught.value)


def test_events_keep_quiet_too() -> None:
    with pytest.raises(ValidationError) as caught:
        SmsInbound.model_validate({"contact": "call me, Ann", "text": 5, "received_at": "yesterday, at Bob's"})
    assert not [word for word in ("Ann", "Bob") if word in str(caught.value)]


@pytest.mark.parametrize("nano", [2**63, -(2**63) - 1, 10**20])
def test_an_amount_fits_every_store(nano: int) -> None:
    assert Money(nano=2**63 - 1).nano == 2**63 - 1
    with pytest.raises(ValidationError, match="nano"):
        Money(nano=nano)
