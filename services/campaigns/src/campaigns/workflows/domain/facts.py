"""What conditions and texts of a run are evaluated with."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from campaigns.workflows.domain.definition import Definition
from campaigns.workflows.domain.local_times import start_of, zones_of_run
from campaigns.workflows.domain.run import Run, SavedAnswer
from shared.text_templates.template import Rendered, parse
from shared.text_templates.variables import variables_of


def facts_of(run: Run, definition: Definition, now: datetime) -> dict[str, Any]:
    """The names of CEL. A field that some step saves or sets is "" until then."""
    person, contact = run.recipient, run.contact
    unset = dict.fromkeys(definition.saved_fields, "")
    first_name = next(iter(person.name.split()), "")
    known = {"phone_number": person.phone_number, "name": person.name, "company": person.company}
    card = {"name": contact.name, "company": contact.company, "timezone": contact.timezone or ""}
    fields = unset | dict(contact.fields)
    return {
        "recipient": {"email": "", "first_name": first_name, **dict(person.fields), **known},
        "saved": unset | {answer.field: _typed(answer, run) for answer in run.saved},
        "contact": {**fields, **card, "fields": fields, "labels": list(contact.labels)},
        "reply": {"text": run.reply},
        "last_message": {"status": run.last_status},
        "now": now,
    }


def render(text: str, run: Run) -> Rendered:
    """The contact's fields, then the recipient's, then saved answers: the later ones count where names meet."""
    contact = {"name": run.contact.name, "company": run.contact.company, **dict(run.contact.fields)}
    saved = {answer.field: str(answer.answer) for answer in run.saved}
    return parse(text).render({**contact, **variables_of(run.recipient), **saved})


def _typed(answer: SavedAnswer, run: Run) -> Any:
    if answer.type == "date":
        return start_of(date.fromisoformat(str(answer.answer)), zones_of_run(run))
    return answer.answer
