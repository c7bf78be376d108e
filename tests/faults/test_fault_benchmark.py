"""How the fault benchmark judges, and what its signature is worth. The hosts themselves need root: `make faults`."""

from __future__ import annotations

import random
import sys
from datetime import UTC, datetime
from pathlib import Path

import httpx2
import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "deploy"))

from faults.judge import Verdict, judge
from faults.network import Host
from faults.onlooker import Onlooker
from faults.plan import NAMES, plan
from faults.played import CAMPAIGN_TEXT, Happened, Played
from faults.product import Product
from faults.report import sign, tables, verify
from faults.system import Leftovers, Stage, faketime

BEGAN = datetime(2026, 3, 1, 12, tzinfo=UTC).timestamp()
ORDER = ["part 1", "part 2"]


def sms(to: str, text: str, after: float) -> dict[str, str]:
    return {"to": to, "text": text, "accepted_at": datetime.fromtimestamp(BEGAN + after, UTC).isoformat()}


GOOD = [
    sms("ann", "yes", 3), sms("bob", "yes", 9), sms("dan", "part 1", 1), sms("dan", "part 2", 2),
    sms("eve", CAMPAIGN_TEXT, 4),
]  # fmt: skip


def verdict(*rows: dict[str, str]) -> Verdict:
    played = Played(BEGAN, BEGAN + 20, BEGAN + 30)
    played.texted = {"ann": BEGAN + 1, "bob": BEGAN + 2}
    played.orders = {"dan": ORDER}
    played.campaign = ["eve"]
    played.faults = [Happened("a host stands still", "a", BEGAN, BEGAN + 5)]
    return judge(played, rows, Leftovers(unknown=2))


def test_a_run_without_a_mistake() -> None:
    found = verdict(*GOOD)
    assert (found.asked, found.sent, found.lost, found.doubled, found.out_of_order) == (5, 5, 0, 0, 0)
    assert (found.longest_silence, found.longest_recovery) == (7.0, 4.0)
    assert (found.recoveries[0].waiting, found.recoveries[0].lasted) == (1, 5.0)


@pytest.mark.parametrize(
    ("rows", "wrong"),
    [
        (GOOD[1:], "lost"),
        (GOOD[:4], "lost"),
        ([*GOOD, sms("ann", "yes again", 12)], "doubled"),
        ([*GOOD, sms("eve", CAMPAIGN_TEXT, 12)], "doubled"),
        ([*GOOD, sms("stranger", "hello", 12)], "doubled"),
        ([*GOOD[:2], sms("dan", "part 2", 1), sms("dan", "part 1", 2), GOOD[4]], "out_of_order"),
    ],
)
def test_each_mistake_is_seen_as_what_it_is(rows: list[dict[str, str]], wrong: str) -> None:
    found = verdict(*rows)
    assert {name: getattr(found, name) for name in ("lost", "doubled", "out_of_order")} == {
        **dict.fromkeys(("lost", "doubled", "out_of_order"), 0),
        wrong: 1,
    }


def test_who_is_never_answered_is_silent_to_the_end_and_nothing_has_recovered() -> None:
    found = verdict(*GOOD[:1], *GOOD[2:])
    assert (found.longest_silence, found.longest_recovery) == (28.0, None)


def test_a_text_that_was_never_confirmed_may_be_sent_once_or_not_at_all() -> None:
    for copies, doubled in ((0, 0), (1, 0), (2, 1)):
        played = Played(BEGAN, orders={"dan": [*ORDER]}, given_up={("dan", "part 2")})
        sent = [sms("dan", "part 1", 1), *[sms("dan", "part 2", 2)] * copies]
        found = judge(played, sent, Leftovers())
        assert (found.lost, found.doubled, found.given_up, found.asked) == (0, doubled, 1, 1)


def frame(id: str, type: str = "campaign.updated", **data: object) -> dict[str, object]:
    return {"id": id, "type": type, "data": data}


