"""Which of the offered choices an answer means: by its words, its letter, its number, or nearly its words."""

from __future__ import annotations

from campaigns.workflows.domain.answers.numbers import read_number
from campaigns.workflows.domain.answers.words import listed, words_of

NEAR = 80.0
"""Of 100: "mornng" for morning has 92, evening for morning 57."""
CLEARLY_NEARER = 8.0
_SHORTEST_NEAR = 4
"""Letters: shorter words are near to too many others."""
_NEGATIONS = listed(
    "not no neither nor none nothing except dont don t never ni ninguno ninguna tampoco nunca cannot cant nada"
)
_MARKERS = listed("option answer choice number letter opcion respuesta numero letra the la el")
_SAME = {
    "yes": listed("y yes yeah yep yup sure ok okay si sip claro yea"),
    "no": listed("n no nope nah"),
}
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def read_choice(reply: str, choices: tuple[str, ...]) -> str | None:
    """The choice as it was offered; None if none, or more than one, is meant."""
    said = words_of(reply)
    offered = [words_of(choice) for choice in choices]
    if not said:
        return None
    for place in (_exact(said, offered), _marked(said, len(choices)), _alike(said, offered), _part(said, offered)):
        if place is not None:
            return choices[place]
    place = _contained(said, offered)
    return choices[place] if place is not None else _near(" ".join(said), choices, offered)


def _exact(said: list[str], offered: list[list[str]]) -> int | None:
    return offered.index(said) if said in offered else None


def _marked(said: list[str], count: int) -> int | None:
    """`B`, `option b`, `2`, `number two`: a letter or a number and nothing else but such words."""
    rest = [word for word in said if word not in _MARKERS]
    if len(rest) == 1 and len(rest[0]) == 1 and rest[0] in _LETTERS[:count]:
        return _LETTERS.index(rest[0])
    number = read_number(" ".join(rest)) if rest else None
    if isinstance(number, int) and 1 <= number <= count and len(rest) == 1:
        return number - 1
    return None


def _alike(said: list[str], offered: list[list[str]]) -> int | None:
    """`yep` for yes, where yes is offered."""
    if len(said) != 1:
        return None
    return next((offered.index([word]) for word, same in _SAME.items() if said[0] in same and [word] in offered), None)


def _part(said: list[str], offered: list[list[str]]) -> int | None:
    """`evening` where "late evening" is the only one with that word."""
    places = [place for place, words in enumerate(offered) if _runs_in(said, words)]
    return places[0] if len(places) == 1 and len(" ".join(said)) >= _SHORTEST_NEAR else None


def _contained(said: list[str], offered: list[list[str]]) -> int | None:
    """The only choice whose words stand in the answer, which denies nothing ("not the morning")."""
    places = [place for place, words in enumerate(offered) if words and _runs_in(words, said)]
    whole = [
        place
        for place in places
        if not any(other != place and _runs_in(offered[place], offered[other]) for other in places)
    ]
    if len(whole) != 1:
        return None
    rest = [word for word in said if word not in offered[whole[0]]]
    return whole[0] if not _NEGATIONS.intersection(rest) else None


def _runs_in(words: list[str], said: list[str]) -> bool:
    return any(said[at : at + len(words)] == words for at in range(len(said) - len(words) + 1))


def _near(said: str, choices: tuple[str, ...], offered: list[list[str]]) -> str | None:
    from rapidfuzz import fuzz  # at the first such answer: start-up does without it

    if len(said) < _SHORTEST_NEAR or _NEGATIONS.intersection(said.split()):
        return None
    rated = sorted(
        ((fuzz.ratio(said, " ".join(words)), place) for place, words in enumerate(offered)), key=lambda one: -one[0]
    )
    best, place = rated[0]
    runner_up = rated[1][0] if len(rated) > 1 else 0.0
    return choices[place] if best >= NEAR and best - runner_up >= CLEARLY_NEARER else None
