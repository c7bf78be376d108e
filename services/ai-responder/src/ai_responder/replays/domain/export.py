"""A replay's report as Markdown and as rows of a table, for people who decide on a version."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ai_responder.replays.domain.case import ReplayAnswer, ReplayCase
from ai_responder.replays.domain.replay import Replay, ReplaySide

COLUMNS = ("n", "at", "conversation_id", "question", "sent_by", "sent")
OF_A_VERSION = ("outcome", "text", "likeness", "rating", "guards", "reason", "tokens")
_LONGEST_CELL = 300
_SPECIAL = str.maketrans({char: f"\\{char}" for char in "\\`*_{}[]<>#|~"})


def head(replay: Replay) -> list[str]:
    return [*COLUMNS, *(f"{name} of version {side.version}" for side in replay.sides for name in OF_A_VERSION)]


def row(case: ReplayCase) -> list[object]:
    turn = case.turn
    known: list[object] = [case.n + 1, turn.at or "", turn.conversation_id, question(case), turn.sent_by, turn.sent]
    return [*known, *(cell for answer in case.answers for cell in _cells(answer))]


def markdown(replay: Replay, costs: Sequence[str], cases: Iterable[ReplayCase]) -> str:
    """`costs` of both sides in words."""
    first, second = replay.sides
    lines = [
        f"# Replay: version {first.version} beside version {second.version}",
        "",
        f"State: {replay.state}{': ' if replay.reason else ''}{_safe(replay.reason)}. "
        f"{replay.done} of {replay.cases} turns, {replay.tokens_used} tokens. Nothing was sent.",
        "",
        f"| | version {first.version} | version {second.version} |",
        "|---|---|---|",
        *(f"| {name} | {one} | {other} |" for name, one, other in _figures(first, second)),
        f"| cost | {costs[0]} | {costs[1]} |",
        "",
        f"| n | the customer wrote | was sent | version {first.version} | version {second.version} |",
        "|---|---|---|---|---|",
        *(_line(case) for case in cases),
        "",
    ]
    return "\n".join(lines)


def question(case: ReplayCase) -> str:
    """The customer's unanswered texts."""
    texts: list[str] = []
    for line in reversed(case.turn.history):
        if line.author != "customer":
            break
        texts.append(line.text)
    return " / ".join(reversed(texts))


def _figures(first: ReplaySide, second: ReplaySide) -> list[tuple[str, object, object]]:
    one, other = first.totals, second.totals
    return [
        ("answered", one.replies, other.replies),
        ("likeness to what was sent (0 to 1)", _shown(one.likeness), _shown(other.likeness)),
        ("handed over to a person", one.hand_overs, other.hand_overs),
        ("answers held by a guard", one.held, other.held),
        ("refused by the model", one.refusals, other.refusals),
        ("failed", one.failures, other.failures),
        ("rating by the rubric (0 to 10)", _shown(one.rating), _shown(other.rating)),
        ("tokens", one.tokens_used, other.tokens_used),
    ]


def _line(case: ReplayCase) -> str:
    answers = [_told(answer) for answer in case.answers] or ["not asked yet", ""]
    return f"| {case.n + 1} | {_safe(question(case))} | {_safe(case.turn.sent) or '–'} | {' | '.join(answers)} |"


def _told(answer: ReplayAnswer) -> str:
    said = _safe(answer.text if answer.outcome == "reply" else f"{answer.text} {answer.reason}".strip())
    notes = [
        "" if answer.outcome == "reply" else answer.outcome.replace("_", " "),
        f"held: {', '.join(answer.guards)}" if answer.is_held else "",
        f"likeness {answer.likeness}" if answer.likeness is not None else "",
        f"rated {answer.rating}" if answer.rating is not None else "",
    ]
    return f"{said} ({'; '.join(note for note in notes if note)})" if any(notes) else said


def _cells(answer: ReplayAnswer) -> list[object]:
    guards, tokens = " ".join(answer.guards), sum(used.total for used in answer.tokens)
    return [answer.outcome, answer.text, answer.likeness, answer.rating, guards, answer.reason, tokens]


def _safe(text: str) -> str:
    """One cell: customers and models wrote it, so no character of Markdown keeps its meaning."""
    line = " ".join(text.split())
    shown = line if len(line) <= _LONGEST_CELL else f"{line[:_LONGEST_CELL]}…"
    return shown.translate(_SPECIAL)


def _shown(figure: float | None) -> object:
    return "–" if figure is None else figure