@pytest.mark.parametrize(
    ("numbers", "missed", "repeated"),
    [((3, 4, 5), 0, 0), ((3, 5), 1, 0), ((3, 3), 0, 1), ((4,), 1, 0), ((2,), 0, 1), ((3, 4, 3), 0, 1)],
)
def test_an_open_dashboard_counts_what_it_misses_and_gets_twice(
    numbers: tuple[int, ...], missed: int, repeated: int
) -> None:
    onlooker = Onlooker("ws://nowhere", "key")
    onlooker.hear(frame("e:2", "hello"))
    for n in numbers:
        onlooker.hear(frame(f"e:{n}"))
        onlooker.hear(frame(f"e:{n}", "hb"))
    assert (onlooker.seen.missed, onlooker.seen.repeated) == (missed, repeated)


def test_a_heartbeat_tells_of_a_frame_that_never_came_and_a_reset_of_all_anew() -> None:
    onlooker = Onlooker("ws://nowhere", "key")
    for one in (frame("e:2", "hello"), frame("e:3", "hb"), frame("f:9", "reset"), frame("f:10")):
        onlooker.hear(one)
    assert (onlooker.seen.missed, onlooker.seen.resets, onlooker.seen.repeated) == (1, 1, 0)


@pytest.mark.parametrize(
    ("after", "missed"),
    [
        ((frame("e:3", "hello", recovered=True), frame("e:4")), 0),
        ((frame("e:5", "hello", recovered=True), frame("e:6")), 2),
        ((frame("e:9", "hello", recovered=False), frame("e:9", "reset"), frame("e:10")), 0),
        ((frame("f:3", "hello", recovered=True), frame("f:4")), 1),
    ],
)
def test_a_stream_that_goes_on_farther_on_without_a_reset_has_missed_something(
    after: tuple[dict[str, object], ...], missed: int
) -> None:
    onlooker = Onlooker("ws://nowhere", "key")
    for one in (frame("e:2", "hello", recovered=True), frame("e:3"), *after):
        onlooker.hear(one)
    assert onlooker.seen.missed == missed


def test_customers_that_an_open_dashboard_never_showed_are_counted() -> None:
    onlooker = Onlooker("ws://nowhere", "key")

    def told(customer: str, direction: str, text: str) -> None:
        conversation = {"contact": {"phone_number": customer}}
        message = {"direction": direction, "text": text}
        n = 1 if onlooker._at is None else onlooker._at[1] + 1
        onlooker.hear(frame(f"e:{n}", "conversation.updated", conversation=conversation, messages=[message]))

    played = Played(BEGAN, texted={"+1": BEGAN, "+2": BEGAN, "+3": BEGAN}, seen=[onlooker.seen])
    told("+1", "inbound", "question of +1")
    told("+1", "outbound", "You said: question of +2")
    told("+2", "inbound", "question of +2")
    shown = judge(played, [sms("+1", "yes", 3), sms("+2", "yes", 3)], Leftovers()).dashboards
    assert shown is not None
    assert shown.unseen == 1, "+2 was answered, and the dashboard was told of the text alone; +3 has no answer yet"
    assert judge(Played(BEGAN), [], Leftovers()).dashboards is None
    assert "| … frames missed, repeated | 0, 0 |" in tables(
        {"systems": [{"name": "x", "verdict": judge(played, [], Leftovers()).plain()}]}
    )


def test_the_signature_breaks_with_any_change(tmp_path: Path) -> None:
    result = {"systems": [{"name": "parley", "verdict": verdict(*GOOD).plain()}]}
    signed = sign(result, tmp_path / "key")
    assert verify(signed)
    assert signed["public_key"] == sign(result, tmp_path / "key")["public_key"], "the machine keeps its key"
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600
    assert "| **lost**: taken (2xx) and never sent | 0 |" in tables(result)
    signed["systems"][0]["verdict"] = {**signed["systems"][0]["verdict"], "lost": 1}
    assert not verify(signed)
    assert not any(verify(junk) for junk in ({}, {"public_key": "?", "signature": ""}, result))


def test_each_fault_can_be_chosen_by_its_name() -> None:
    hosts = {name: Host(name, "") for name in ("a", "b", "db")}
    faults = plan(Stage(hosts, Path(), [], httpx2.AsyncClient()), Product(), random.Random(1))
    assert [fault.name for fault in faults] == [name for name in NAMES if name != "skew-clock" or faketime()]
    assert len({fault.what for fault in faults}) == len(faults)
