"""Who takes part in the round robin of each number, and who is away."""

from __future__ import annotations

from shared.aggregates import Decision
from shared.values import Int64, Moment, Value

MOST_RULES = 200
MOST_PARTICIPANTS = 100


class AssignmentRule(Value):
    number: str | None
    """One of the tenant's numbers; None: every number without a rule of its own."""
    user_ids: tuple[str, ...] = ()
    """In the order of their turns; empty: nobody is assigned."""


class AssignmentRules(Value):
    """A tenant's rules. Without any, the round robin is off."""

    rules: tuple[AssignmentRule, ...] = ()
    away: tuple[str, ...] = ()
    """Users who are skipped until they are back."""
    changed_at: Moment | None = None
    revision: Int64 = 0

    def rule_of(self, number: str) -> AssignmentRule | None:
        by_number = {rule.number: rule for rule in self.rules}
        return by_number.get(number) or by_number.get(None)

    def present_of(self, number: str) -> tuple[str, ...]:
        """Who may be assigned now."""
        rule = self.rule_of(number)
        return tuple(id for id in rule.user_ids if id not in self.away) if rule else ()


def set_rules(
    present: AssignmentRules, rules: tuple[AssignmentRule, ...], now: Moment
) -> Decision[AssignmentRules] | None:
    if rules == present.rules:
        return None
    return _changed(present.but(rules=rules), now)


def set_away(present: AssignmentRules, user_id: str, now: Moment, *, away: bool) -> Decision[AssignmentRules] | None:
    if away == (user_id in present.away):
        return None
    others = tuple(id for id in present.away if id != user_id)
    return _changed(present.but(away=(*others, user_id) if away else others), now)


def _changed(rules: AssignmentRules, now: Moment) -> Decision[AssignmentRules]:
    return Decision(rules.but(changed_at=now, revision=rules.revision + 1))
