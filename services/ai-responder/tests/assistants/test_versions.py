"""Drafts and versions of an assistant: what is published never changes, and nothing goes live by an edit."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ai_responder.assistants.domain.assistant import (
    Assistant,
    AssistantContent,
    default_assistant,
    new_assistant,
)
from ai_responder.assistants.domain.versions import MOST_VERSIONS, Editor, archive, edit, make_live, publish
from shared.errors import NotFound, Refused

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
ANN, BO = Editor("usr_ann", NOON, "summer"), Editor("usr_bo", NOON)
FIRST = AssistantContent(name="Front desk", prompt="Be kind.")


def begun() -> Assistant:
    return new_assistant("ast_1", "ten_a", FIRST, "usr_ann", NOON)


def test_an_edit_changes_the_draft_only_and_publishing_makes_it_live() -> None:
    edited = edit(begun(), {"prompt": "Be brief."}, 1, BO)
    assert (edited.live_now.prompt, edited.edited.prompt, edited.draft_version) == ("Be kind.", "Be brief.", 2)
    decision = publish(edited, ANN)
    live = decision.state
    assert (live.live_now.prompt, live.live_now.number, live.draft_version) == ("Be brief.", 2, None)
    assert [record.document["id"] for record in decision.records] == ["ast_1|1", "ast_1|2"]
    head = live.versions[-1]
    assert ([(one.by, one.fields) for one in head.edits], head.went_live[0].by) == (
        [("usr_bo", ("prompt",))],
        "usr_ann",
    )
    assert head.went_live[0].note == "summer"


def test_edits_of_one_person_in_a_row_are_one() -> None:
    edited = edit(edit(begun(), {"prompt": "a"}, None, BO), {"knowledge": "b", "prompt": "c"}, None, BO)
    edited = edit(edited, {"prompt": "d"}, None, ANN)
    assert [(one.by, one.fields) for one in edited.draft_edits] == [
        ("usr_bo", ("prompt", "knowledge")),
        ("usr_ann", ("prompt",)),
    ]


def test_a_draft_that_says_what_is_live_is_none() -> None:
    edited = edit(edit(begun(), {"prompt": "x"}, None, BO), {"prompt": "Be kind."}, None, BO)
    assert (edited.draft, edited.draft_version, edited.draft_edits) == (None, None, ())
    with pytest.raises(Refused, match="nothing has changed"):
        publish(edited, ANN)


def test_rolling_back_makes_an_earlier_version_live_and_keeps_the_draft() -> None:
    second = publish(edit(begun(), {"prompt": "second"}, None, BO), ANN).state
    drafted = edit(second, {"prompt": "third"}, None, BO)
    decision = make_live(drafted, 1, FIRST, BO)
    back = decision.state
    assert (back.live_version, back.live_now.prompt, back.edited.prompt, back.draft_version) == (
        1,
        "Be kind.",
        "third",
        3,
    )
    assert [one.rolled_back for one in back.versions[0].went_live] == [False, True]
    assert make_live(back, 1, FIRST, BO).state == back
    with pytest.raises(NotFound):
        make_live(back, 9, FIRST, BO)


def test_what_was_read_must_still_be_so() -> None:
    edited = edit(begun(), {"prompt": "x"}, 1, BO)
    for act in (lambda: edit(edited, {"prompt": "y"}, 1, BO), lambda: publish(edited, BO, 3)):
        with pytest.raises(Refused) as refused:
            act()
        assert refused.value.code == "conflict"


def test_a_deleted_assistant_cannot_be_changed_and_the_default_not_deleted() -> None:
    gone = archive(begun(), BO)
    for act in (lambda: edit(gone, {"prompt": "y"}, None, BO), lambda: make_live(gone, 1, FIRST, BO)):
        with pytest.raises(Refused, match="deleted"):
            act()
    assert archive(gone, BO) == gone
    with pytest.raises(Refused, match="default"):
        archive(default_assistant("ten_a", NOON), BO)


def test_an_assistant_from_before_there_were_versions_has_one_and_it_is_live() -> None:
    old: dict[str, Any] = {
        "id": "ast_1", "tenant_id": "ten_a", "name": "Front desk", "prompt": "Be kind.", "knowledge": "Open 7 to 15.",
        "model": "", "temperature": 0.4, "max_output_tokens": 300, "grounding": "strict", "revision": 7,
        "created_at": "2026-01-01T12:00:00Z", "updated_at": "2026-02-01T12:00:00Z", "request_digest": "d",
    }  # fmt: skip
    assistant = Assistant.read(old)
    live = assistant.live_now
    assert (live.number, live.prompt, live.temperature, live.grounding) == (1, "Be kind.", 0.4, "strict")
    assert (assistant.revision, assistant.request_digest, assistant.draft_version) == (7, "d", None)
    assert Assistant.read(assistant.plain()) == assistant
    published = publish(edit(assistant, {"prompt": "new"}, 7, BO), ANN)
    assert published.records[0].document["content"]["prompt"] == "Be kind.", "the first version is filed by then"


steps = st.lists(
    st.one_of(
        st.tuples(st.just("edit"), st.sampled_from("abc")),
        st.tuples(st.just("publish"), st.none()),
        st.tuples(st.just("back"), st.integers(1, 4)),
    ),
    max_size=12,
)


@given(steps)
def test_a_published_version_never_changes_and_only_publishing_changes_what_is_live(taken: list[Any]) -> None:
    assistant = begun()
    filed = {1: FIRST}
    for kind, what in taken:
        before = assistant
        try:
            if kind == "edit":
                assistant = edit(assistant, {"prompt": what}, None, BO)
                assert assistant.live_now == before.live_now
            elif kind == "publish":
                assistant = publish(assistant, ANN).state
                assert assistant.live_version not in filed
                filed[assistant.live_version] = assistant.live
            else:
                assistant = make_live(assistant, what, filed.get(what, FIRST), BO).state
        except (Refused, NotFound):
            assert assistant == before
        assert assistant.live == filed[assistant.live_version]
        assert sorted(filed) == [head.number for head in assistant.versions]


def test_of_very_many_versions_the_newest_and_the_live_one_are_kept() -> None:
    assistant = begun()
    for n in range(MOST_VERSIONS + 5):
        assistant = publish(edit(assistant, {"prompt": f"{n}"}, None, BO), ANN).state
    assert len(assistant.versions) == MOST_VERSIONS
    assert assistant.versions[-1].number == assistant.live_version == MOST_VERSIONS + 6
