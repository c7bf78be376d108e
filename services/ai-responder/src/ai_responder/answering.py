"""Asks the model until there is an answer, a clear no, or no time left. Its only effect is the calls it makes.

Each call is entered into the caller's list as it begins, as an estimate, and replaced when the server reports its
usage: after a cancellation the list shows what must be booked.
"""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass, field, replace
from datetime import datetime

import tenacity
from tenacity.stop import stop_base

from ai_responder.assistants.domain.assistant import AssistantVersion
from ai_responder.assistants.domain.choice import AssistantChoice
from ai_responder.domain.checks import Known
from ai_responder.domain.judging import Completion, Correction, Expected, judge
from ai_responder.domain.outcome import ReplyOutcome, failure, unseen
from ai_responder.domain.pictures import Picture
from ai_responder.domain.prompt import Briefing, ChatMessage, chat_messages, customer_texts, known_texts, passage_texts
from ai_responder.domain.tokens import ModelCall
from ai_responder.domain.why import why_of
from ai_responder.knowledge.domain.passage import FoundPassage
from ai_responder.knowledge.domain.question import question_of
from ai_responder.knowledge.retrieval import Retrieval
from ai_responder.model import MODEL_SECONDS, Model, ModelAway, ModelError, ModelFilters, ModelRefuses, Question
from ai_responder.tools.domain.settings import NO_TOOLS, ToolSettings
from ai_responder.tools.domain.taking import NO_KIT, Toolkit, spoken
from ai_responder.tools.domain.wanted import NOTED
from shared import tracing
from shared.clock import Clock
from shared.events import ReplyRequested
from shared.events.ai_responder import Act

MOST_CORRECTIONS = 3


@dataclass(frozen=True)
class Patience:
    """How long and how often the model is asked within one claim."""

    call_seconds: float = 30.0
    tries: int = 3
    first_pause_seconds: float = 0.5
    longest_pause_seconds: float = 8.0
    total_seconds: float = 75.0


@dataclass(frozen=True)
class ReplyJob:
    """One turn to answer, with everything that is needed to answer it."""

    run_id: str
    choice: AssistantChoice
    business: str
    region: str
    request: ReplyRequested
    calls: list[ModelCall] = field(default_factory=list[ModelCall])
    mark: str = field(default_factory=lambda: secrets.token_hex(6))
    """Random, new for each try: a customer who knew it could close the markers around a text."""
    pictures: tuple[Picture, ...] = ()
    """The customer's, which the model is shown."""
    passages: tuple[FoundPassage, ...] = ()
    """Of the assistant's documents, for this question."""
    timezone: str = "UTC"
    """The business's."""
    asked_at: datetime | None = None
    """When the model is asked; known once it is."""

    @property
    def assistant(self) -> AssistantVersion:
        return self.choice.assistant

    @property
    def briefing(self) -> Briefing:
        return Briefing(
            assistant=self.assistant,
            business=self.business,
            mark=self.mark,
            passages=self.passages,
            pictures=len(self.pictures),
            now=self._now,
        )

    @property
    def expected(self) -> Expected:
        briefing, request = self.briefing, self.request
        known = Known(
            ours=known_texts(briefing, request),
            theirs=[*customer_texts(request.history), request.contact],
            region=self.region,
            reported=[self.business, *(name for name, _ in request.contact_facts), *request.other_channels],
            asked_on=max((line.at.date() for line in request.history), default=None),
            documents=passage_texts(briefing),
        )
        assistant = self.assistant
        return Expected(
            request.max_parts, assistant.prompt, briefing.mark, known, assistant.grounding_now, kit=self._kit
        )

    @property
    def _kit(self) -> Toolkit:
        return Toolkit(self.assistant.tools, self.asked_at, self.timezone) if self.asked_at else NO_KIT

    @property
    def _now(self) -> str:
        """For assistants that choose a time."""
        return spoken(self.asked_at, self._kit) if self.asked_at and self.assistant.tools.follow_up else ""


