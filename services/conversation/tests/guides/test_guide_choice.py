"""Which guide applies to a turn, and what is said of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversation.guides.domain.choice import choose
from conversation.guides.domain.guide import Guide, delete, revise
from conversation_play import START, TENANT, Play
from shared.errors import NotFound, Refused
from shared.events import ReplyRequested


def guide_of(name: str, *keywords: str, **more: Any) -> Guide:
    fields: dict[str, Any] = {"instructions": f"About {name}.", "created_at": START, "updated_at": START, **more}
    return Guide(id=f"gde_{name}", tenant_id=TENANT, name=name, keywords=keywords, **fields)


LATER = START + timedelta(days=1)
GLUTEN, VEGAN = guide_of("gluten", "gluten free", priority=5), guide_of("vegan", "vegan", "végétalien", priority=9)
FALLBACK = guide_of("always", priority=90)


@pytest.mark.parametrize(
    ("guides", "text", "chosen", "rule"),
    [
        ([], "Hello", None, ""),
        ([GLUTEN, VEGAN], "Hello", None, ""),
        ([FALLBACK, GLUTEN, VEGAN], "Do you have Gluten-Free bread?", "gluten", 'keyword "gluten free"'),
        ([FALLBACK, GLUTEN, VEGAN], "vegan and gluten free?", "vegan", "; before another guide that fits by its"),
        ([FALLBACK, GLUTEN, VEGAN], "Hello", "always", "it has no keywords"),
        ([FALLBACK, VEGAN], "un gateau VEGETALIEN svp", "vegan", 'keyword "végétalien"'),
        ([VEGAN], "veganism", None, ""),
        ([guide_of("old", "cake"), guide_of("new", "cake", created_at=LATER)], "cake", "old", "or age"),
        ([guide_of("new", "cake", created_at=LATER), guide_of("old", "cake")], "cake", "old", "or age"),
        ([guide_of("off", "cake", active=False), FALLBACK], "cake", "always", ""),
        ([delete(guide_of("gone", "cake"), START), FALLBACK], "cake", "always", ""),
    ],
)  # fmt: skip
def test_the_choice(guides: list[Guide], text: str, chosen: str | None, rule: str) -> None:
    found = choose(guides, text)
    assert (found.name if found else None) == chosen
    assert not found or rule in found.rule


guides_of_any_kind = st.lists(
    st.builds(
        guide_of,
        st.sampled_from("abcdef"),
        st.sampled_from(["", "cake", "bread"]),
        priority=st.integers(0, 100),
        active=st.booleans(),
    ).map(lambda guide: guide.but(keywords=tuple(filter(None, guide.keywords)))),
    max_size=6,
    unique_by=lambda guide: guide.id,
)


@given(guides_of_any_kind, st.sampled_from(["", "cake", "bread please", "cake, bread"]), st.randoms())
def test_the_order_in_which_guides_are_read_makes_no_difference(guides: list[Guide], text: str, random: Any) -> None:
    shuffled = list(guides)
    random.shuffle(shuffled)
    assert choose(shuffled, text) == choose(guides, text)


@given(guides_of_any_kind, st.text(max_size=200))
def test_a_guide_whose_keyword_is_said_comes_before_every_other(guides: list[Guide], text: str) -> None:
    found = choose([*guides, guide_of("said", "croissant", priority=0)], f"{text} croissant")
    assert found
    by_id = {guide.id: guide for guide in guides}
    assert found.id == "gde_said" or by_id[found.id].keywords


def test_the_unanswered_texts_choose_and_the_next_turn_chooses_anew() -> None:
    play = Play()
    play.text("Do you have")
    play.text("gluten free bread?")
    play.wait(2, guides=(GLUTEN, VEGAN, FALLBACK))
    play.answer()
    play.text("And vegan?")
    play.wait(31, guides=(GLUTEN, VEGAN, FALLBACK))
    first, second = [wanted.chosen_guide for wanted in play.of(ReplyRequested)]
    assert (first.name, first.instructions, second.name) == ("gluten", "About gluten.", "vegan")


def test_a_change_needs_the_revision_that_was_read_and_a_guide_that_is_there() -> None:
    changed = revise(GLUTEN, {"keywords": ["rye"]}, 1, LATER)
    assert (changed.keywords, changed.revision, changed.updated_at) == (("rye",), 2, LATER)
    assert revise(changed, {"keywords": ["rye"]}, None, LATER) == changed
    with pytest.raises(Refused, match="changed since"):
        revise(changed, {"priority": 1}, 1, LATER)
    with pytest.raises(NotFound):
        revise(delete(changed, LATER), {"priority": 1}, None, LATER)