class Answering:
    def __init__(self, model: Model, patience: Patience, clock: Clock, retrieval: Retrieval | None = None) -> None:
        """Without `retrieval` no assistant has documents."""
        self._model = model
        self._retrieval = retrieval
        self._patience = patience
        self._clock = clock

    async def answer(self, job: ReplyJob) -> ReplyOutcome:
        """The outcome, and how it came about. Raises `ModelAway` if the model is unavailable for as long as one claim
        may wait."""
        job = await self._informed(job)
        outcome = await self._outcome(job)
        why = why_of(job.choice, job.request, outcome.guards, used(job.calls))
        return outcome.but(why=why.but(passages=tuple(passage.kept for passage in job.passages)))

    async def _informed(self, job: ReplyJob) -> ReplyJob:
        """With the time, and the passages that the question is about."""
        job = replace(job, asked_at=self._clock.now())
        if self._retrieval is None:
            return job
        question = question_of(job.request.history)
        found = await self._retrieval.find(job.assistant, question, len(job.calls) + 1)
        job.calls.extend(found.calls)
        return replace(job, passages=found.passages)

    async def _outcome(self, job: ReplyJob) -> ReplyOutcome:
        deadline = self._clock.monotonic() + self._seconds_for(job, self._clock.now())
        if deadline <= self._clock.monotonic():
            return failure("no answer was found in time")
        name = job.assistant.model or self._model.default_model
        try:
            return await self._converse(job, name, deadline)
        except ModelRefuses as error:
            return failure(error.reason, name)
        except ModelFilters as error:
            return ReplyOutcome(kind="refusal", reason=error.reason, model=name)

    async def _converse(self, job: ReplyJob, model: str, deadline: float) -> ReplyOutcome:
        messages = chat_messages(job.briefing, job.request)
        pointed_out: tuple[str, ...] = ()
        noted: tuple[Act, ...] = ()
        while True:
            said = await self._ask(job, model, messages, deadline, NO_TOOLS if noted else job.assistant.tools)
            if job.request.wordless and not said.saw_pictures:
                return unseen(model)
            verdict = judge(said, replace(job.expected, noted=noted), frozenset(pointed_out))
            if isinstance(verdict, ReplyOutcome):
                return verdict.but(guards=tuple(fault for fault in pointed_out if fault != NOTED))
            if len(pointed_out) >= MOST_CORRECTIONS:
                return failure(f"the model kept making mistakes; the last one: {verdict.instruction}", model)
            pointed_out, noted = (*pointed_out, verdict.fault), verdict.noted
            messages = _corrected(messages, verdict)

    async def _ask(
        self, job: ReplyJob, model: str, messages: list[ChatMessage], deadline: float, tools: ToolSettings
    ) -> Completion:
        """One answer, with our own retries: at most `tries`, never into the deadline."""
        patience = self._patience
        retrying = tenacity.AsyncRetrying(
            retry=tenacity.retry_if_exception_type(ModelAway),
            stop=tenacity.stop_after_attempt(patience.tries)
            | _NoTime(deadline, patience.longest_pause_seconds, self._clock),
            wait=self._pause,
            reraise=True,
        )
        return await retrying(self._call, job, model, messages, deadline, tools)

    async def _call(
        self, job: ReplyJob, model: str, messages: list[ChatMessage], deadline: float, tools: ToolSettings
    ) -> Completion:
        seconds = min(self._patience.call_seconds, deadline - self._clock.monotonic())
        if seconds <= 0:
            raise ModelAway("the time for this answer ran out")
        assistant = job.assistant
        question = Question(
            model, tuple(messages), assistant.temperature, assistant.max_output_tokens, seconds, job.pictures, tools
        )
        place, number = len(job.calls), len(job.calls) + 1
        lost = ModelCall(number=number, model=model, prompt=question.tokens, estimate=True)
        job.calls.append(lost)
        began, outcome = self._clock.monotonic(), "failed"
        try:
            with tracing.call("model call", {"run": job.run_id, "model": model, "number": number}):
                async with asyncio.timeout(seconds):
                    said, job.calls[place] = await self._model.ask(question, number)
            outcome = "answered"
            return said
        except TimeoutError:
            outcome = "too_late"
            raise ModelAway("the model did not answer in time", maybe_used=True) from None
        except ModelError as error:
            if not error.maybe_used:
                job.calls[place] = lost.but(prompt=0, estimate=False)
            raise
        finally:
            MODEL_SECONDS.labels(outcome).observe(self._clock.monotonic() - began)

    def _pause(self, state: tenacity.RetryCallState) -> float:
        """Growing, with jitter so that a hundred runs do not retry together; at least what the server asked for."""
        patience = self._patience
        wait = tenacity.wait_random_exponential(
            multiplier=patience.first_pause_seconds, max=patience.longest_pause_seconds
        )
        error = state.outcome.exception() if state.outcome else None
        asked = error.after if isinstance(error, ModelAway) else 0.0
        return max(wait(state), asked)

    def _seconds_for(self, job: ReplyJob, now: datetime) -> float:
        return min(self._patience.total_seconds, (job.request.answer_by - now).total_seconds())


class _NoTime(stop_base):
    """Stop if the next try would begin too late, or after a pause so long that the worker is better freed."""

    def __init__(self, deadline: float, longest_pause: float, clock: Clock) -> None:
        self._deadline = deadline
        self._longest_pause = longest_pause
        self._clock = clock

    def __call__(self, retry_state: tenacity.RetryCallState) -> bool:
        pause = retry_state.upcoming_sleep
        return pause > self._longest_pause or self._clock.monotonic() + pause >= self._deadline


def used(calls: list[ModelCall]) -> list[ModelCall]:
    """The calls that cost something, or may have cost something."""
    return [call for call in calls if call.prompt or call.cached or call.completion]


def _corrected(messages: list[ChatMessage], correction: Correction) -> list[ChatMessage]:
    """The fault goes to the end of the instructions. The faulty answer itself is left out: it may hold anything, and
    some servers insist that roles alternate."""
    system, *rest = messages
    note = f"# Correction\nA first draft was not sent. {correction.instruction}"
    return [{"role": "system", "content": f"{system['content']}\n\n{note}"}, *rest]
